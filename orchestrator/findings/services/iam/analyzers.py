"""IAM Access Analyzer for access from outside."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause
from orchestrator.findings.errors import unless
from orchestrator.findings.parameters import required
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Status,
    Target,
)

EXTERNAL = ("ACCOUNT", "ORGANIZATION")


def find(place: Place, _: Aws) -> Iterator[str]:
    yield arn.account(place)


def analyzers(aws: Aws) -> list[str]:
    """Names of those that work. One of the organization shows only where it was made."""
    pages = aws("accessanalyzer").get_paginator("list_analyzers").paginate()
    found = [a for page in pages for a in page["analyzers"] if a["type"] in EXTERNAL]
    return sorted(a["name"] for a in found if a["status"] in ("ACTIVE", "CREATING"))


def check(_: Target, aws: Aws) -> Check:
    if analyzers(aws):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "nothing looks for access from outside in this region")


def before(_: Target, aws: Aws) -> Json:
    return {"analyzers": analyzers(aws)}


def make(target: Target, aws: Aws, _: Json) -> None:
    name = required(target, "name")
    if name not in analyzers(aws):
        aws("accessanalyzer").create_analyzer(analyzerName=name, type="ACCOUNT")


def remove(target: Target, aws: Aws, before: Json) -> None:
    name = required(target, "name")
    if name not in before["analyzers"]:
        call = aws("accessanalyzer").delete_analyzer
        unless(("ResourceNotFoundException",), call, analyzerName=name)


ANALYZERS = ("arn:{partition}:access-analyzer:{region}:{account}:analyzer/*",)
LINKED = (
    "arn:{partition}:iam::{account}:role/aws-service-role/access-analyzer.amazonaws.com/"
    "AWSServiceRoleForAccessAnalyzer",
)

REMEDIATIONS = (
    Remediation(
        name="analyze-access",
        controls=("IAM.28",),
        causes=(Cause("access-analyzer", ("DeleteAnalyzer",)),),
        resource_type="AwsAccount",
        also=("AwsAccessAnalyzerAnalyzer",),
        risk=Risk.REVERSIBLE,
        effect="Makes an analyzer of access from outside the account, in this region.",
        breaks="Nothing. Its findings appear in Security Hub.",
        reads=(
            Permission(
                ("access-analyzer:ListAnalyzers",),
                why="Access Analyzer lists all analyzers at once",
            ),
        ),
        writes=(
            Permission(
                ("access-analyzer:CreateAnalyzer", "access-analyzer:DeleteAnalyzer"), ANALYZERS
            ),
            Permission(("iam:CreateServiceLinkedRole",), LINKED),
        ),
        find=find,
        check=check,
        before=before,
        fix=make,
        undo=remove,
        tags=None,
        parameters={"name": Parameter("", "Name of the analyzer; required.")},
    ),
)

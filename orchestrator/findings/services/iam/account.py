"""What IAM wants of an account: an analyzer of access from outside, a role for AWS Support."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, mentions
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    required,
)

EXTERNAL = ("ACCOUNT", "ORGANIZATION")


def find(place: Place, _: Aws) -> Iterator[str]:
    yield arn.account(place)


def analyzers(aws: Aws) -> list[str]:
    """Names of those that work. One of the organization shows only where it was made."""
    pages = aws("accessanalyzer").get_paginator("list_analyzers").paginate()
    found = [a for page in pages for a in page["analyzers"] if a["type"] in EXTERNAL]
    return sorted(a["name"] for a in found if a["status"] in ("ACTIVE", "CREATING"))


def check_analyzer(_: Target, aws: Aws) -> Check:
    if analyzers(aws):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "nothing looks for access from outside in this region")


def analyzers_before(_: Target, aws: Aws) -> Json:
    return {"analyzers": analyzers(aws)}


def make_analyzer(target: Target, aws: Aws, _: Json) -> None:
    name = required(target, "name")
    if name not in analyzers(aws):
        aws("accessanalyzer").create_analyzer(analyzerName=name, type="ACCOUNT")


def remove_analyzer(target: Target, aws: Aws, before: Json) -> None:
    name = required(target, "name")
    if name not in before["analyzers"]:
        call = aws("accessanalyzer").delete_analyzer
        unless(("ResourceNotFoundException",), call, analyzerName=name)


ANALYZERS = ("arn:{partition}:access-analyzer:{region}:{account}:analyzer/*",)
LINKED = (
    "arn:{partition}:iam::{account}:role/aws-service-role/access-analyzer.amazonaws.com/"
    "AWSServiceRoleForAccessAnalyzer",
)

ANALYZER_REMEDIATIONS = (
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
        check=check_analyzer,
        before=analyzers_before,
        fix=make_analyzer,
        undo=remove_analyzer,
        tags=None,
        parameters={"name": Parameter("", "Name of the analyzer; required.")},
    ),
)


SUPPORT_POLICY = "arn:{partition}:iam::aws:policy/AWSSupportAccess"


def support_policy(target: Target) -> str:
    return SUPPORT_POLICY.replace("{partition}", target.place.partition)


def holders(target: Target, aws: Aws) -> list[str]:
    """Users, groups and roles with the policy, each as 'role/name'."""
    pages = (
        aws("iam")
        .get_paginator("list_entities_for_policy")
        .paginate(PolicyArn=support_policy(target))
    )
    return sorted(
        f"{kind.lower()}/{entity[f'{kind}Name']}"
        for page in pages
        for kind in ("User", "Group", "Role")
        for entity in page[f"Policy{kind}s"]
    )


def check_support_role(target: Target, aws: Aws) -> Check:
    if holders(target, aws):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "no principal has the policy AWSSupportAccess")


def support_role_before(target: Target, aws: Aws) -> Json:
    return {"holders": holders(target, aws)}


def attach_support(target: Target, aws: Aws, _: Json) -> None:
    role = required(target, "role")
    if unless(("NoSuchEntity",), aws("iam").get_role, RoleName=role) is None:
        raise Refused(f"the account has no role '{role}'")
    aws("iam").attach_role_policy(RoleName=role, PolicyArn=support_policy(target))


def detach_support(target: Target, aws: Aws, before: Json) -> None:
    role = required(target, "role")
    if f"role/{role}" not in before["holders"]:
        call = aws("iam").detach_role_policy
        unless(("NoSuchEntity",), call, RoleName=role, PolicyArn=support_policy(target))


ROLES = ("arn:{partition}:iam::{account}:role/*",)

SUPPORT_ACCESS = tuple(
    SUPPORT_POLICY.format(partition=partition) for partition in ("aws", "aws-cn", "aws-us-gov")
)

REMEDIATIONS = (
    *ANALYZER_REMEDIATIONS,
    Remediation(
        name="let-role-reach-support",
        controls=("IAM.18",),
        causes=(Cause("iam", ("DetachRolePolicy",), mentions(*SUPPORT_ACCESS)),),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Attaches AWS's policy AWSSupportAccess to the role the decision names.",
        breaks="Nothing: who may take the role on may open and read support cases.",
        reads=(Permission(("iam:ListEntitiesForPolicy",), (SUPPORT_POLICY,)),),
        writes=(
            Permission(("iam:GetRole",), ROLES),
            Permission(
                ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
                ROLES,
                {"ArnLike": {"iam:PolicyARN": SUPPORT_POLICY.replace("{partition}", "*")}},
            ),
        ),
        find=find,
        check=check_support_role,
        before=support_role_before,
        fix=attach_support,
        undo=detach_support,
        tags=None,
        parameters={"role": Parameter("", "Name of a role that is there; required.")},
        everywhere=True,
    ),
)

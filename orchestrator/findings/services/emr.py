"""The settings of EMR in an account and region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.findings.arn import account
from orchestrator.findings.causes import Cause, either, says
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, keeping, looking

SSH = {"MinRange": 22, "MaxRange": 22}
WHY = "EMR has one setting a region, and no ARN for it"


def find(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def read(_: Target, aws: Aws) -> Json:
    answer = aws("emr").get_block_public_access_configuration()
    found: dict[str, Any] = answer.get("BlockPublicAccessConfiguration", {})
    ranges = found.get("PermittedPublicSecurityGroupRuleRanges", [])
    return {"blocked": bool(found.get("BlockPublicSecurityGroupRules")), "ranges": ranges}


ACCOUNT = ResourceType(
    resource_type="AwsAccount",
    find=find,
    read=read,
    tags=None,
    reads=(Permission(("elasticmapreduce:GetBlockPublicAccessConfiguration",), why=WHY),),
)


def open_ports(found: Json, _: Target) -> str:
    if not found["blocked"]:
        return "clusters may be open to the internet"
    others = [ports for ports in found["ranges"] if ports != SSH]
    return "clusters may be open to the internet on other ports than SSH" if others else ""


def put(aws: Aws, blocked: bool, ranges: list[Any]) -> None:
    aws("emr").put_block_public_access_configuration(
        BlockPublicAccessConfiguration={
            "BlockPublicSecurityGroupRules": blocked,
            "PermittedPublicSecurityGroupRuleRanges": ranges,
        }
    )


def block(_: Target, aws: Aws, before: Json) -> None:
    put(aws, True, [ports for ports in before["ranges"] if ports == SSH])


REMEDIATIONS = (
    Remediation(
        name="block-public-clusters",
        controls=("EMR.2",),
        causes=(
            Cause(
                "elasticmapreduce",
                ("PutBlockPublicAccessConfiguration",),
                either(says("blockPublicSecurityGroupRules", "false"), says("minRange", "0")),
            ),
        ),
        resource_type=ACCOUNT.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Lets no new cluster start with security groups that are open to the internet.",
        breaks="The start of clusters that are open to the internet; running ones stay.",
        danger="Clusters can be started with ports open to the internet again.",
        reads=ACCOUNT.reads,
        writes=(Permission(("elasticmapreduce:PutBlockPublicAccessConfiguration",), why=WHY),),
        find=ACCOUNT.find,
        check=looking(ACCOUNT, open_ports),
        before=keeping(ACCOUNT, "blocked", "ranges"),
        fix=block,
        undo=lambda _, aws, before: put(aws, before["blocked"], before["ranges"]),
        tags=None,
    ),
)

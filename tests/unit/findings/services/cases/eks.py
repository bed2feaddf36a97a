from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
GONE = "arn:aws:eks:eu-west-1:123456789012:cluster/none"
OPEN = {"endpointPublicAccess": True, "endpointPrivateAccess": True}
AUDIT = {"clusterLogging": [{"types": ["audit"], "enabled": True}]}


def a_cluster(aws: Aws, name: str = "main", **given: Any) -> str:
    access = given.pop("access", OPEN)
    answer = aws("eks").create_cluster(
        name=name,
        roleArn="arn:aws:iam::123456789012:role/eks",
        resourcesVpcConfig={"subnetIds": ["subnet-1"], **access},
        **{"tags": dict(cycle.TAGS), **given},
    )
    return str(answer["cluster"]["arn"])


def inside(aws: Aws) -> str:
    return a_cluster(aws, "inside", access={**OPEN, "endpointPublicAccess": False})


CASES = (
    Case("EKS.1", a_cluster, inside, GONE),
    Case(
        "EKS.6",
        a_cluster,
        lambda aws: a_cluster(aws, "owned", tags={"owner": "x"}),
        GONE,
        TAGGING,
    ),
    Case(
        "EKS.8",
        a_cluster,
        lambda aws: a_cluster(aws, "audited", logging=AUDIT),
        GONE,
    ),
)

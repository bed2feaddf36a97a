from __future__ import annotations

from typing import Any

import pytest

from orchestrator.findings.remediation import Aws, Remediation, Value
from orchestrator.findings.services.eks import REMEDIATIONS
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


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()


def test_an_endpoint_is_not_made_unreachable() -> None:
    only_public = {**OPEN, "endpointPrivateAccess": False}
    case = Case("EKS.1", lambda aws: a_cluster(aws, access=only_public))

    assert "private access first" in cycle.hold_refusal(case, REMEDIATIONS)

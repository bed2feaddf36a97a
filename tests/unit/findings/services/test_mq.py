from __future__ import annotations

from collections.abc import Mapping

import pytest

from orchestrator.findings.remediation import Aws, Remediation, Value
from orchestrator.findings.services.mq import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
GONE = "arn:aws:mq:eu-west-1:123456789012:broker:none:b-00000000-0000-0000-0000-000000000000"


def a_broker(aws: Aws, *, upgraded: bool = False, tags: Mapping[str, str] = cycle.TAGS) -> str:
    answer = aws("mq").create_broker(
        BrokerName="new" if upgraded else "old",
        EngineType="ACTIVEMQ",
        EngineVersion="5.18",
        DeploymentMode="SINGLE_INSTANCE",
        HostInstanceType="mq.t3.micro",
        PubliclyAccessible=False,
        AutoMinorVersionUpgrade=upgraded,
        Users=[{"Username": "admin", "Password": "correct-horse-battery"}],
        Tags=dict(tags),
    )
    return str(answer["BrokerArn"])


CASES = (
    Case("MQ.3", a_broker, lambda aws: a_broker(aws, upgraded=True), GONE),
    Case(
        "MQ.4",
        a_broker,
        lambda aws: a_broker(aws, upgraded=True, tags={"owner": "x"}),
        GONE,
        TAGGING,
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

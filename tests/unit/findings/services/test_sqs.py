from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Aws, Remediation, Value
from orchestrator.findings.services.sqs import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

GONE = "arn:aws:sqs:eu-west-1:123456789012:none"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def a_queue(aws: Aws, name: str = "clear", **attributes: str) -> str:
    tags = cycle.TAGS if name != "owned" else {"owner": "x"}
    given = {"SqsManagedSseEnabled": "false", **attributes}
    aws("sqs").create_queue(QueueName=name, Attributes=given, tags=dict(tags))
    return f"arn:aws:sqs:eu-west-1:123456789012:{name}"


CASES = (
    Case(
        "SQS.1",
        a_queue,
        lambda aws: a_queue(aws, "encrypted", KmsMasterKeyId="alias/queue"),
        GONE,
    ),
    Case(
        "SQS.1",
        a_queue,
        lambda aws: a_queue(aws, "managed", SqsManagedSseEnabled="true"),
        name="by a key of SQS",
    ),
    Case("SQS.2", a_queue, lambda aws: a_queue(aws, "owned"), GONE, TAGGING),
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

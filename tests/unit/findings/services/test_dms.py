from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Aws, Remediation
from orchestrator.findings.services.dms import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case


def an_instance(aws: Aws, *, upgraded: bool = False) -> str:
    answer = aws("dms").create_replication_instance(
        ReplicationInstanceIdentifier="new" if upgraded else "old",
        ReplicationInstanceClass="dms.t3.micro",
        AutoMinorVersionUpgrade=upgraded,
        Tags=cycle.TAG_LIST,
    )
    return str(answer["ReplicationInstance"]["ReplicationInstanceArn"])


CASES = (
    Case(
        "DMS.6",
        an_instance,
        lambda aws: an_instance(aws, upgraded=True),
        "arn:aws:dms:eu-west-1:123456789012:rep:NONE",
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

"""What every remediation is held to; how its control is violated stands in `cases/`.

What is particular to a control has a file of its own beside this one, named as its service.
"""

from __future__ import annotations

import pytest

from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.findings.remediation import Remediation
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

BY_SERVICE = cycle.cases()
CASES = tuple(case for cases in BY_SERVICE.values() for case in cases)
FIXED = tuple(case for case in CASES if case.fixed)
ALIKE = ("ec2", "iam", "rds", "s3")
"""Here the cases of one control differ in the resource, not in the calls that look at it."""
LOOKED_AT = tuple(
    case
    for service, cases in BY_SERVICE.items()
    for case in (cycle.one_each(cases) if service in ALIKE else cases)
)
FIXING = tuple(r for r in REMEDIATIONS if {case.control for case in FIXED} & set(r.controls))


@pytest.mark.parametrize("case", FIXED, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(FIXED, case, REMEDIATIONS)


@pytest.mark.parametrize("case", LOOKED_AT, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", FIXING, ids=lambda remediation: remediation.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(FIXED, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()

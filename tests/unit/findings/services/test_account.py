from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Aws, Remediation
from orchestrator.findings.services.account import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

CONTACT = {
    "Name": "Security desk",
    "Title": "On call",
    "EmailAddress": "soc@example.com",
    "PhoneNumber": "+49301234567",
}


def the_account(_: Aws) -> str:
    return "AWS::::Account:123456789012"


CASES = (Case("Account.1", the_account, parameters=CONTACT),)


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


def test_no_contact_is_made_up() -> None:
    nameless = {**CONTACT, "PhoneNumber": ""}
    case = Case("Account.1", the_account, parameters=nameless)

    assert "PhoneNumber" in cycle.hold_refusal(case, REMEDIATIONS)

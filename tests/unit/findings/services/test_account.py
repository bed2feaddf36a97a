from __future__ import annotations

from orchestrator.findings.services.account import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.account import CONTACT, the_account
from tests.unit.findings.services.cycle import Case


def test_no_contact_is_made_up() -> None:
    nameless = {**CONTACT, "PhoneNumber": ""}
    case = Case("Account.1", the_account, parameters=nameless)

    assert "PhoneNumber" in cycle.hold_refusal(case, REMEDIATIONS)

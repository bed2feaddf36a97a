from __future__ import annotations

from orchestrator.findings.services.macie import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.macie import Macie, the_account
from tests.unit.findings.services.cycle import Case


def test_what_the_organizations_administrator_decides_is_left_to_it() -> None:
    case = Case("Macie.1", the_account, overlay=lambda: Macie("PAUSED", "999999999999").overlay())

    assert "administrator" in cycle.hold_refusal(case, REMEDIATIONS)

from __future__ import annotations

from orchestrator.findings.services.redshift import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.redshift import warehouse
from tests.unit.findings.services.cycle import Case


def test_logs_go_nowhere_that_nobody_has_named() -> None:
    case = Case("Redshift.4", warehouse())

    assert "sets no 'bucket'" in cycle.hold_refusal(case, REMEDIATIONS)

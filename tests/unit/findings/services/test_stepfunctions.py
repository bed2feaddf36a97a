from __future__ import annotations

from orchestrator.findings.services.stepfunctions import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.stepfunctions import a_machine
from tests.unit.findings.services.cycle import Case


def test_no_log_group_is_made_up() -> None:
    assert "LogGroupArn" in cycle.hold_refusal(Case("StepFunctions.1", a_machine), REMEDIATIONS)

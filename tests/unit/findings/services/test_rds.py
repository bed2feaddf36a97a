from __future__ import annotations

import pytest

from orchestrator.findings.services.rds import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.rds import a_snapshot, instance
from tests.unit.findings.services.cycle import Case


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case("RDS.4", a_snapshot()), "sets no 'key'"),
        (Case("RDS.6", instance()), "sets no 'role'"),
    ],
    ids=str,
)
def test_what_would_have_to_be_made_up_is_refused(case: Case, reason: str) -> None:
    assert reason in cycle.hold_refusal(case, REMEDIATIONS)

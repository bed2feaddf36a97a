from __future__ import annotations

from orchestrator.findings.services import kms
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.kms import CASES


def test_a_key_that_nobody_could_administer_is_left_alone() -> None:
    alone = next(case for case in CASES if not case.fixed)

    assert "administer" in cycle.hold_refusal(alone, kms.REMEDIATIONS)

from __future__ import annotations

import pytest

from orchestrator.findings.services.iam import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.iam import MANAGED, a_role, analyzers, no_policy, user
from tests.unit.findings.services.cycle import Case


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case("IAM.8", user("robot", password=91)), "a deleted one cannot be had again"),
        (Case("IAM.18", a_role, moto=MANAGED), "sets no 'role'"),
        (Case("IAM.18", no_policy, parameters={"role": "support"}, moto=MANAGED), "no role"),
        (Case("IAM.28", no_policy, overlay=analyzers), "sets no 'name'"),
    ],
    ids=str,
)
def test_what_would_do_harm_or_be_made_up_is_refused(case: Case, reason: str) -> None:
    assert reason in cycle.hold_refusal(case, REMEDIATIONS)

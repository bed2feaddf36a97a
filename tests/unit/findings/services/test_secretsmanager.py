from __future__ import annotations

import pytest

from orchestrator.findings.services.secretsmanager import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.secretsmanager import secret
from tests.unit.findings.services.cycle import Case


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case("SecretsManager.1", secret()), "sets no 'function'"),
        (Case("SecretsManager.4", secret(days=91)), "it has no rotation"),
    ],
    ids=str,
)
def test_what_would_break_clients_is_refused(case: Case, reason: str) -> None:
    assert reason in cycle.hold_refusal(case, REMEDIATIONS)

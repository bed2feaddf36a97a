from __future__ import annotations

import pytest

from orchestrator.findings.services.ecr import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.ecr import a_repository
from tests.unit.findings.services.cycle import Case


@pytest.mark.parametrize("policy", ["", '{"rules": []}'])
def test_no_lifecycle_policy_is_made_up_or_left_empty(policy: str) -> None:
    case = Case("ECR.3", a_repository, parameters={"LifecyclePolicy": policy})

    assert cycle.hold_refusal(case, REMEDIATIONS)

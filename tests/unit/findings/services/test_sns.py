from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Value
from orchestrator.findings.services.sns import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.sns import ROLE, a_topic
from tests.unit.findings.services.cycle import Case


def test_deliveries_that_sns_does_not_log_are_refused() -> None:
    case = Case("SNS.2", a_topic, parameters={"RoleArn": ROLE, "Protocols": ("email",)})

    assert "email" in cycle.hold_refusal(case, REMEDIATIONS)


@pytest.mark.parametrize(
    ("control", "needed"), [("SNS.1", "KmsKeyId"), ("SNS.2", "RoleArn"), ("SNS.3", "TagKey")]
)
def test_nothing_that_a_topic_needs_is_made_up(control: str, needed: str) -> None:
    given: dict[str, Value] = {"requiredTagKeys": ("owner",)} if control == "SNS.3" else {}

    assert needed in cycle.hold_refusal(Case(control, a_topic, parameters=given), REMEDIATIONS)

from __future__ import annotations

from orchestrator.findings.services.apigateway import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.apigateway import a_stage
from tests.unit.findings.services.cycle import Case


def test_nothing_is_logged_while_api_gateway_has_no_role() -> None:
    case = Case("APIGateway.1", lambda aws: a_stage(aws, {}, role=False))

    assert "no role for CloudWatch Logs" in cycle.hold_refusal(case, REMEDIATIONS)

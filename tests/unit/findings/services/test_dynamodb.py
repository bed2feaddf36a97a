from __future__ import annotations

from orchestrator.findings.services.dynamodb import REMEDIATIONS
from orchestrator.findings.tags import lacking
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.dynamodb import GONE, TAGGING, a_table
from tests.unit.findings.services.cycle import Case


def test_no_maximum_is_made_up() -> None:
    reason = cycle.hold_refusal(Case("DynamoDB.1", a_table), REMEDIATIONS)

    assert "MaxReadCapacity" in reason


def test_no_tag_is_made_up() -> None:
    case = Case("DynamoDB.5", a_table, parameters={"requiredTagKeys": ("owner",)})

    assert "TagKey" in cycle.hold_refusal(case, REMEDIATIONS)


def test_a_tag_that_does_not_make_the_table_pass_is_not_added() -> None:
    two = {**TAGGING, "requiredTagKeys": ("owner", "cost-center")}

    assert "alone" in cycle.hold_refusal(Case("DynamoDB.5", a_table, parameters=two), REMEDIATIONS)


def test_any_tag_will_do_when_none_is_required_but_those_of_aws() -> None:
    tag = cycle.remediation_of("DynamoDB.5", REMEDIATIONS)
    target = cycle.target_of(tag, "DynamoDB.5", GONE, {})

    assert lacking(target, {"aws:cloudformation:stack-name": "x"})
    assert not lacking(target, {"team": "payments"})

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.findings.remediation import Aws, Remediation, Value
from orchestrator.findings.services.dynamodb import REMEDIATIONS
from orchestrator.findings.tags import lacking
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

GONE = "arn:aws:dynamodb:eu-west-1:123456789012:table/none"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
MAXIMUM: dict[str, Value] = {"MaxReadCapacity": 50, "MaxWriteCapacity": 10}


def a_table(aws: Aws, name: str = "orders", **given: Any) -> str:
    provisioned = {"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}
    capacity = {} if "BillingMode" in given else provisioned
    answer = aws("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        **{"Tags": cycle.TAG_LIST, **capacity, **given},
    )
    return str(answer["TableDescription"]["TableArn"])


def a_recoverable_table(aws: Aws) -> str:
    arn = a_table(aws, "recoverable")
    aws("dynamodb").update_continuous_backups(
        TableName="recoverable",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    return arn


def half_scaled(aws: Aws) -> str:
    arn = a_table(aws)
    aws("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/orders",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MinCapacity=5,
        MaxCapacity=10,
    )
    return arn


CASES = (
    Case(
        "DynamoDB.1",
        a_table,
        lambda aws: a_table(aws, "demand", BillingMode="PAY_PER_REQUEST"),
        GONE,
        MAXIMUM,
    ),
    Case("DynamoDB.1", half_scaled, parameters=MAXIMUM, name="only reads are scaled"),
    Case("DynamoDB.2", a_table, a_recoverable_table, GONE),
    Case(
        "DynamoDB.5",
        a_table,
        lambda aws: a_table(aws, "owned", Tags=[{"Key": "owner", "Value": "x"}]),
        GONE,
        TAGGING,
    ),
    Case(
        "DynamoDB.6",
        a_table,
        lambda aws: a_table(aws, "safe", DeletionProtectionEnabled=True),
        GONE,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()


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

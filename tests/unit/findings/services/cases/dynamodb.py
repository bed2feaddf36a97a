from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws, Value
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

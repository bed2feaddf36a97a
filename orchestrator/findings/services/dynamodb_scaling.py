"""Capacity of DynamoDB tables that follows the demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import Cause, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    number,
)
from orchestrator.findings.resource_type import ResourceType, existing

DIMENSIONS: Mapping[str, str] = {
    "dynamodb:table:ReadCapacityUnits": "Read",
    "dynamodb:table:WriteCapacityUnits": "Write",
}
TABLES = ("arn:{partition}:dynamodb:{region}:{account}:table/*",)
SCALING = ("arn:{partition}:application-autoscaling:{region}:{account}:scalable-target/*",)


def on_demand(table: Json) -> bool:
    return bool(table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST")


def targets(target: Target, aws: Aws) -> list[str]:
    """'Read' and 'Write', as far as there is anything that could scale them."""
    answer = aws("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="dynamodb", ResourceIds=[resource(target.arn)]
    )
    return kinds(answer["ScalableTargets"])


def scaled(target: Target, aws: Aws) -> list[str]:
    """'Read' and 'Write', as far as they follow the demand: a target alone scales nothing."""
    answer = aws("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="dynamodb", ResourceId=resource(target.arn)
    )
    followed = kinds(answer["ScalingPolicies"])
    return [kind for kind in targets(target, aws) if kind in followed]


def kinds(items: Iterable[Json]) -> list[str]:
    found = {item["ScalableDimension"] for item in items}
    return [kind for dimension, kind in DIMENSIONS.items() if dimension in found]


def remediations(table: ResourceType) -> tuple[Remediation, ...]:
    """The remediation for tables, which `dynamodb.py` reads."""

    def check(target: Target, aws: Aws) -> Check:
        found = table.read(target, aws)
        if found is None:
            return Check(Status.GONE)
        fixed = set() if on_demand(found) else {*DIMENSIONS.values()} - {*scaled(target, aws)}
        note = f"{' and '.join(sorted(fixed)).lower()} capacity is fixed" if fixed else ""
        return Check(Status.FAILS if note else Status.PASSES, note, found["CreationDateTime"])

    def before(target: Target, aws: Aws) -> Json:
        """What is scaled already or nearly, and the capacity, which scaling will change."""
        capacity = existing(table, target, aws)["ProvisionedThroughput"]
        return {
            "scaled": scaled(target, aws),
            "targets": targets(target, aws),
            "Read": capacity["ReadCapacityUnits"],
            "Write": capacity["WriteCapacityUnits"],
        }

    return (
        Remediation(
            name="scale-table",
            controls=("DynamoDB.1",),
            causes=(
                Cause("dynamodb", ("CreateTable",), omits("billingMode", "PAY_PER_REQUEST")),
                Cause("dynamodb", ("UpdateTable",), says("billingMode", "PROVISIONED")),
                Cause(
                    "autoscaling",
                    ("DeregisterScalableTarget", "DeleteScalingPolicy"),
                    says("serviceNamespace", "dynamodb"),
                ),
            ),
            resource_type=table.resource_type,
            risk=Risk.REVERSIBLE,
            effect=(
                "Lets the table's read and write capacity follow the demand, between what it is "
                "now and the maximum you name."
            ),
            breaks="Nothing; undo leaves the capacity where scaling has put it.",
            reads=(
                *table.reads,
                Permission(
                    (
                        "application-autoscaling:DescribeScalableTargets",
                        "application-autoscaling:DescribeScalingPolicies",
                    ),
                    why="Application Auto Scaling describes all targets together",
                ),
            ),
            writes=(
                Permission(
                    (
                        "application-autoscaling:RegisterScalableTarget",
                        "application-autoscaling:PutScalingPolicy",
                        "application-autoscaling:DeleteScalingPolicy",
                        "application-autoscaling:DeregisterScalableTarget",
                    ),
                    SCALING,
                ),
                Permission(("dynamodb:DescribeTable", "dynamodb:UpdateTable"), TABLES),
                Permission(
                    (
                        "cloudwatch:PutMetricAlarm",
                        "cloudwatch:DescribeAlarms",
                        "cloudwatch:DeleteAlarms",
                    ),
                    ("arn:{partition}:cloudwatch:{region}:{account}:alarm:TargetTracking-table/*",),
                ),
                Permission(
                    ("iam:CreateServiceLinkedRole",),
                    (
                        "arn:{partition}:iam::{account}:role/aws-service-role/"
                        "dynamodb.application-autoscaling.amazonaws.com/*",
                    ),
                ),
            ),
            find=table.find,
            check=check,
            before=before,
            fix=fix,
            undo=undo,
            tags=table.tags,
            cost="Capacity is paid by the hour, up to the maximum you name.",
            parameters=PARAMETERS,
        ),
    )


PARAMETERS = {
    "MaxReadCapacity": Parameter(0, "Units that reads may use at most; needed."),
    "MaxWriteCapacity": Parameter(0, "Units that writes may use at most; needed."),
    "targetReadUtilization": Parameter(
        70, "Percent of the read capacity to be in use.", "targetReadUtilization"
    ),
    "targetWriteUtilization": Parameter(
        70, "Percent of the write capacity to be in use.", "targetWriteUtilization"
    ),
}


def fix(target: Target, aws: Aws, before: Json) -> None:
    missing = {d: kind for d, kind in DIMENSIONS.items() if kind not in before["scaled"]}
    new = {d: kind for d, kind in missing.items() if kind not in before["targets"]}
    for kind in new.values():
        highest = number(target, f"Max{kind}Capacity")
        if highest < before[kind]:
            raise Refused(
                f"'Max{kind}Capacity' must be at least what the table has now, {before[kind]}"
            )
    for dimension, kind in new.items():
        aws("application-autoscaling").register_scalable_target(
            **about(target, dimension),
            MinCapacity=before[kind],
            MaxCapacity=number(target, f"Max{kind}Capacity"),
        )
    for dimension, kind in missing.items():
        follow(target, aws, dimension, kind)


def about(target: Target, dimension: str) -> dict[str, Any]:
    return {
        "ServiceNamespace": "dynamodb",
        "ResourceId": resource(target.arn),
        "ScalableDimension": dimension,
    }


def policy(target: Target, kind: str) -> str:
    return f"DynamoDB{kind}CapacityUtilization:{resource(target.arn)}"


def follow(target: Target, aws: Aws, dimension: str, kind: str) -> None:
    metric = f"DynamoDB{kind}CapacityUtilization"
    aws("application-autoscaling").put_scaling_policy(
        **about(target, dimension),
        PolicyName=policy(target, kind),
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": float(number(target, f"target{kind}Utilization")),
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        },
    )


def undo(target: Target, aws: Aws, before: Json) -> None:
    """Forget the targets, and with them their policies; of a target from before, the policy."""
    now = scaled(target, aws)
    client = aws("application-autoscaling")
    for dimension, kind in DIMENSIONS.items():
        if kind not in now or kind in before["scaled"]:
            continue
        if kind in before["targets"]:
            name = policy(target, kind)
            client.delete_scaling_policy(**about(target, dimension), PolicyName=name)
        else:
            client.deregister_scalable_target(**about(target, dimension))

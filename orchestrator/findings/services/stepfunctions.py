"""State machines of Step Functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.causes import Cause, omits, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
    required,
    text,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking
from orchestrator.findings.tags import mapping

MACHINES = ("arn:{partition}:states:{region}:{account}:stateMachine:*",)
DELIVERY = (
    *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery"),
    *("logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy"),
    *("logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
)


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("stepfunctions").get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            yield machine["stateMachineArn"]


def read(target: Target, aws: Aws) -> Json | None:
    """The machine without its definition, which may hold anything."""
    call = aws("stepfunctions").describe_state_machine
    answer = unless(("StateMachineDoesNotExist",), call, stateMachineArn=target.arn)
    if answer is None:
        return None
    return {key: answer.get(key) for key in ("creationDate", "loggingConfiguration")}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    answer = aws("stepfunctions").list_tags_for_resource(resourceArn=target.arn)
    return mapping(answer["tags"], "key", "value")


MACHINE = ResourceType(
    resource_type="AwsStepFunctionStateMachine",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("states:ListStateMachines",), why="it lists an account's state machines"),
        Permission(("states:DescribeStateMachine", "states:ListTagsForResource"), MACHINES),
    ),
    created="creationDate",
)


def level(machine: Json) -> str:
    return str((machine["loggingConfiguration"] or {}).get("level", "OFF"))


def silent(machine: Json, target: Target) -> str:
    wanted, found = text(target, "logLevel"), level(machine)
    good = found == wanted if wanted else found != "OFF"
    return "" if good else f"its log level is {found}"


def keep(target: Target, aws: Aws) -> Json:
    return {"logging": existing(MACHINE, target, aws)["loggingConfiguration"] or {"level": "OFF"}}


def log(target: Target, aws: Aws, before: Json) -> None:
    configuration: dict[str, Any] = {
        **before["logging"],
        "level": text(target, "logLevel") or "ERROR",
    }
    if not configuration.get("destinations"):
        group = required(target, "LogGroupArn")
        configuration["destinations"] = [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]
    update(target, aws, configuration)


def update(target: Target, aws: Aws, configuration: Json) -> None:
    aws("stepfunctions").update_state_machine(
        stateMachineArn=target.arn, loggingConfiguration=dict(configuration)
    )


REMEDIATIONS = (
    Remediation(
        name="log-state-machine",
        controls=("StepFunctions.1",),
        causes=(
            Cause("states", ("CreateStateMachine",), omits("level", "ALL", "ERROR", "FATAL")),
            Cause("states", ("UpdateStateMachine",), says("level", "OFF")),
        ),
        resource_type=MACHINE.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs the executions of the state machine in the log group you name.",
        breaks="Nothing, as long as the machine's role may deliver logs.",
        reads=MACHINE.reads,
        writes=(
            Permission(("states:UpdateStateMachine",), MACHINES),
            Permission(DELIVERY, why="CloudWatch Logs has no permission for a single delivery"),
        ),
        find=MACHINE.find,
        check=looking(MACHINE, silent),
        before=keep,
        fix=log,
        undo=lambda target, aws, before: update(target, aws, before["logging"]),
        tags=MACHINE.tags,
        cost="CloudWatch Logs' price for a few lines per execution.",
        parameters={
            "LogGroupArn": Parameter("", "The log group's ARN, ending in ':*'."),
            "logLevel": Parameter(
                "", "ALL, ERROR or FATAL; any passes when not set, and ERROR is set.", "logLevel"
            ),
        },
    ),
)

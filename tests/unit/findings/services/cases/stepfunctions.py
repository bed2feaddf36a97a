from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

GONE = "arn:aws:states:eu-west-1:123456789012:stateMachine:none"
GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:steps:*"
DEFINITION = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'
TO_GROUP = [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}]


def a_role(aws: Aws) -> None:
    """The one that every machine here runs as."""
    iam = aws("iam")
    if "steps" not in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
        iam.create_role(RoleName="steps", AssumeRolePolicyDocument=cycle.trusting("states"))


def a_machine(aws: Aws, name: str = "silent", level: str = "OFF") -> str:
    aws("logs").create_log_group(logGroupName=f"steps-{name}")
    a_role(aws)
    logging: dict[str, Any] = {"level": level}
    if level != "OFF":
        logging["destinations"] = TO_GROUP
    answer = aws("stepfunctions").create_state_machine(
        name=name,
        definition=DEFINITION,
        roleArn="arn:aws:iam::123456789012:role/steps",
        loggingConfiguration=logging,
        tags=[{"key": "team", "value": "payments"}],
    )
    return str(answer["stateMachineArn"])


CASES = (
    Case(
        "StepFunctions.1",
        a_machine,
        lambda aws: a_machine(aws, "logged", "FATAL"),
        GONE,
        {"LogGroupArn": GROUP},
    ),
    Case(
        "StepFunctions.1",
        lambda aws: a_machine(aws, level="FATAL"),
        lambda aws: a_machine(aws, "logged", "ALL"),
        parameters={"logLevel": "ALL"},
        name="logs, but not as much as is wanted",
    ),
)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.cloudformation.models import cloudformation_backends

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Builder, Case
from tests.unit.findings.services.recording import Overlay

TEMPLATE = """{
  "Parameters": {"Name": {"Type": "String", "Default": "x"}},
  "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}
}"""
TOPIC = "arn:aws:sns:eu-west-1:123456789012:events"


def a_stack(aws: Aws, topics: list[str] | None = None) -> str:
    aws("sns").create_topic(Name="events")
    answer = aws("cloudformation").create_stack(
        StackName="loud" if topics else "quiet",
        TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "given"}],
        NotificationARNs=topics or [],
        Tags=cycle.TAG_LIST,
    )
    return str(answer["StackId"])


def updating() -> Overlay:
    """UpdateStack for the topics alone, which moto takes for no update at all."""

    def update(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        stacks = cloudformation_backends["123456789012"]["eu-west-1"].stacks
        stacks[asked["StackName"]].notification_arns = asked["NotificationARNs"]
        return {"StackId": asked["StackName"]}

    return {("cloudformation", "UpdateStack"): update}


def a_plain_stack(name: str, protected: bool) -> Builder:
    def build(aws: Aws) -> str:
        answer = aws("cloudformation").create_stack(
            StackName=name,
            TemplateBody=TEMPLATE,
            EnableTerminationProtection=protected,
            Tags=cycle.TAG_LIST,
        )
        return str(answer["StackId"])

    return build


def protecting() -> Overlay:
    """UpdateTerminationProtection, which moto does not have."""

    def protect(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        stacks = cloudformation_backends["123456789012"]["eu-west-1"].stacks
        stack = stacks[asked["StackName"]]
        stack.enable_termination_protection = asked["EnableTerminationProtection"]
        return {"StackId": asked["StackName"]}

    return {("cloudformation", "UpdateTerminationProtection"): protect}


CASES = (
    Case(
        "CloudFormation.3",
        a_plain_stack("quiet", False),
        a_plain_stack("fine", True),
        "arn:aws:cloudformation:eu-west-1:123456789012:stack/none/00000000",
        overlay=protecting,
    ),
    Case(
        "CloudFormation.1",
        a_stack,
        lambda aws: a_stack(aws, [TOPIC]),
        "arn:aws:cloudformation:eu-west-1:123456789012:stack/none/00000000",
        {"NotificationTopic": "arn:{partition}:sns:{region}:{account}:events"},
        overlay=updating,
    ),
)

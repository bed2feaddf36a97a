"""Stacks of CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botocore.exceptions import ClientError

from orchestrator.findings.causes import Cause, absent, both, missing, negated, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import (
    ResourceType,
    Setting,
    always,
    existing,
    keeping,
    looking,
)
from orchestrator.findings.tags import mapping

STACKS = ("arn:{partition}:cloudformation:{region}:{account}:stack/*/*",)
NO_ROLE_OR_TEMPLATE = {"Null": {"cloudformation:RoleArn": True, "cloudformation:TemplateUrl": True}}
"""No template from elsewhere, and no role handed over.

Source: Service Authorization Reference, AWS CloudFormation.
"""
THROUGH_CLOUDFORMATION = {
    "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}
}
"""CloudFormation tries the topic with the rights of who updates the stack."""
AT_REST = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
"""Source: CloudFormation User Guide, "Stack status codes"; only these can be updated."""


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("cloudformation").get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            yield stack["StackId"]


def read(target: Target, aws: Aws) -> Json | None:
    """What CloudFormation says; deleted stacks are found by their id for 90 days."""
    try:
        stack: Json = aws("cloudformation").describe_stacks(StackName=target.arn)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("Tags"))


STACK = ResourceType(
    resource_type="AwsCloudFormationStack",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(
            ("cloudformation:DescribeStacks", "cloudformation:ListStacks"),
            why="all stacks are listed with it as well, for which AWS asks for both",
        ),
    ),
    created="CreationTime",
)


def unannounced(stack: Json, _: Target) -> str:
    return "" if stack.get("NotificationARNs") else "its events are sent to no topic"


def announce(target: Target, aws: Aws, _: Json) -> None:
    topic = required(target, "NotificationTopic")
    stack = existing(STACK, target, aws)
    if stack.get("ParentId"):
        raise Refused("a nested stack is updated by its parent: set the topic there")
    if stack["StackStatus"] not in AT_REST:
        raise Refused(f"the stack cannot be updated while it is {stack['StackStatus']}")
    set_topics(target, aws, stack, [topic])


def set_topics(target: Target, aws: Aws, stack: Json, topics: list[str]) -> None:
    """Update the stack with its own template and values, and these topics."""
    if stack.get("NotificationARNs", []) == topics:
        return
    values = [
        {"ParameterKey": parameter["ParameterKey"], "UsePreviousValue": True}
        for parameter in stack.get("Parameters", [])
    ]
    aws("cloudformation").update_stack(
        StackName=target.arn,
        UsePreviousTemplate=True,
        Parameters=values,
        Capabilities=list(stack.get("Capabilities", [])),
        NotificationARNs=topics,
    )


def silence(target: Target, aws: Aws, before: Json) -> None:
    topics = list(before["NotificationARNs"] or [])
    set_topics(target, aws, existing(STACK, target, aws), topics)


PROTECTION = "EnableTerminationProtection"


def protect(target: Target, aws: Aws, wanted: Json) -> None:
    aws("cloudformation").update_termination_protection(
        StackName=target.arn, EnableTerminationProtection=bool(wanted[PROTECTION])
    )


def nested(stack: Json, _: Target) -> str:
    root = stack.get("RootId", "")
    return f"it is part of the stack {root}, and has that one's protection" if root else ""


REMEDIATIONS = (
    Setting(
        STACK,
        always(**{PROTECTION: True}),
        protect,
        "it can be deleted by one call",
        refusing=nested,
    ).remediation(
        (PROTECTION,),
        name="protect-stack",
        controls=("CloudFormation.3",),
        causes=(
            Cause("cloudformation", ("CreateStack",), omits("enableTerminationProtection", "true")),
            Cause(
                "cloudformation",
                ("UpdateTerminationProtection",),
                says("enableTerminationProtection", "false"),
            ),
        ),
        risk=Risk.REVERSIBLE,
        effect="Turns on termination protection of the stack.",
        breaks="Who deletes the stack, a pipeline perhaps, has to turn the protection off first.",
        writes=(Permission(("cloudformation:UpdateTerminationProtection",), STACKS),),
    ),
    Remediation(
        name="announce-stack-events",
        controls=("CloudFormation.1",),
        causes=(
            Cause("cloudformation", ("CreateStack",), missing("notificationARNs")),
            Cause(
                "cloudformation",
                ("UpdateStack",),
                both(missing("notificationARNs"), negated(absent("notificationARNs"))),
            ),
        ),
        resource_type=STACK.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Updates the stack with its own template, and has its events sent to a topic.",
        breaks=(
            "Nothing, when the template makes the same as before; a template that uses macros or "
            "the latest value of a parameter store may change resources."
        ),
        reads=STACK.reads,
        writes=(
            Permission(("cloudformation:UpdateStack",), STACKS, NO_ROLE_OR_TEMPLATE),
            Permission(("sns:Publish",), ("arn:{partition}:sns:*:*:*",), THROUGH_CLOUDFORMATION),
        ),
        find=STACK.find,
        check=looking(STACK, unannounced),
        before=keeping(STACK, "NotificationARNs"),
        fix=announce,
        undo=silence,
        tags=STACK.tags,
        by_hand="A stack update may change more than the topic; look at a change set first.",
        parameters={
            "NotificationTopic": Parameter("", "The ARN of the topic; it must exist already.")
        },
    ),
)

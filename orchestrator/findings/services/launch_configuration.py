"""Launch configurations, which AWS cannot change: a new one takes the place of the old one."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import Cause, Predicate, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    required,
)
from orchestrator.findings.resource_type import ResourceType, existing

HERE = "arn:{partition}:autoscaling:{region}:{account}"
CONFIGURATIONS = (f"{HERE}:launchConfiguration:*:*",)
GROUPS = (f"{HERE}:autoScalingGroup:*:*",)
ANSWERED = ("LaunchConfigurationARN", "LaunchConfigurationName", "CreatedTime")


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("autoscaling").get_paginator("describe_launch_configurations").paginate():
        for configuration in page["LaunchConfigurations"]:
            yield configuration["LaunchConfigurationARN"]


def own_name(target: Target) -> str:
    return resource(target.arn).partition("launchConfigurationName/")[2]


def named(aws: Aws, name: str) -> Json | None:
    answer = aws("autoscaling").describe_launch_configurations(LaunchConfigurationNames=[name])
    found = answer["LaunchConfigurations"]
    return found[0] if found else None


def users(target: Target, aws: Aws) -> list[str]:
    """The groups that launch with it."""
    pages = aws("autoscaling").get_paginator("describe_auto_scaling_groups").paginate()
    return sorted(
        group["AutoScalingGroupName"]
        for page in pages
        for group in page["AutoScalingGroups"]
        if group.get("LaunchConfigurationName") == own_name(target)
    )


CONFIGURATION = ResourceType(
    resource_type="AwsAutoScalingLaunchConfiguration",
    find=find,
    read=lambda target, aws: named(aws, own_name(target)),
    tags=None,
    reads=(
        Permission(
            ("autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeAutoScalingGroups"),
            why="Auto Scaling has no permission to describe a single one",
        ),
    ),
    created="CreatedTime",
)


def old_metadata(configuration: Json) -> str:
    options = configuration.get("MetadataOptions", {})
    off = options.get("HttpEndpoint") == "disabled"
    return "" if off or options.get("HttpTokens") == "required" else "instances answer IMDSv1"


def public_address(configuration: Json) -> str:
    public = configuration.get("AssociatePublicIpAddress")
    return "instances get a public IP address" if public else ""


def checking(fault: Callable[[Json], str]) -> Callable[[Target, Aws], Check]:
    """A check that fails as long as there is such a configuration, launched with or not.

    Source: AWS Config Developer Guide, autoscaling-launchconfig-requires-imdsv2 and
    autoscaling-launch-config-public-ip-disabled, which are about the configuration itself.
    """

    def check(target: Target, aws: Aws) -> Check:
        found = CONFIGURATION.read(target, aws)
        if found is None:
            return Check(Status.GONE)
        note = fault(found)
        if note and not users(target, aws):
            note = "no group launches with it; it fails until it is deleted"
        return Check(Status.FAILS if note else Status.PASSES, note, found["CreatedTime"])

    return check


def before(target: Target, aws: Aws) -> Json:
    """The groups. The configuration itself stays, so its user data need not be kept."""
    return {
        "groups": users(target, aws),
        "successor": own_name(target) + required(target, "Suffix"),
    }


def succeeding(change: Json) -> Callable[[Target, Aws, Json], None]:
    """A fix that makes a successor with `change`, and lets the groups launch with it."""

    def fix(target: Target, aws: Aws, before: Json) -> None:
        if not before["groups"]:
            raise Refused("no group launches with it: delete it")
        wanted = changed(existing(CONFIGURATION, target, aws), change)
        there = named(aws, before["successor"])
        if there is None:
            create(aws, before["successor"], wanted)
        elif settings(there) != wanted:
            raise Refused(f"another launch configuration is named '{before['successor']}'")
        move(aws, before["groups"], before["successor"])

    return fix


def changed(was: Json, change: Json) -> dict[str, Any]:
    """The settings with `change` laid over them."""
    laid = {
        key: {**was.get(key, {}), **value} if isinstance(value, Mapping) else value
        for key, value in change.items()
    }
    return settings({**was, **laid})


def settings(configuration: Json) -> dict[str, Any]:
    """What can be given to CreateLaunchConfiguration; it takes empty texts for no values."""
    return {
        key: value
        for key, value in configuration.items()
        if key not in ANSWERED and value not in ("", [], None)
    }


def create(aws: Aws, name: str, wanted: Json) -> None:
    arguments = dict(wanted)
    if encoded := arguments.get("UserData"):
        # boto3 encodes what it is given, and AWS answers what is encoded.
        arguments["UserData"] = base64.b64decode(encoded)
    aws("autoscaling").create_launch_configuration(LaunchConfigurationName=name, **arguments)


def move(aws: Aws, groups: list[str], name: str) -> None:
    for group in groups:
        aws("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName=group, LaunchConfigurationName=name
        )


def undo(target: Target, aws: Aws, before: Json) -> None:
    move(aws, before["groups"], own_name(target))
    if named(aws, before["successor"]):
        aws("autoscaling").delete_launch_configuration(LaunchConfigurationName=before["successor"])


def remediation(
    control: str,
    name: str,
    suffix: str,
    fault: Callable[[Json], str],
    change: Json,
    words: str,
    when: Predicate,
) -> Remediation:
    return Remediation(
        name=name,
        controls=(control,),
        causes=(Cause("autoscaling", ("CreateLaunchConfiguration",), when),),
        resource_type=CONFIGURATION.resource_type,
        risk=Risk.DISRUPTIVE,
        effect=f"Makes a copy of the launch configuration {words}, and moves its groups there.",
        breaks=(
            "What is launched from now on; running instances stay as they are until they are "
            "replaced. The old configuration stays for the way back, and fails until it is deleted."
        ),
        reads=CONFIGURATION.reads,
        writes=(
            Permission(
                (
                    "autoscaling:CreateLaunchConfiguration",
                    "autoscaling:DeleteLaunchConfiguration",
                ),
                CONFIGURATIONS,
            ),
            Permission(("autoscaling:UpdateAutoScalingGroup",), GROUPS),
            Permission(
                ("iam:PassRole",),
                ("arn:{partition}:iam::{account}:role/*",),
                {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            ),
        ),
        find=CONFIGURATION.find,
        check=checking(fault),
        before=before,
        fix=succeeding(change),
        undo=undo,
        tags=None,
        by_hand="Instances that need what is taken away fail only when they are next launched.",
        parameters={
            "Suffix": Parameter(suffix, "What the copy's name has more than the original's.")
        },
    )


REMEDIATIONS = (
    remediation(
        "AutoScaling.3",
        "require-imdsv2-at-launch",
        "-imdsv2",
        old_metadata,
        {"MetadataOptions": {"HttpTokens": "required"}},
        "that asks for IMDSv2",
        omits("httpTokens", "required"),
    ),
    remediation(
        "Autoscaling.5",
        "launch-without-public-address",
        "-private",
        public_address,
        {"AssociatePublicIpAddress": False},
        "without public IP addresses",
        says("associatePublicIpAddress", "true"),
    ),
)

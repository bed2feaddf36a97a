"""Auto Scaling groups. Their launch configurations are in `launch_configuration.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import Cause, omits, says, untagged
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, keeping, looking
from orchestrator.findings.services import launch_configuration
from orchestrator.findings.tags import mapping, tag_control

GROUPS = ("arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:*:*",)


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("autoscaling").get_paginator("describe_auto_scaling_groups").paginate():
        for group in page["AutoScalingGroups"]:
            yield group["AutoScalingGroupARN"]


def group_name(target: Target) -> str:
    """What follows 'autoScalingGroupName/'; a name may hold a '/' itself."""
    return resource(target.arn).partition("autoScalingGroupName/")[2]


def read(target: Target, aws: Aws) -> Json | None:
    groups = aws("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[group_name(target)]
    )["AutoScalingGroups"]
    return groups[0] if groups else None


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("Tags"))


GROUP = ResourceType(
    resource_type="AwsAutoScalingAutoScalingGroup",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(
            ("autoscaling:DescribeAutoScalingGroups",),
            why="Auto Scaling has no permission to describe a single group",
        ),
    ),
    created="CreatedTime",
)


def checked(group: Json) -> list[str]:
    """The health checks of the group; several are one text with commas."""
    return [kind.strip() for kind in group["HealthCheckType"].split(",")]


def sources(group: Json, key: str, kind: str) -> list[str]:
    """Its load balancers by name, or its target groups by ARN.

    Source: Auto Scaling API Reference, TrafficSourceIdentifier, Type 'elb' and 'elbv2'.
    """
    more = (each["Identifier"] for each in group.get("TrafficSources", ()) if each["Type"] == kind)
    return sorted({*group.get(key, ()), *more})


def classics(group: Json) -> list[str]:
    return sources(group, "LoadBalancerNames", "elb")


def target_groups(group: Json) -> list[str]:
    return sources(group, "TargetGroupARNs", "elbv2")


def unwatched(group: Json, _: Target) -> str:
    if (classics(group) or target_groups(group)) and "ELB" not in checked(group):
        return "its load balancer's health checks are ignored"
    return ""


def unhealthy(group: Json, aws: Aws) -> list[str]:
    """The group's instances that its load balancers hold for unhealthy now.

    Source: Elastic Load Balancing API Reference, TargetHealth, State, and InstanceState, State.
    """
    found = set[str]()
    for each in target_groups(group):
        answer = aws("elbv2").describe_target_health(TargetGroupArn=each)
        health = answer["TargetHealthDescriptions"]
        found |= {h["Target"]["Id"] for h in health if h["TargetHealth"]["State"] in SICK}
    for each in classics(group):
        answer = aws("elb").describe_instance_health(LoadBalancerName=each)
        found |= {s["InstanceId"] for s in answer["InstanceStates"] if s["State"] == OUT}
    return sorted(found & {instance["InstanceId"] for instance in group["Instances"]})


SICK = ("unhealthy", "unhealthy.draining")
OUT = "OutOfService"


def watch(target: Target, aws: Aws, before: Json) -> None:
    """Only while the load balancer finds all instances well: it replaces the others at once."""
    if sick := unhealthy(existing(GROUP, target, aws), aws):
        shown = ", ".join(sick[:3]) + (" …" if sick[3:] else "")
        raise Refused(f"{len(sick)} of its instances would be replaced, as unhealthy: {shown}")
    others = [kind for kind in checked(before) if kind not in {"EC2", "ELB"}]
    set_checks(target, aws, ",".join(["ELB", *others]))


def set_checks(target: Target, aws: Aws, kinds: str) -> None:
    aws("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=group_name(target), HealthCheckType=kinds
    )


def tag(target: Target, key: str, **more: object) -> dict[str, object]:
    own = {"ResourceId": group_name(target), "ResourceType": "auto-scaling-group"}
    return {**own, "Key": key, **more}


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    """Only the group: what it launches keeps the tags it has."""
    added = tag(target, key, Value=value, PropagateAtLaunch=False)
    aws("autoscaling").create_or_update_tags(Tags=[added])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("autoscaling").delete_tags(Tags=[tag(target, key)])


REMEDIATIONS = (
    Remediation(
        name="check-health-by-load-balancer",
        controls=("AutoScaling.1",),
        causes=(
            Cause("autoscaling", ("CreateAutoScalingGroup",), omits("healthCheckType", "ELB")),
            Cause("autoscaling", ("UpdateAutoScalingGroup",), says("healthCheckType", "EC2")),
        ),
        resource_type=GROUP.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Lets the group replace instances that its load balancer finds unhealthy.",
        breaks=(
            "Instances that fail the load balancer's health check later are replaced, all of them "
            "if the check itself is wrong. A group in which some fail it now is left alone."
        ),
        reads=GROUP.reads,
        writes=(
            Permission(("autoscaling:UpdateAutoScalingGroup",), GROUPS),
            Permission(
                (
                    "elasticloadbalancing:DescribeTargetHealth",
                    "elasticloadbalancing:DescribeInstanceHealth",
                ),
                why="health is not a resource to IAM",
            ),
        ),
        find=GROUP.find,
        check=looking(GROUP, unwatched),
        before=keeping(GROUP, "HealthCheckType"),
        fix=watch,
        undo=lambda target, aws, before: set_checks(target, aws, before["HealthCheckType"]),
        tags=GROUP.tags,
    ),
    *launch_configuration.REMEDIATIONS,
    tag_control(
        "AutoScaling.10",
        GROUP,
        add_tag,
        remove_tag,
        (Permission(("autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags"), GROUPS),),
        untagged("autoscaling", ("CreateAutoScalingGroup",), "DeleteTags"),
    ),
)

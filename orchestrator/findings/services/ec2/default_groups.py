"""The default security group of each VPC."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause
from orchestrator.findings.exposure import Rule
from orchestrator.findings.parameters import switch
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.services.ec2 import group_rules
from orchestrator.findings.services.ec2.kinds import GROUP, looks


def find(place: Place, aws: Aws) -> Iterator[str]:
    only = [{"Name": "group-name", "Values": ["default"]}]
    for page in aws("ec2").get_paginator("describe_security_groups").paginate(Filters=only):
        for group in page["SecurityGroups"]:
            yield arn.of(place, "ec2", f"security-group/{group['GroupId']}")


def nothing(_: Rule) -> tuple[Rule, ...]:
    """Every rule goes, and none takes its place."""
    return ()


def empty(target: Target, aws: Aws, _: Json) -> None:
    used = interfaces(target, aws)
    if used and not switch(target, "in_use"):
        shown = ", ".join(used[:3]) + (" …" if used[3:] else "")
        raise Refused(f"{len(used)} network interfaces are in the group: {shown}")
    group_rules.replace(target, aws, nothing)


def interfaces(target: Target, aws: Aws) -> list[str]:
    only = [{"Name": "group-id", "Values": [arn.name(target.arn)]}]
    pages = aws("ec2").get_paginator("describe_network_interfaces").paginate(Filters=only)
    return [i["NetworkInterfaceId"] for page in pages for i in page["NetworkInterfaces"]]


def refill(target: Target, aws: Aws, before: Json) -> None:
    group_rules.restore(target, aws, before, nothing)


REMEDIATIONS = (
    Remediation(
        name="empty-default-group",
        controls=("EC2.2",),
        causes=(
            Cause(
                "ec2",
                (
                    "AuthorizeSecurityGroupIngress",
                    "ModifySecurityGroupRules",
                    "AuthorizeSecurityGroupEgress",
                ),
            ),
        ),
        resource_type=GROUP.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Takes every rule, in and out, from the default security group of the VPC.",
        breaks="What was started without naming a security group is in this one. "
        "A group that a network interface uses is left alone unless 'in_use' is true.",
        reads=group_rules.READS,
        writes=(
            *group_rules.writes("Ingress", "Egress"),
            looks("DescribeNetworkInterfaces"),
        ),
        find=find,
        check=group_rules.checking(lambda _: nothing),
        before=group_rules.before,
        fix=empty,
        undo=refill,
        tags=GROUP.tags,
        parameters={
            "in_use": Parameter(False, "Also where network interfaces are in the group."),
        },
    ),
)

"""Firewalls of Network Firewall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.causes import Cause, omits, says, untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Risk, Target
from orchestrator.findings.resource_type import ResourceType, Setting, always
from orchestrator.findings.tags import mapping, tag_control

FIREWALLS = ("arn:{partition}:network-firewall:{region}:{account}:firewall/*",)
DELETE, SUBNETS = "DeleteProtection", "SubnetChangeProtection"


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("network-firewall").get_paginator("list_firewalls").paginate():
        for firewall in page["Firewalls"]:
            yield firewall["FirewallArn"]


def read(target: Target, aws: Aws) -> Json | None:
    """What is off may be left out of the answer."""
    call = aws("network-firewall").describe_firewall
    answer = unless(("ResourceNotFoundException",), call, FirewallArn=target.arn)
    return None if answer is None else {DELETE: False, SUBNETS: False, **answer["Firewall"]}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("Tags"))


FIREWALL = ResourceType(
    resource_type="AwsNetworkFirewallFirewall",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("network-firewall:ListFirewalls",), why="it lists an account's firewalls"),
        Permission(("network-firewall:DescribeFirewall",), FIREWALLS),
    ),
)


def protect(target: Target, aws: Aws, wanted: Json) -> None:
    aws("network-firewall").update_firewall_delete_protection(
        FirewallArn=target.arn, DeleteProtection=wanted[DELETE]
    )


def keep_subnets(target: Target, aws: Aws, wanted: Json) -> None:
    aws("network-firewall").update_subnet_change_protection(
        FirewallArn=target.arn, SubnetChangeProtection=wanted[SUBNETS]
    )


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("network-firewall").tag_resource(
        ResourceArn=target.arn, Tags=[{"Key": key, "Value": value}]
    )


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("network-firewall").untag_resource(ResourceArn=target.arn, TagKeys=[key])


REMEDIATIONS = (
    tag_control(
        "NetworkFirewall.7",
        FIREWALL,
        add_tag,
        remove_tag,
        (
            Permission(
                ("network-firewall:TagResource", "network-firewall:UntagResource"), FIREWALLS
            ),
        ),
        untagged("network-firewall", ("CreateFirewall",), "UntagResource"),
    ),
    Setting(
        kind=FIREWALL,
        wanted=always(**{DELETE: True}),
        change=protect,
        fault="all who may delete it can",
    ).remediation(
        (DELETE,),
        name="protect-firewall",
        controls=("NetworkFirewall.9",),
        causes=(
            Cause("network-firewall", ("CreateFirewall",), omits("deleteProtection", "true")),
            Cause(
                "network-firewall",
                ("UpdateFirewallDeleteProtection",),
                says("deleteProtection", "false"),
            ),
        ),
        risk=Risk.REVERSIBLE,
        effect="Turns on deletion protection of the firewall.",
        breaks="Who deletes the firewall has to turn the protection off first.",
        writes=(Permission(("network-firewall:UpdateFirewallDeleteProtection",), FIREWALLS),),
    ),
    Setting(
        kind=FIREWALL,
        wanted=always(**{SUBNETS: True}),
        change=keep_subnets,
        fault="all who may change its subnets can",
    ).remediation(
        (SUBNETS,),
        name="keep-firewall-subnets",
        controls=("NetworkFirewall.10",),
        causes=(
            Cause("network-firewall", ("CreateFirewall",), omits("subnetChangeProtection", "true")),
            Cause(
                "network-firewall",
                ("UpdateSubnetChangeProtection",),
                says("subnetChangeProtection", "false"),
            ),
        ),
        risk=Risk.REVERSIBLE,
        effect="Protects the firewall's subnets from being changed.",
        breaks="Who changes the firewall's subnets has to turn the protection off first.",
        writes=(Permission(("network-firewall:UpdateSubnetChangeProtection",), FIREWALLS),),
    ),
)

"""Subnets, transit gateways and network interfaces."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, either, given, says
from orchestrator.findings.remediation import Aws, Json, Permission, Risk, Target
from orchestrator.findings.resource_type import ResourceType, Setting, always
from orchestrator.findings.services.ec2.kinds import GATEWAY, INTERFACE, SUBNET
from orchestrator.findings.tags import mapping

ADDRESSES = ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation")
"""Both are looked at. Source: AWS Security Hub User Guide, EC2.15."""

HERE = "arn:{partition}:ec2:{region}:{account}"


def assign_addresses(target: Target, aws: Aws, values: Json) -> None:
    """EC2 takes one attribute in a call."""
    for attribute in ADDRESSES:
        if attribute in values:
            aws("ec2").modify_subnet_attribute(
                SubnetId=arn.name(target.arn), **{attribute: {"Value": bool(values[attribute])}}
            )


def accept_attachments(target: Target, aws: Aws, values: Json) -> None:
    aws("ec2").modify_transit_gateway(
        TransitGatewayId=arn.name(target.arn),
        Options={"AutoAcceptSharedAttachments": values["AutoAcceptSharedAttachments"]},
    )


def check_addresses(target: Target, aws: Aws, values: Json) -> None:
    aws("ec2").modify_network_interface_attribute(
        NetworkInterfaceId=arn.name(target.arn),
        SourceDestCheck={"Value": values["SourceDestCheck"]},
    )


def flat_gateway(target: Target, aws: Aws) -> Json | None:
    found = GATEWAY.read(target, aws)
    return {**found, **found["Options"]} if found else None


def interface_tags(target: Target, aws: Aws) -> dict[str, str]:
    """EC2 calls them differently for interfaces."""
    return mapping((INTERFACE.read(target, aws) or {}).get("TagSet"))


FLAT_GATEWAY: ResourceType = replace(GATEWAY, read=flat_gateway)
TAGGED_INTERFACE: ResourceType = replace(INTERFACE, tags=interface_tags)

REMEDIATIONS = (
    Setting(
        SUBNET,
        always(MapPublicIpOnLaunch=False, AssignIpv6AddressOnCreation=False),
        assign_addresses,
        "what is started in it gets a public address",
    ).remediation(
        ADDRESSES,
        name="stop-public-addresses",
        controls=("EC2.15",),
        causes=(
            Cause(
                "ec2",
                ("ModifySubnetAttribute",),
                either(
                    given("mapPublicIpOnLaunch.value", "true"),
                    given("assignIpv6AddressOnCreation.value", "true"),
                ),
            ),
        ),
        risk=Risk.REVERSIBLE,
        effect="What is started in the subnet from now on gets no public address by itself.",
        breaks="New instances that relied on it have no address; running ones keep theirs.",
        writes=(Permission(("ec2:ModifySubnetAttribute",), (f"{HERE}:subnet/*",)),),
    ),
    Setting(
        FLAT_GATEWAY,
        always(AutoAcceptSharedAttachments="disable"),
        accept_attachments,
        "attachments of other accounts are accepted by themselves",
    ).remediation(
        ("AutoAcceptSharedAttachments",),
        name="stop-accepting-attachments",
        controls=("EC2.23",),
        causes=(
            Cause(
                "ec2",
                ("CreateTransitGateway", "ModifyTransitGateway"),
                says("autoAcceptSharedAttachments", "enable"),
            ),
        ),
        risk=Risk.REVERSIBLE,
        effect="The transit gateway no longer accepts attachments of other accounts by itself.",
        breaks="New attachments wait until they are accepted; those there are stay.",
        writes=(Permission(("ec2:ModifyTransitGateway",), (f"{HERE}:transit-gateway/*",)),),
    ),
    Setting(
        TAGGED_INTERFACE,
        always(SourceDestCheck=True),
        check_addresses,
        "it passes on traffic that is not its own",
        applies=lambda interface: not interface.get("RequesterManaged"),
    ).remediation(
        ("SourceDestCheck",),
        name="check-source-and-destination",
        controls=("EC2.180",),
        causes=(
            Cause(
                "ec2",
                ("ModifyNetworkInterfaceAttribute", "ModifyInstanceAttribute"),
                given("sourceDestCheck.value", "false"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="The interface takes only traffic that is addressed to it or comes from it.",
        breaks="NAT instances, routers, firewalls and the pod networks of some clusters.",
        writes=(
            Permission(("ec2:ModifyNetworkInterfaceAttribute",), (f"{HERE}:network-interface/*",)),
        ),
        by_hand="A router or NAT instance must have it off, and stops passing traffic on at once.",
    ),
)

"""The controls that ask for tags on what EC2 and VPC have, of which each type has its own.

EC2 tags everything with the same two calls, by the resource's id.
Source: AWS Security Hub User Guide, "AWS Resource Tagging Standard" and "Security Hub controls for
Amazon EC2"; Service Authorization Reference, Amazon EC2, for the words of the ARNs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, without_tags
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Remediation, Target
from orchestrator.findings.resource_type import ResourceType
from orchestrator.findings.services.ec2.kinds import (
    GATEWAY,
    GROUP,
    INSTANCE,
    INTERFACE,
    SUBNET,
    TEMPLATE,
    VPC,
    Described,
    kind,
)
from orchestrator.findings.services.ec2.networks import interface_tags
from orchestrator.findings.tags import tag_control

HERE = "arn:{partition}:ec2:{region}:{account}"


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("ec2").create_tags(Resources=[arn.name(target.arn)], Tags=[{"Key": key, "Value": value}])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("ec2").delete_tags(Resources=[arn.name(target.arn)], Tags=[{"Key": key}])


@dataclass(frozen=True, slots=True)
class Tagged:
    """A type of resource, the word of its ARN, and the call that makes one."""

    control: str
    kind: ResourceType
    word: str
    made_by: tuple[str, ...]

    @property
    def remediation(self) -> Remediation:
        causes = (Cause("ec2", self.made_by, without_tags), UNTAGGED)
        writes = Permission(("ec2:CreateTags", "ec2:DeleteTags"), (f"{HERE}:{self.word}/*",))
        return tag_control(self.control, self.kind, add_tag, remove_tag, (writes,), causes)


UNTAGGED = Cause("ec2", ("DeleteTags",), sure=False)


@dataclass(frozen=True, slots=True)
class Whole(Described):
    """Of a call whose answer is never in pages."""

    def find(self, place: Place, aws: Aws) -> Iterator[str]:
        for row in self.rows(getattr(aws("ec2"), self.operation)()):
            yield arn.of(place, "ec2", f"{self.prefix}/{row[self.key]}")


def rows(key: str) -> Any:
    """What is deleted, EC2 goes on showing for a while, and tags no more."""

    def found(page: Mapping[str, Any]) -> Iterable[Json]:
        return (row for row in page[key] if row.get("State", "") not in ("deleted", "deleting"))

    return found


def described(
    resource_type: str,
    action: str,
    names: tuple[str, str, str],
    word: str,
    missing: str,
    calls: type[Described] = Described,
) -> ResourceType:
    """`names` are the list of answers, the argument for ids, and the key of the id."""
    key, ids, id_ = names
    operation = "".join(f"_{c.lower()}" if c.isupper() else c for c in action).lstrip("_")
    return kind(resource_type, action, calls(operation, ids, id_, word, missing, rows(key)))


ATTACHMENT = described(
    "AwsEc2TransitGatewayAttachment",
    "DescribeTransitGatewayAttachments",
    ("TransitGatewayAttachments", "TransitGatewayAttachmentIds", "TransitGatewayAttachmentId"),
    "transit-gateway-attachment",
    "InvalidTransitGatewayAttachmentID.NotFound",
)
GATEWAY_TABLE = described(
    "AwsEc2TransitGatewayRouteTable",
    "DescribeTransitGatewayRouteTables",
    ("TransitGatewayRouteTables", "TransitGatewayRouteTableIds", "TransitGatewayRouteTableId"),
    "transit-gateway-route-table",
    "InvalidRouteTableID.NotFound",
)
CUSTOMER_GATEWAY = described(
    "AwsEc2CustomerGateway",
    "DescribeCustomerGateways",
    ("CustomerGateways", "CustomerGatewayIds", "CustomerGatewayId"),
    "customer-gateway",
    "InvalidCustomerGatewayID.NotFound",
    Whole,
)
ADDRESS = described(
    "AwsEc2Eip",
    "DescribeAddresses",
    ("Addresses", "AllocationIds", "AllocationId"),
    "elastic-ip",
    "InvalidAllocationID.NotFound",
    Whole,
)
INTERNET_GATEWAY = described(
    "AwsEc2InternetGateway",
    "DescribeInternetGateways",
    ("InternetGateways", "InternetGatewayIds", "InternetGatewayId"),
    "internet-gateway",
    "InvalidInternetGatewayID.NotFound",
)
NAT = described(
    "AwsEc2NatGateway",
    "DescribeNatGateways",
    ("NatGateways", "NatGatewayIds", "NatGatewayId"),
    "natgateway",
    "NatGatewayNotFound",
)
ACL = described(
    "AwsEc2NetworkAcl",
    "DescribeNetworkAcls",
    ("NetworkAcls", "NetworkAclIds", "NetworkAclId"),
    "network-acl",
    "InvalidNetworkAclID.NotFound",
)
ROUTES = described(
    "AwsEc2RouteTable",
    "DescribeRouteTables",
    ("RouteTables", "RouteTableIds", "RouteTableId"),
    "route-table",
    "InvalidRouteTableID.NotFound",
)
VOLUME = described(
    "AwsEc2Volume",
    "DescribeVolumes",
    ("Volumes", "VolumeIds", "VolumeId"),
    "volume",
    "InvalidVolume.NotFound",
)
ENDPOINT_SERVICE = described(
    "AwsEc2VpcEndpointService",
    "DescribeVpcEndpointServiceConfigurations",
    ("ServiceConfigurations", "ServiceIds", "ServiceId"),
    "vpc-endpoint-service",
    "InvalidVpcEndpointServiceId.NotFound",
)
FLOW_LOG = described(
    "AwsEc2FlowLog",
    "DescribeFlowLogs",
    ("FlowLogs", "FlowLogIds", "FlowLogId"),
    "vpc-flow-log",
    "InvalidFlowLogId.NotFound",
)
PEERING = described(
    "AwsEc2VpcPeeringConnection",
    "DescribeVpcPeeringConnections",
    ("VpcPeeringConnections", "VpcPeeringConnectionIds", "VpcPeeringConnectionId"),
    "vpc-peering-connection",
    "InvalidVpcPeeringConnectionID.NotFound",
)
VPN_GATEWAY = described(
    "AwsEc2VpnGateway",
    "DescribeVpnGateways",
    ("VpnGateways", "VpnGatewayIds", "VpnGatewayId"),
    "vpn-gateway",
    "InvalidVpnGatewayID.NotFound",
    Whole,
)
DHCP = described(
    "AwsEc2DhcpOptions",
    "DescribeDhcpOptions",
    ("DhcpOptions", "DhcpOptionsIds", "DhcpOptionsId"),
    "dhcp-options",
    "InvalidDhcpOptionID.NotFound",
)
PREFIX_LIST = described(
    "AwsEc2PrefixList",
    "DescribeManagedPrefixLists",
    ("PrefixLists", "PrefixListIds", "PrefixListId"),
    "prefix-list",
    "InvalidPrefixListID.NotFound",
)
SUBNET_INTERFACE = replace(INTERFACE, tags=interface_tags)

TAGGED = (
    Tagged(
        "EC2.33", ATTACHMENT, "transit-gateway-attachment", ("CreateTransitGatewayVpcAttachment",)
    ),
    Tagged(
        "EC2.34", GATEWAY_TABLE, "transit-gateway-route-table", ("CreateTransitGatewayRouteTable",)
    ),
    Tagged("EC2.35", SUBNET_INTERFACE, "network-interface", ("CreateNetworkInterface",)),
    Tagged("EC2.36", CUSTOMER_GATEWAY, "customer-gateway", ("CreateCustomerGateway",)),
    Tagged("EC2.37", ADDRESS, "elastic-ip", ("AllocateAddress",)),
    Tagged("EC2.38", INSTANCE, "instance", ("RunInstances",)),
    Tagged("EC2.39", INTERNET_GATEWAY, "internet-gateway", ("CreateInternetGateway",)),
    Tagged("EC2.40", NAT, "natgateway", ("CreateNatGateway",)),
    Tagged("EC2.41", ACL, "network-acl", ("CreateNetworkAcl",)),
    Tagged("EC2.42", ROUTES, "route-table", ("CreateRouteTable",)),
    Tagged("EC2.43", GROUP, "security-group", ("CreateSecurityGroup",)),
    Tagged("EC2.44", SUBNET, "subnet", ("CreateSubnet",)),
    Tagged("EC2.45", VOLUME, "volume", ("CreateVolume", "RunInstances")),
    Tagged("EC2.46", VPC, "vpc", ("CreateVpc",)),
    Tagged(
        "EC2.47",
        ENDPOINT_SERVICE,
        "vpc-endpoint-service",
        ("CreateVpcEndpointServiceConfiguration",),
    ),
    Tagged("EC2.48", FLOW_LOG, "vpc-flow-log", ("CreateFlowLogs",)),
    Tagged("EC2.49", PEERING, "vpc-peering-connection", ("CreateVpcPeeringConnection",)),
    Tagged("EC2.50", VPN_GATEWAY, "vpn-gateway", ("CreateVpnGateway",)),
    Tagged("EC2.52", GATEWAY, "transit-gateway", ("CreateTransitGateway",)),
    Tagged("EC2.174", DHCP, "dhcp-options", ("CreateDhcpOptions",)),
    Tagged("EC2.175", TEMPLATE, "launch-template", ("CreateLaunchTemplate",)),
    Tagged("EC2.176", PREFIX_LIST, "prefix-list", ("CreateManagedPrefixList",)),
)

REMEDIATIONS = tuple(each.remediation for each in TAGGED)

"""What EC2 describes: every type is listed, read and tagged in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Target
from orchestrator.findings.resource_type import ResourceType
from orchestrator.findings.tags import mapping

WHY = "EC2's describe calls know no resources"


def looks(*actions: str) -> Permission:
    """Describe calls of EC2."""
    return Permission(tuple(f"ec2:{action}" for action in actions), why=WHY)


@dataclass(frozen=True, slots=True)
class Described:
    """One describe call. `rows` takes the resources out of one answer of it."""

    operation: str
    ids: str
    """The call's argument for ids: 'VpcIds'."""
    key: str
    """Where the id is in what it gives: 'VpcId'."""
    prefix: str
    """What the ARN says before the id: 'vpc'."""
    missing: str
    """The error for an id that is not there."""
    rows: Callable[[Mapping[str, Any]], Iterable[Json]]

    def find(self, place: Place, aws: Aws) -> Iterator[str]:
        """The account's own; what others share with it is theirs to fix."""
        for page in aws("ec2").get_paginator(self.operation).paginate():
            for row in self.rows(page):
                if row.get("OwnerId", place.account) == place.account:
                    yield arn.of(place, "ec2", f"{self.prefix}/{row[self.key]}")

    def read(self, target: Target, aws: Aws) -> Json | None:
        call = getattr(aws("ec2"), self.operation)
        answer = unless((self.missing,), call, **{self.ids: [arn.name(target.arn)]})
        return next(iter(self.rows(answer)), None) if answer else None

    def tags(self, target: Target, aws: Aws) -> Mapping[str, str]:
        return mapping((self.read(target, aws) or {}).get("Tags"))


def kind(resource_type: str, action: str, described: Described) -> ResourceType:
    """`action` is the describe call as IAM names it."""
    return ResourceType(
        resource_type=resource_type,
        find=described.find,
        read=described.read,
        tags=described.tags,
        reads=(looks(action),),
    )


GROUP = kind(
    "AwsEc2SecurityGroup",
    "DescribeSecurityGroups",
    Described(
        "describe_security_groups",
        "GroupIds",
        "GroupId",
        "security-group",
        "InvalidGroup.NotFound",
        lambda page: page["SecurityGroups"],
    ),
)
INSTANCE = kind(
    "AwsEc2Instance",
    "DescribeInstances",
    Described(
        "describe_instances",
        "InstanceIds",
        "InstanceId",
        "instance",
        "InvalidInstanceID.NotFound",
        lambda page: (i for r in page["Reservations"] for i in r["Instances"]),
    ),
)
VPC = kind(
    "AwsEc2Vpc",
    "DescribeVpcs",
    Described(
        "describe_vpcs",
        "VpcIds",
        "VpcId",
        "vpc",
        "InvalidVpcID.NotFound",
        lambda page: page["Vpcs"],
    ),
)
SUBNET = kind(
    "AwsEc2Subnet",
    "DescribeSubnets",
    Described(
        "describe_subnets",
        "SubnetIds",
        "SubnetId",
        "subnet",
        "InvalidSubnetID.NotFound",
        lambda page: page["Subnets"],
    ),
)
GATEWAY = kind(
    "AwsEc2TransitGateway",
    "DescribeTransitGateways",
    Described(
        "describe_transit_gateways",
        "TransitGatewayIds",
        "TransitGatewayId",
        "transit-gateway",
        "InvalidTransitGatewayID.NotFound",
        lambda page: page["TransitGateways"],
    ),
)
INTERFACE = kind(
    "AwsEc2NetworkInterface",
    "DescribeNetworkInterfaces",
    Described(
        "describe_network_interfaces",
        "NetworkInterfaceIds",
        "NetworkInterfaceId",
        "network-interface",
        "InvalidNetworkInterfaceID.NotFound",
        lambda page: page["NetworkInterfaces"],
    ),
)
TEMPLATE = kind(
    "AwsEc2LaunchTemplate",
    "DescribeLaunchTemplates",
    Described(
        "describe_launch_templates",
        "LaunchTemplateIds",
        "LaunchTemplateId",
        "launch-template",
        "InvalidLaunchTemplateId.NotFound",
        lambda page: page["LaunchTemplates"],
    ),
)

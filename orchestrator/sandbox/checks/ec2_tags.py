"""Tags on what EC2 and VPC have.

Source: AWS Security Hub User Guide, "AWS Resource Tagging Standard", and each control's text; AWS
Config Developer Guide, the managed rules ec2-…-tagged; EC2 API Reference, each describe action.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.checks.answers import Reader
from orchestrator.sandbox.checks.rule import Rule, Rules, Subject, keys_of, tagged


def _own(describe: str, key: str) -> Any:
    """Of the account, not shared with it, and not deleted."""

    def listed(reader: Reader) -> list[Any]:
        found = reader.all("ec2", f"describe_{describe}", key)
        if describe == "instances":
            found = [each for group in found for each in group["Instances"]]
        return [
            each
            for each in found
            if each.get("OwnerId", reader.scope.account) == reader.scope.account
            and not str(each.get("State")).startswith("delet")
        ]

    return listed


def _ec2(kind: str, describe: str, key: str, id_: str, word: str) -> tuple[Rule, ...]:
    subject = Subject(
        kind,
        _own(describe, key),
        lambda each, reader: reader.arn("ec2", f"{word}/{each[id_]}"),
    )
    name = "TagSet" if describe == "network_interfaces" else "Tags"
    return (Rule("", subject, tagged(lambda each, _: keys_of(each.get(name)))),)


_TABLE = """
EC2.33 TransitGatewayAttachment transit_gateway_attachments transit-gateway-attachment
EC2.34 TransitGatewayRouteTable transit_gateway_route_tables transit-gateway-route-table
EC2.35 NetworkInterface network_interfaces network-interface
EC2.36 CustomerGateway customer_gateways customer-gateway
EC2.39 InternetGateway internet_gateways internet-gateway
EC2.40 NatGateway nat_gateways natgateway
EC2.41 NetworkAcl network_acls network-acl
EC2.42 RouteTable route_tables route-table
EC2.44 Subnet subnets subnet
EC2.45 Volume volumes volume
EC2.46 Vpc vpcs vpc
EC2.48 FlowLog flow_logs vpc-flow-log
EC2.49 VpcPeeringConnection vpc_peering_connections vpc-peering-connection
EC2.50 VpnGateway vpn_gateways vpn-gateway
EC2.52 TransitGateway transit_gateways transit-gateway
EC2.175 LaunchTemplate launch_templates launch-template
EC2.176 PrefixList managed_prefix_lists prefix-list
"""
"""Control, noun of the type, its list and its id, what is described, the word of its ARN."""


def _rows() -> Rules:
    found = {}
    for line in _TABLE.strip().splitlines():
        control, noun, describe, word = line.split()
        found[control] = _ec2(f"AwsEc2{noun}", describe, f"{noun}s", f"{noun}Id", word)
    return found


RULES: Rules = {
    **_rows(),
    "EC2.37": _ec2("AwsEc2Eip", "addresses", "Addresses", "AllocationId", "elastic-ip"),
    "EC2.38": _ec2("AwsEc2Instance", "instances", "Reservations", "InstanceId", "instance"),
    "EC2.43": _ec2(
        *("AwsEc2SecurityGroup", "security_groups", "SecurityGroups"),
        *("GroupId", "security-group"),
    ),
    "EC2.47": _ec2(
        *("AwsEc2VpcEndpointService", "vpc_endpoint_service_configurations"),
        *("ServiceConfigurations", "ServiceId", "vpc-endpoint-service"),
    ),
    "EC2.174": _ec2(
        "AwsEc2DhcpOptions", "dhcp_options", "DhcpOptions", "DhcpOptionsId", "dhcp-options"
    ),
}

"""EC2's networks: groups, lists, subnets, gateways, VPCs; and Network Firewall.

Source: AWS Security Hub User Guide, "Security Hub controls for Amazon EC2" and "… for Network
Firewall"; AWS Config Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from orchestrator.sandbox.checks.answers import Reader
from orchestrator.sandbox.checks.rule import (
    Fault,
    Parameters,
    Rule,
    Rules,
    Subject,
    keys_of,
    on,
    tagged,
)

EVERYBODY_4, EVERYBODY_6 = "0.0.0.0/0", "::/0"
HIGH_RISK = frozenset(
    {
        *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432),
        *(5500, 5601, 8080, 8088, 8888, 9200, 9300),
    }
)
"""Source: the text of EC2.19, which names each."""
ADMINISTRATION = frozenset({22, 3389})
CHECKED_INTERFACES = frozenset(
    {"aws_codestar_connections_managed", "branch", "efa", "interface", "lambda", "quicksight"}
)


def _ec2(kind: str, noun: str, operation: str, key: str, id_: str) -> Subject:
    return Subject(
        kind,
        lambda reader: reader.all("ec2", operation, key),
        lambda each, reader: reader.arn("ec2", f"{noun}/{each[id_]}"),
    )


GROUP = _ec2(
    *("AwsEc2SecurityGroup", "security-group", "describe_security_groups"),
    *("SecurityGroups", "GroupId"),
)
SUBNET = _ec2("AwsEc2Subnet", "subnet", "describe_subnets", "Subnets", "SubnetId")
VPC = _ec2("AwsEc2Vpc", "vpc", "describe_vpcs", "Vpcs", "VpcId")
ACL = _ec2(
    "AwsEc2NetworkAcl", "network-acl", "describe_network_acls", "NetworkAcls", "NetworkAclId"
)
INTERFACE = _ec2(
    *("AwsEc2NetworkInterface", "network-interface", "describe_network_interfaces"),
    *("NetworkInterfaces", "NetworkInterfaceId"),
)


def _gateways(reader: Reader) -> list[Any]:
    found = reader.all("ec2", "describe_transit_gateways", "TransitGateways")
    return [each for each in found if each["State"] not in ("deleting", "deleted")]


GATEWAY = Subject(
    "AwsEc2TransitGateway",
    _gateways,
    lambda each, reader: reader.arn("ec2", f"transit-gateway/{each['TransitGatewayId']}"),
)


def _defaults(reader: Reader) -> list[Any]:
    groups = reader.all("ec2", "describe_security_groups", "SecurityGroups")
    return [group for group in groups if group["GroupName"] == "default"]


DEFAULT_GROUP = Subject("AwsEc2SecurityGroup", _defaults, GROUP.arn)


def _closed(group: Any, _: Reader, __: Parameters) -> str:
    """Source: vpc-default-security-group-closed: no rule in either direction."""
    found = group.get("IpPermissions") or group.get("IpPermissionsEgress")
    return "the default group has rules" if found else ""


def open_spans(group: Any, *worlds: str) -> Iterator[tuple[str, int, int]]:
    """Protocol, first and last port of every rule that lets in whoever is named."""
    for permission in group.get("IpPermissions", ()):
        ranges = {each["CidrIp"] for each in permission.get("IpRanges", ())}
        ranges |= {each["CidrIpv6"] for each in permission.get("Ipv6Ranges", ())}
        if not ranges & set(worlds):
            continue
        protocol = str(permission["IpProtocol"])
        if protocol in ("-1", "all"):
            yield "all", 0, 65535
        else:
            yield protocol, permission.get("FromPort", 0), permission.get("ToPort", 65535)


def _open_to(ports: Iterable[int], *worlds: str, udp: bool = False) -> Fault:
    """Fails where one of these ports is open to the internet, by TCP or by all protocols.

    Source of `udp`: CIS AWS Foundations Benchmark, whose text EC2.53 and EC2.54 follow: "using
    either the TCP (6), UDP (17), or ALL (-1) protocols".
    """
    wanted = sorted(ports)
    protocols = {"all", "tcp", "6"} | ({"udp", "17"} if udp else set())

    def fault(group: Any, _: Reader, __: Parameters) -> str:
        for protocol, first, last in open_spans(group, *worlds):
            hit = [port for port in wanted if first <= port <= last or first == -1]
            if protocol in protocols and hit:
                return f"port {hit[0]} is open to the internet"
        return ""

    return fault


def _unauthorized(group: Any, _: Reader, parameters: Parameters) -> str:
    """Source: vpc-sg-open-only-to-authorized-ports; TCP 80 and 443, no UDP, by default."""
    fit = {
        "tcp": _ports(parameters.get("authorizedTcpPorts", ("80", "443"))),
        "udp": _ports(parameters.get("authorizedUdpPorts", ())),
    }
    for protocol, first, last in open_spans(group, EVERYBODY_4, EVERYBODY_6):
        name = {"6": "tcp", "17": "udp"}.get(protocol, protocol)
        if name == "all" or (name in fit and not set(range(first, last + 1)) <= fit[name]):
            return f"{name} {first}-{last} is open to the internet"
    return ""


def _ports(given: Any) -> set[int]:
    found: set[int] = set()
    for each in given.split(",") if isinstance(given, str) else given:
        first, _, last = str(each).strip().partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def _flow_logs(vpc: Any, reader: Reader, _: Parameters) -> str:
    """Source: vpc-flow-logs-enabled with trafficType REJECT; a log of all has the rejected too."""
    found = reader.all("ec2", "describe_flow_logs", "FlowLogs")
    kinds = {each["TrafficType"] for each in found if each["ResourceId"] == vpc["VpcId"]}
    return "" if kinds & {"REJECT", "ALL"} else "has no flow log of what is rejected"


def _ec2_endpoint(vpc: Any, reader: Reader, _: Parameters) -> str:
    """Source: service-vpc-endpoint-enabled with serviceName ec2."""
    for each in reader.all("ec2", "describe_vpc_endpoints", "VpcEndpoints"):
        service = f".{reader.scope.region}.ec2"
        there = each["State"].lower() in ("available", "pending", "pendingacceptance")
        if there and each["VpcId"] == vpc["VpcId"] and each["ServiceName"].endswith(service):
            return ""
    return "has no endpoint for EC2"


def _assigns(subnet: Any, _: Reader, __: Parameters) -> str:
    """Source: subnet-auto-assign-public-ip-disabled; the control's text: IPv6 as well."""
    if subnet.get("MapPublicIpOnLaunch"):
        return "assigns public IPv4 addresses"
    return "assigns IPv6 addresses" if subnet.get("AssignIpv6AddressOnCreation") else ""


def _accepts(gateway: Any, _: Reader, __: Parameters) -> str:
    """Source: ec2-transit-gateway-auto-vpc-attach-disabled."""
    value = gateway["Options"].get("AutoAcceptSharedAttachments")
    return "accepts attachments by itself" if value == "enable" else ""


def _checks_source(interface: Any, _: Reader, __: Parameters) -> str:
    """Source: ec2-enis-source-destination-check-enabled; of interfaces that users manage."""
    if interface.get("InterfaceType", "interface") not in CHECKED_INTERFACES:
        return ""
    return "" if interface.get("SourceDestCheck") else "does not check source and destination"


def _open_acl(acl: Any, _: Reader, __: Parameters) -> str:
    """Source: nacl-no-unrestricted-ssh-rdp: the first entry that matches a port decides."""
    for port in sorted(ADMINISTRATION):
        for world in (EVERYBODY_4, EVERYBODY_6):
            for entry in sorted(acl["Entries"], key=lambda each: int(each["RuleNumber"])):
                span = entry.get("PortRange") or {"From": 0, "To": 65535}
                if (
                    not entry["Egress"]
                    and world in (entry.get("CidrBlock"), entry.get("Ipv6CidrBlock"))
                    and entry["Protocol"] in ("-1", "6")
                    and span["From"] <= port <= span["To"]
                ):
                    if entry["RuleAction"] == "allow":
                        return f"port {port} is open to the internet"
                    break
    return ""


def _firewalls(reader: Reader) -> list[Any]:
    listed = reader.all("network-firewall", "list_firewalls", "Firewalls")
    return [
        reader.get(
            *("network-firewall", "describe_firewall", "Firewall"), FirewallArn=each["FirewallArn"]
        )
        for each in listed
    ]


FIREWALL = Subject(
    "AwsNetworkFirewallFirewall", _firewalls, lambda each, _: str(each["FirewallArn"])
)

BOTH = EVERYBODY_4, EVERYBODY_6
RULES: Rules = {
    "EC2.2": (Rule("vpc-default-security-group-closed", DEFAULT_GROUP, _closed),),
    "EC2.6": (Rule("vpc-flow-logs-enabled", VPC, _flow_logs),),
    "EC2.10": (Rule("service-vpc-endpoint-enabled", VPC, _ec2_endpoint),),
    "EC2.13": (Rule("vpc-sg-restricted-common-ports", GROUP, _open_to({22}, *BOTH)),),
    "EC2.14": (Rule("vpc-sg-restricted-common-ports", GROUP, _open_to({3389}, *BOTH)),),
    "EC2.15": (Rule("subnet-auto-assign-public-ip-disabled", SUBNET, _assigns),),
    "EC2.18": (Rule("vpc-sg-open-only-to-authorized-ports", GROUP, _unauthorized),),
    "EC2.19": (Rule("vpc-sg-restricted-common-ports", GROUP, _open_to(HIGH_RISK, *BOTH)),),
    "EC2.21": (Rule("nacl-no-unrestricted-ssh-rdp", ACL, _open_acl),),
    "EC2.23": (Rule("ec2-transit-gateway-auto-vpc-attach-disabled", GATEWAY, _accepts),),
    "EC2.53": (
        Rule(
            "vpc-sg-port-restriction-check", GROUP, _open_to(ADMINISTRATION, EVERYBODY_4, udp=True)
        ),
    ),
    "EC2.54": (
        Rule(
            "vpc-sg-port-restriction-check", GROUP, _open_to(ADMINISTRATION, EVERYBODY_6, udp=True)
        ),
    ),
    "EC2.180": (Rule("ec2-enis-source-destination-check-enabled", INTERFACE, _checks_source),),
    "NetworkFirewall.7": (Rule("", FIREWALL, tagged(lambda each, _: keys_of(each.get("Tags")))),),
    "NetworkFirewall.9": (
        Rule(
            "netfw-deletion-protection-enabled",
            FIREWALL,
            on("DeleteProtection", why="can be deleted"),
        ),
    ),
    "NetworkFirewall.10": (
        Rule(
            "netfw-subnet-change-protection-enabled",
            FIREWALL,
            on("SubnetChangeProtection", why="its subnets can be changed"),
        ),
    ),
}

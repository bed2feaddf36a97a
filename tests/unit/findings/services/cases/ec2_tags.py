"""One of each type that EC2 tags: with the usual tag, and with the one that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.ec2.models import ec2_backends

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services.cycle import TAG_LIST, Case
from tests.unit.findings.services.recording import Overlay, missing

HERE = "arn:aws:ec2:eu-west-1:123456789012"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
OWNED = [{"Key": "owner", "Value": "x"}]
Make = Callable[[Any], str]
"""Makes one with an EC2 client; gives its id."""


def a_vpc(ec2: Any, number: int = 0) -> str:
    return str(ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"])


def a_subnet(ec2: Any, vpc: str = "") -> str:
    made = ec2.create_subnet(VpcId=vpc or a_vpc(ec2), CidrBlock="10.0.1.0/24")
    return str(made["Subnet"]["SubnetId"])


def a_gateway(ec2: Any) -> str:
    return str(ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"])


def an_attachment(ec2: Any) -> str:
    vpc = a_vpc(ec2)
    made = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=a_gateway(ec2), VpcId=vpc, SubnetIds=[a_subnet(ec2, vpc)]
    )
    return str(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])


def a_gateway_table(ec2: Any) -> str:
    made = ec2.create_transit_gateway_route_table(TransitGatewayId=a_gateway(ec2))
    return str(made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"])


def an_interface(ec2: Any) -> str:
    made = ec2.create_network_interface(SubnetId=a_subnet(ec2))["NetworkInterface"]
    return str(made["NetworkInterfaceId"])


def an_image(ec2: Any) -> str:
    made = ec2.register_image(Name="machine", RootDeviceName="/dev/sda1", Architecture="x86_64")
    return str(made["ImageId"])


def an_instance(ec2: Any) -> str:
    (made,) = ec2.run_instances(
        ImageId=an_image(ec2), MinCount=1, MaxCount=1, SubnetId=a_subnet(ec2)
    )["Instances"]
    return str(made["InstanceId"])


def a_nat_gateway(ec2: Any) -> str:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=a_subnet(ec2), AllocationId=address)
    return str(made["NatGateway"]["NatGatewayId"])


def a_peering(ec2: Any) -> str:
    made = ec2.create_vpc_peering_connection(VpcId=a_vpc(ec2), PeerVpcId=a_vpc(ec2, 1))
    return str(made["VpcPeeringConnection"]["VpcPeeringConnectionId"])


def a_flow_log(ec2: Any, storage: Any) -> str:
    storage.create_bucket(
        Bucket="flows", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    made = ec2.create_flow_logs(
        ResourceIds=[a_vpc(ec2)],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flows",
    )
    assert not made["Unsuccessful"], made
    return str(made["FlowLogIds"][0])


def an_endpoint_service(ec2: Any, balancers: Any) -> str:
    made = balancers.create_load_balancer(
        Name="front", Type="network", Scheme="internal", Subnets=[a_subnet(ec2)]
    )
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])
    return str(service["ServiceConfiguration"]["ServiceId"])


MAKES: dict[str, tuple[str, str, Make]] = {
    "EC2.33": ("transit-gateway-attachment", "tgw-attach", an_attachment),
    "EC2.34": ("transit-gateway-route-table", "tgw-rtb", a_gateway_table),
    "EC2.35": ("network-interface", "eni", an_interface),
    "EC2.36": (
        *("customer-gateway", "cgw"),
        lambda ec2: ec2.create_customer_gateway(
            Type="ipsec.1", BgpAsn=65000, PublicIp="198.51.100.7"
        )["CustomerGateway"]["CustomerGatewayId"],
    ),
    "EC2.37": (
        *("elastic-ip", "eipalloc"),
        lambda ec2: ec2.allocate_address(Domain="vpc")["AllocationId"],
    ),
    "EC2.38": ("instance", "i", an_instance),
    "EC2.39": (
        *("internet-gateway", "igw"),
        lambda ec2: ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
    ),
    "EC2.40": ("natgateway", "nat", a_nat_gateway),
    "EC2.41": (
        *("network-acl", ""),  # moto has another error for one that is not there
        lambda ec2: ec2.create_network_acl(VpcId=a_vpc(ec2))["NetworkAcl"]["NetworkAclId"],
    ),
    "EC2.42": (
        *("route-table", "rtb"),
        lambda ec2: ec2.create_route_table(VpcId=a_vpc(ec2))["RouteTable"]["RouteTableId"],
    ),
    "EC2.43": (
        *("security-group", "sg"),
        lambda ec2: ec2.create_security_group(GroupName="web", Description="web", VpcId=a_vpc(ec2))[
            "GroupId"
        ],
    ),
    "EC2.44": ("subnet", "subnet", a_subnet),
    "EC2.45": (
        *("volume", "vol"),
        lambda ec2: ec2.create_volume(AvailabilityZone="eu-west-1a", Size=8)["VolumeId"],
    ),
    "EC2.46": ("vpc", "vpc", a_vpc),
    "EC2.49": ("vpc-peering-connection", "pcx", a_peering),
    "EC2.50": (
        *("vpn-gateway", "vgw"),
        lambda ec2: ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"],
    ),
    "EC2.52": ("transit-gateway", "tgw", a_gateway),
    "EC2.174": (
        *("dhcp-options", "dopt"),
        lambda ec2: ec2.create_dhcp_options(
            DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.com"]}]
        )["DhcpOptions"]["DhcpOptionsId"],
    ),
    "EC2.176": (
        *("prefix-list", "pl"),
        lambda ec2: ec2.create_managed_prefix_list(
            PrefixListName="office", MaxEntries=1, AddressFamily="IPv4"
        )["PrefixList"]["PrefixListId"],
    ),
}
"""By control: the word of the ARN, the beginning of an id, and how one is made."""


def made(word: str, make: Make, tags: list[dict[str, str]]) -> Callable[[Aws], str]:
    def build(aws: Aws) -> str:
        id_ = make(aws("ec2"))
        aws("ec2").create_tags(Resources=[id_], Tags=tags)
        return f"{HERE}:{word}/{id_}"

    return build


def a_template(ec2: Any) -> str:
    number = len(ec2_backends["123456789012"]["eu-west-1"].launch_templates)
    made = ec2.create_launch_template(
        LaunchTemplateName=f"web-{number}", LaunchTemplateData={"InstanceType": "t3.micro"}
    )
    return str(made["LaunchTemplate"]["LaunchTemplateId"])


def showing() -> Overlay:
    """Launch templates with the tags that they were given later, which moto keeps elsewhere."""

    def shown(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        backend = ec2_backends["123456789012"]["eu-west-1"]
        wanted = asked.get("LaunchTemplateIds", [*backend.launch_templates])
        if {*wanted} - {*backend.launch_templates}:
            raise missing("InvalidLaunchTemplateId.NotFound")
        return {
            "LaunchTemplates": [
                {"LaunchTemplateId": id_, "Tags": [*map(tag_of, backend.tags[id_].items())]}
                for id_ in wanted
            ]
        }

    def tag_of(pair: tuple[str, str]) -> dict[str, str]:
        return {"Key": pair[0], "Value": pair[1]}

    return {("ec2", "DescribeLaunchTemplates"): shown}


def a_service(tags: list[dict[str, str]]) -> Callable[[Aws], str]:
    def build(aws: Aws) -> str:
        return made(
            "vpc-endpoint-service", lambda ec2: an_endpoint_service(ec2, aws("elbv2")), tags
        )(aws)

    return build


def a_log(tags: list[dict[str, str]]) -> Callable[[Aws], str]:
    def build(aws: Aws) -> str:
        return made("vpc-flow-log", lambda ec2: a_flow_log(ec2, aws("s3")), tags)(aws)

    return build


CASES = (
    *(
        Case(
            control,
            made(word, make, TAG_LIST),
            made(word, make, OWNED),
            prefix and f"{HERE}:{word}/{prefix}-0123456789abcdef0",
            TAGGING,
        )
        for control, (word, prefix, make) in MAKES.items()
    ),
    Case(
        "EC2.175",
        made("launch-template", a_template, TAG_LIST),
        made("launch-template", a_template, OWNED),
        f"{HERE}:launch-template/lt-0123456789abcdef0",
        TAGGING,
        overlay=showing,
    ),
    Case(
        "EC2.48",
        a_log(TAG_LIST),
        missing=f"{HERE}:vpc-flow-log/fl-0123456789abcdef0",
        parameters=TAGGING,
    ),
    Case(
        "EC2.47",
        a_service(TAG_LIST),
        missing=f"{HERE}:vpc-endpoint-service/vpce-svc-0123456789abcdef0",
        parameters=TAGGING,
    ),
)

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.ec2.models import ec2_backends

from orchestrator.findings.remediation import Aws, Status
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case
from tests.unit.findings.services.recording import Overlay

HERE = "arn:aws:ec2:eu-west-1:123456789012"
ACCOUNT = "AWS::::Account:123456789012"
NO_GROUP = f"{HERE}:security-group/sg-0123456789abcdef0"
NO_VPC = f"{HERE}:vpc/vpc-0123456789abcdef0"
NO_SUBNET = f"{HERE}:subnet/subnet-0123456789abcdef0"
NO_INSTANCE = f"{HERE}:instance/i-0123456789abcdef0"
NO_TEMPLATE = f"{HERE}:launch-template/lt-0123456789abcdef0"
NO_GATEWAY = f"{HERE}:transit-gateway/tgw-0123456789abcdef0"
NO_INTERFACE = f"{HERE}:network-interface/eni-0123456789abcdef0"

IPV4 = {"IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "the world"}]}
IPV6 = {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
OFFICE = {"IpRanges": [{"CidrIp": "198.51.100.0/24"}]}


def tagged(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": TAG_LIST}]


def a_vpc(aws: Aws) -> str:
    made = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))
    return str(made["Vpc"]["VpcId"])


def a_subnet(aws: Aws, vpc: str = "", zone: str = "a") -> str:
    number = "abc".index(zone)
    made = aws("ec2").create_subnet(
        VpcId=vpc or a_vpc(aws),
        CidrBlock=f"10.0.{number}.0/24",
        AvailabilityZone=f"eu-west-1{zone}",
        TagSpecifications=tagged("subnet"),
    )
    return str(made["Subnet"]["SubnetId"])


def a_group(aws: Aws, *permissions: Mapping[str, Any], vpc: str = "", name: str = "web") -> str:
    client = aws("ec2")
    group = client.create_security_group(
        GroupName=name,
        Description="web",
        VpcId=vpc or a_vpc(aws),
        TagSpecifications=tagged("security-group"),
    )["GroupId"]
    for permission in permissions:
        client.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[permission],
            TagSpecifications=tagged("security-group-rule"),
        )
    return f"{HERE}:security-group/{group}"


def opening(protocol: str, first: int, last: int, where: Mapping[str, Any]) -> dict[str, Any]:
    ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
    return {"IpProtocol": protocol, **ports, **where}


def group_with(protocol: str, first: int, last: int, where: Mapping[str, Any]) -> Any:
    def build(aws: Aws) -> str:
        web = opening("tcp", 443, 443, IPV4)
        office = opening("tcp", 22, 3389, OFFICE)
        return a_group(aws, opening(protocol, first, last, where), web, office)

    return build


def a_closed_group(aws: Aws) -> str:
    web, office = opening("tcp", 443, 443, IPV4), opening("tcp", 22, 3389, OFFICE)
    return a_group(aws, web, office, name="closed")


def a_default_group(aws: Aws) -> str:
    client, vpc = aws("ec2"), a_vpc(aws)
    only = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    group = client.describe_security_groups(Filters=only)["SecurityGroups"][0]["GroupId"]
    client.create_tags(Resources=[group], Tags=TAG_LIST)
    return f"{HERE}:security-group/{group}"


def an_empty_default_group(aws: Aws) -> str:
    client, arn = aws("ec2"), a_default_group(aws)
    only = [{"Name": "group-id", "Values": [arn.rpartition("/")[2]]}]
    for rule in client.describe_security_group_rules(Filters=only)["SecurityGroupRules"]:
        way = "egress" if rule["IsEgress"] else "ingress"
        getattr(client, f"revoke_security_group_{way}")(
            GroupId=rule["GroupId"], SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
        )
    return arn


def a_used_default_group(aws: Aws) -> str:
    client, vpc = aws("ec2"), a_vpc(aws)
    interface = client.create_network_interface(SubnetId=a_subnet(aws, vpc))["NetworkInterface"]
    only = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    group = client.describe_security_groups(Filters=only)["SecurityGroups"][0]["GroupId"]
    client.modify_network_interface_attribute(
        NetworkInterfaceId=interface["NetworkInterfaceId"], Groups=[group]
    )
    client.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[opening("tcp", 443, 443, IPV4)],
        TagSpecifications=tagged("security-group-rule"),
    )
    client.authorize_security_group_egress(
        GroupId=group,
        IpPermissions=[opening("tcp", 443, 443, OFFICE)],
        TagSpecifications=tagged("security-group-rule"),
    )
    client.create_tags(Resources=[group], Tags=TAG_LIST)
    return f"{HERE}:security-group/{group}"


def an_instance(aws: Aws, **options: Any) -> str:
    made = aws("ec2").run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=tagged("instance"),
        **options,
    )
    return f"{HERE}:instance/{made['Instances'][0]['InstanceId']}"


def a_stopped_instance(aws: Aws) -> str:
    arn = an_instance(aws)
    aws("ec2").stop_instances(InstanceIds=[arn.rpartition("/")[2]])
    found = ec2_backends["123456789012"]["eu-west-1"].get_instance(arn.rpartition("/")[2])
    long_ago = datetime.now(UTC) - timedelta(days=31)
    found._reason = f"User initiated ({long_ago:%Y-%m-%d %H:%M:%S} UTC)"
    return arn


def a_just_stopped_instance(aws: Aws) -> str:
    arn = an_instance(aws)
    aws("ec2").stop_instances(InstanceIds=[arn.rpartition("/")[2]])
    return arn


def a_template(name: str, **options: str) -> Builder:
    def build(aws: Aws) -> str:
        data: dict[str, Any] = {"ImageId": "ami-12c6146b", "InstanceType": "t3.small"}
        made = aws("ec2").create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData=data | ({"MetadataOptions": options} if options else {}),
            TagSpecifications=tagged("launch-template"),
        )
        return f"{HERE}:launch-template/{made['LaunchTemplate']['LaunchTemplateId']}"

    return build


def a_template_with_a_newer_version(aws: Aws) -> str:
    made = a_template("two", HttpEndpoint="enabled")(aws)
    aws("ec2").create_launch_template_version(
        LaunchTemplateId=made.rpartition("/")[2], LaunchTemplateData={"InstanceType": "t3.large"}
    )
    return made


def an_instance_with_version_1(aws: Aws) -> str:
    return an_instance(aws, MetadataOptions={"HttpTokens": "optional"})


def an_instance_with_tokens(aws: Aws) -> str:
    return an_instance(aws, MetadataOptions={"HttpTokens": "required"})


def used_version_1(aws: Aws) -> str:
    arn = an_instance_with_version_1(aws)
    aws("cloudwatch").put_metric_data(
        Namespace="AWS/EC2",
        MetricData=[
            {
                "MetricName": "MetadataNoToken",
                "Dimensions": [{"Name": "InstanceId", "Value": arn.rpartition("/")[2]}],
                "Value": 3,
                "Timestamp": datetime.now(UTC) - timedelta(days=2),
            }
        ],
    )
    return arn


def a_public_snapshot(aws: Aws) -> str:
    client = aws("ec2")
    volume = client.create_volume(AvailabilityZone="eu-west-1a", Size=1)["VolumeId"]
    public = client.create_snapshot(VolumeId=volume)["SnapshotId"]
    client.create_snapshot(VolumeId=volume)
    client.modify_snapshot_attribute(
        SnapshotId=public,
        Attribute="createVolumePermission",
        OperationType="add",
        GroupNames=["all"],
    )
    return ACCOUNT


def a_subnet_with_addresses(aws: Aws) -> str:
    subnet = a_subnet(aws)
    aws("ec2").modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    return f"{HERE}:subnet/{subnet}"


def a_subnet_with_ipv6_addresses(aws: Aws) -> str:
    subnet = a_subnet(aws)
    aws("ec2").modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True})
    return f"{HERE}:subnet/{subnet}"


def a_private_subnet(aws: Aws) -> str:
    return f"{HERE}:subnet/{a_subnet(aws)}"


def a_gateway(aws: Aws, accept: str) -> str:
    made = aws("ec2").create_transit_gateway(
        Options={"AutoAcceptSharedAttachments": accept},
        TagSpecifications=tagged("transit-gateway"),
    )
    return f"{HERE}:transit-gateway/{made['TransitGateway']['TransitGatewayId']}"


def an_interface(aws: Aws, check: bool) -> str:
    client = aws("ec2")
    made = client.create_network_interface(
        SubnetId=a_subnet(aws), TagSpecifications=tagged("network-interface")
    )["NetworkInterface"]["NetworkInterfaceId"]
    client.modify_network_interface_attribute(
        NetworkInterfaceId=made, SourceDestCheck={"Value": check}
    )
    return f"{HERE}:network-interface/{made}"


def a_bare_vpc(aws: Aws) -> str:
    return f"{HERE}:vpc/{a_vpc(aws)}"


def a_logged_vpc(aws: Aws) -> str:
    vpc = a_vpc(aws)
    aws("s3").create_bucket(
        Bucket="others", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    aws("ec2").create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::others",
    )
    return f"{HERE}:vpc/{vpc}"


def a_vpc_and_a_bucket(aws: Aws) -> str:
    aws("s3").create_bucket(
        Bucket="flow-123456789012-eu-west-1",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    return a_bare_vpc(aws)


def a_vpc_and_a_log_group(aws: Aws) -> str:
    aws("logs").create_log_group(logGroupName="flow")
    return a_bare_vpc(aws)


LOG_GROUP = {
    "destination": "arn:{partition}:logs:{region}:{account}:log-group:flow",
    "role": "arn:{partition}:iam::{account}:role/flow-logs",
}


def a_vpc_with_subnets(aws: Aws) -> str:
    vpc = a_vpc(aws)
    for zone in ("a", "b"):
        a_subnet(aws, vpc, zone)
    a_group(aws, vpc=vpc, name="endpoints")
    return f"{HERE}:vpc/{vpc}"


def a_vpc_with_an_endpoint(aws: Aws) -> str:
    vpc = a_vpc(aws)
    aws("ec2").create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=vpc,
        ServiceName="com.amazonaws.eu-west-1.ec2",
        SubnetIds=[a_subnet(aws, vpc)],
    )
    return f"{HERE}:vpc/{vpc}"


def account(_: Aws) -> str:
    return ACCOUNT


def snapshot_sharing(state: str) -> Any:
    def overlay() -> Overlay:
        now = {"State": state}

        def enable(given: Mapping[str, Any]) -> Mapping[str, Any]:
            now["State"] = given["State"]
            return dict(now)

        return {
            ("ec2", "GetSnapshotBlockPublicAccessState"): lambda _: dict(now),
            ("ec2", "EnableSnapshotBlockPublicAccess"): enable,
            ("ec2", "DisableSnapshotBlockPublicAccess"): lambda _: enable({"State": "unblocked"}),
        }

    return overlay


def internet_gateways() -> Overlay:
    now = {"InternetGatewayBlockMode": "off"}

    def answer(_: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"VpcBlockPublicAccessOptions": dict(now)}

    def modify(given: Mapping[str, Any]) -> Mapping[str, Any]:
        now["InternetGatewayBlockMode"] = given["InternetGatewayBlockMode"]
        return answer(given)

    return {
        ("ec2", "DescribeVpcBlockPublicAccessOptions"): answer,
        ("ec2", "ModifyVpcBlockPublicAccessOptions"): modify,
    }


CASES = (
    Case("EC2.1", a_public_snapshot),
    Case("EC2.2", a_default_group, an_empty_default_group, NO_GROUP),
    Case("EC2.2", a_used_default_group, None, NO_GROUP, {"in_use": True}, "in use"),
    Case("EC2.4", a_stopped_instance, a_just_stopped_instance, NO_INSTANCE, after=Status.GONE),
    Case(
        "EC2.6",
        a_vpc_and_a_bucket,
        a_logged_vpc,
        NO_VPC,
        {"destination": "arn:{partition}:s3:::flow-{account}-{region}"},
        "to a bucket",
    ),
    Case("EC2.6", a_vpc_and_a_log_group, a_logged_vpc, NO_VPC, LOG_GROUP, "to a log group"),
    Case("EC2.7", account),
    Case("EC2.8", an_instance_with_version_1, an_instance_with_tokens, NO_INSTANCE),
    Case(
        "EC2.10",
        a_vpc_with_subnets,
        a_vpc_with_an_endpoint,
        NO_VPC,
        {"security_group": "endpoints"},
    ),
    Case("EC2.13", group_with("tcp", 22, 22, IPV4), a_closed_group, NO_GROUP),
    Case("EC2.13", group_with("tcp", 20, 443, IPV6), a_closed_group, NO_GROUP, name="in a range"),
    Case("EC2.13", group_with("-1", -1, -1, IPV4), a_closed_group, NO_GROUP, name="in all"),
    Case("EC2.14", group_with("tcp", 3389, 3389, IPV6), a_closed_group, NO_GROUP),
    Case("EC2.15", a_subnet_with_addresses, a_private_subnet, NO_SUBNET),
    Case("EC2.15", a_subnet_with_ipv6_addresses, a_private_subnet, NO_SUBNET, name="of IPv6"),
    Case("EC2.18", group_with("tcp", 0, 65535, IPV4), a_closed_group, NO_GROUP),
    Case("EC2.18", group_with("-1", -1, -1, IPV6), a_closed_group, NO_GROUP, name="in all"),
    Case(
        "EC2.18",
        group_with("udp", 53, 53, IPV4),
        a_closed_group,
        NO_GROUP,
        {"authorized_udp_ports": ("500", "4500-4510")},
        "with ports of a decision",
    ),
    Case("EC2.19", group_with("tcp", 5000, 6000, IPV4), a_closed_group, NO_GROUP),
    Case("EC2.19", group_with("-1", -1, -1, IPV4), a_closed_group, NO_GROUP, name="in all"),
    Case(
        "EC2.23",
        lambda aws: a_gateway(aws, "enable"),
        lambda aws: a_gateway(aws, "disable"),
        NO_GATEWAY,
    ),
    Case("EC2.53", group_with("udp", 3000, 4000, IPV4), a_closed_group, NO_GROUP),
    Case("EC2.54", group_with("tcp", 22, 22, IPV6), group_with("tcp", 22, 22, IPV4), NO_GROUP),
    Case(
        "EC2.170",
        a_template("web", HttpEndpoint="enabled"),
        a_template("fine", HttpTokens="required"),
        NO_TEMPLATE,
    ),
    Case("EC2.170", a_template("web"), None, NO_TEMPLATE, name="without options"),
    Case("EC2.172", account, overlay=internet_gateways),
    Case(
        "EC2.180",
        lambda aws: an_interface(aws, False),
        lambda aws: an_interface(aws, True),
        NO_INTERFACE,
    ),
    Case("EC2.182", account, overlay=snapshot_sharing("unblocked")),
    Case("EC2.182", account, overlay=snapshot_sharing("block-new-sharing"), name="new ones only"),
)

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

HERE = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
GONE = f"{HERE}:loadbalancer/app/none/50dc6c495c0c9188"
NO_CLASSIC = f"{HERE}:loadbalancer/none"
REDIRECT = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}


def a_balancer(aws: Aws, attributes: Mapping[str, str] | None = None, kind: str = "app") -> str:
    name = f"{kind}-changed" if attributes else kind
    vpc = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = {"eu-west-1a": "10.0.1.0/24", "eu-west-1b": "10.0.2.0/24"}
    subnets = [
        aws("ec2").create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]
        for zone, block in zones.items()
    ]
    types = {"app": "application", "net": "network"}
    client = aws("elbv2")
    arn = client.create_load_balancer(
        Name=name,
        Subnets=[subnet["SubnetId"] for subnet in subnets],
        Type=types[kind],
        Tags=cycle.TAG_LIST,
    )["LoadBalancers"][0]["LoadBalancerArn"]
    if attributes:
        changes = [{"Key": key, "Value": value} for key, value in attributes.items()]
        client.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=changes)
    return str(arn)


def a_group(aws: Aws) -> str:
    vpc = aws("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    answer = aws("elbv2").create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc)
    return str(answer["TargetGroups"][0]["TargetGroupArn"])


def a_listener(aws: Aws, balancer: str, protocol: str, actions: list[Any]) -> str:
    given: dict[str, Any] = {}
    if protocol == "HTTPS":
        made = aws("acm").request_certificate(DomainName="example.com")
        given = {"Certificates": [{"CertificateArn": made["CertificateArn"]}]}
    answer = aws("elbv2").create_listener(
        LoadBalancerArn=balancer,
        Protocol=protocol,
        Port=443 if given else 80,
        DefaultActions=actions,
        **given,
    )
    return str(answer["Listeners"][0]["ListenerArn"])


def over_http(aws: Aws, *, secure: bool = True) -> str:
    """A listener that forwards, with a rule of its own."""
    balancer = a_balancer(aws)
    forward = [{"Type": "forward", "TargetGroupArn": a_group(aws)}]
    listener = a_listener(aws, balancer, "HTTP", forward)
    aws("elbv2").create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/old/*"]}],
        Actions=forward,
    )
    if secure:
        a_listener(aws, balancer, "HTTPS", forward)
    return balancer


def redirecting(aws: Aws) -> str:
    balancer = a_balancer(aws, {"idle_timeout.timeout_seconds": "30"})
    a_listener(aws, balancer, "HTTP", [{"Type": "redirect", "RedirectConfig": REDIRECT}])
    return balancer


def a_classic(aws: Aws, name: str = "classic", **attributes: Any) -> str:
    client = aws("elb")
    client.create_load_balancer(
        LoadBalancerName=name,
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
        AvailabilityZones=["eu-west-1a"],
        Tags=cycle.TAG_LIST,
    )
    if attributes:
        client.modify_load_balancer_attributes(
            LoadBalancerName=name, LoadBalancerAttributes=attributes
        )
    return f"{HERE}:loadbalancer/{name}"


def a_bucket(aws: Aws) -> None:
    aws("s3").create_bucket(
        Bucket="access", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::156460612806:root"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::access/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    aws("s3").put_bucket_policy(Bucket="access", Policy=json.dumps(policy))


def unlogged(aws: Aws) -> str:
    a_bucket(aws)
    return a_balancer(aws)


def unlogged_classic(aws: Aws) -> str:
    a_bucket(aws)
    return a_classic(aws)


LOGGED = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "access"}
CLASSIC_LOG = {"Enabled": True, "S3BucketName": "access", "S3BucketPrefix": "", "EmitInterval": 5}
DESYNC = "elb.http.desyncmitigationmode"

CASES = (
    Case("ELB.1", over_http, redirecting, GONE),
    Case(
        "ELB.4",
        a_balancer,
        lambda aws: a_balancer(aws, {"routing.http.drop_invalid_header_fields.enabled": "true"}),
        GONE,
    ),
    Case(
        "ELB.5",
        unlogged,
        lambda aws: a_balancer(aws, LOGGED),
        GONE,
        {"LogBucket": "access"},
    ),
    Case(
        "ELB.5",
        unlogged_classic,
        lambda aws: a_classic(aws, "logged", AccessLog=CLASSIC_LOG),
        NO_CLASSIC,
        {"LogBucket": "access", "LogPrefix": "classic"},
        name="of a Classic Load Balancer",
    ),
    Case(
        "ELB.6",
        a_balancer,
        lambda aws: a_balancer(aws, {"deletion_protection.enabled": "true"}, "net"),
        GONE,
    ),
    Case(
        "ELB.7",
        a_classic,
        lambda aws: a_classic(aws, "drained", ConnectionDraining={"Enabled": True}),
        NO_CLASSIC,
    ),
    Case(
        "ELB.9",
        a_classic,
        lambda aws: a_classic(aws, "crossing", CrossZoneLoadBalancing={"Enabled": True}),
        NO_CLASSIC,
    ),
    Case(
        "ELB.12",
        lambda aws: a_balancer(aws, {"routing.http.desync_mitigation_mode": "monitor"}),
        a_balancer,
        GONE,
    ),
    Case(
        "ELB.14",
        a_classic,
        lambda aws: a_classic(
            aws, "strict", AdditionalAttributes=[{"Key": DESYNC, "Value": "strictest"}]
        ),
        NO_CLASSIC,
    ),
)

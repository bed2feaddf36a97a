"""Endpoints of VPCs for EC2 itself."""

from __future__ import annotations

from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause
from orchestrator.findings.kind import existing
from orchestrator.findings.parameters import required, switch
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
)
from orchestrator.findings.services.ec2.kinds import VPC, looks

ENDED = ("deleting", "deleted", "rejected", "failed", "expired")
MADE_OF = ("vpc", "vpc-endpoint", "subnet", "security-group")


def service(target: Target) -> str:
    base = "cn.com.amazonaws" if target.place.partition == "aws-cn" else "com.amazonaws"
    return f"{base}.{target.place.region}.ec2"


def endpoints(target: Target, aws: Aws) -> list[dict[str, Any]]:
    only = [within(target), {"Name": "service-name", "Values": [service(target)]}]
    pages = aws("ec2").get_paginator("describe_vpc_endpoints").paginate(Filters=only)
    found = [endpoint for page in pages for endpoint in page["VpcEndpoints"]]
    return [e for e in found if e["State"].lower() not in ENDED]


def check(target: Target, aws: Aws) -> Check:
    if VPC.read(target, aws) is None:
        return Check(Status.GONE)
    if endpoints(target, aws):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "EC2's API is reached over the internet")


def before(target: Target, aws: Aws) -> Json:
    existing(VPC, target, aws)
    return {"endpoints": sorted(e["VpcEndpointId"] for e in endpoints(target, aws))}


def make(target: Target, aws: Aws, _: Json) -> None:
    if endpoints(target, aws):
        return
    aws("ec2").create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=arn.name(target.arn),
        ServiceName=service(target),
        SubnetIds=one_subnet_a_zone(target, aws),
        SecurityGroupIds=[group(target, aws, required(target, "security_group"))],
        PrivateDnsEnabled=switch(target, "private_dns"),
    )


def group(target: Target, aws: Aws, name: str) -> str:
    """The id of the VPC's group of that name."""
    named = {"Name": "group-name", "Values": [name]}
    found = aws("ec2").describe_security_groups(Filters=[within(target), named])["SecurityGroups"]
    if not found:
        raise Refused(f"the VPC has no security group '{name}'")
    return str(found[0]["GroupId"])


def one_subnet_a_zone(target: Target, aws: Aws) -> list[str]:
    """EC2 takes one subnet of each zone: the one with most free addresses."""
    pages = aws("ec2").get_paginator("describe_subnets").paginate(Filters=[within(target)])
    subnets = [subnet for page in pages for subnet in page["Subnets"]]
    if not subnets:
        raise Refused("the VPC has no subnet")
    subnets.sort(key=lambda s: (s["AvailableIpAddressCount"], s["SubnetId"]))
    return sorted({s["AvailabilityZone"]: str(s["SubnetId"]) for s in subnets}.values())


def within(target: Target) -> dict[str, Any]:
    return {"Name": "vpc-id", "Values": [arn.name(target.arn)]}


def remove(target: Target, aws: Aws, before: Json) -> None:
    made = {e["VpcEndpointId"] for e in endpoints(target, aws)} - set(before["endpoints"])
    if made:
        aws("ec2").delete_vpc_endpoints(VpcEndpointIds=sorted(made))


REMEDIATIONS = (
    Remediation(
        name="make-ec2-endpoint",
        controls=("EC2.10",),
        causes=(Cause("ec2", ("DeleteVpcEndpoints", "CreateVpc")),),
        resource_type=VPC.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Makes an interface endpoint for EC2's API, with one subnet of each zone.",
        breaks="With private DNS, all calls to EC2's API from the VPC go through the endpoint: "
        "they fail where its security group does not let them in.",
        reads=(*VPC.reads, looks("DescribeVpcEndpoints")),
        writes=(
            Permission(
                ("ec2:CreateVpcEndpoint",),
                tuple(f"arn:{{partition}}:ec2:{{region}}:{{account}}:{kind}/*" for kind in MADE_OF),
            ),
            Permission(
                ("ec2:DeleteVpcEndpoints",),
                ("arn:{partition}:ec2:{region}:{account}:vpc-endpoint/*",),
            ),
            Permission(
                ("route53:AssociateVPCWithHostedZone",),
                why="the zone of the private names is AWS's own",
            ),
            looks("DescribeSubnets", "DescribeSecurityGroups"),
        ),
        find=VPC.find,
        check=check,
        before=before,
        fix=make,
        undo=remove,
        tags=VPC.tags,
        cost="Per hour and zone, and per GB.",
        parameters={
            "security_group": Parameter(
                "", "Name of a security group that each such VPC has; required."
            ),
            "private_dns": Parameter(True, "Send all of the VPC's calls to EC2 through it."),
        },
    ),
)

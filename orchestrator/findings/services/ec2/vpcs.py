"""VPCs: their flow logs, and an endpoint for EC2's API."""

from __future__ import annotations

from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause
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
    required,
    switch,
    text,
)
from orchestrator.findings.resource_type import existing
from orchestrator.findings.services.ec2.kinds import VPC, looks

KEPT = ("REJECT", "ALL")
"""Source: AWS Security Hub User Guide, EC2.6: traffic type REJECT, which ALL contains."""
TYPES = {"s3": "s3", "logs": "cloud-watch-logs", "firehose": "kinesis-data-firehose"}


def logs(target: Target, aws: Aws) -> list[dict[str, Any]]:
    only = [{"Name": "resource-id", "Values": [arn.name(target.arn)]}]
    pages = aws("ec2").get_paginator("describe_flow_logs").paginate(Filters=only)
    return [log for page in pages for log in page["FlowLogs"]]


def check_logs(target: Target, aws: Aws) -> Check:
    if VPC.read(target, aws) is None:
        return Check(Status.GONE)
    if any(log["TrafficType"] in KEPT for log in logs(target, aws)):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "no flow log keeps the traffic that is rejected")


def logs_before(target: Target, aws: Aws) -> Json:
    existing(VPC, target, aws)
    return {"flow_logs": sorted(log["FlowLogId"] for log in logs(target, aws))}


def keep_logs(target: Target, aws: Aws, _: Json) -> None:
    if check_logs(target, aws).status is Status.PASSES:
        return
    destination = required(target, "destination")
    answer = aws("ec2").create_flow_logs(
        ResourceIds=[arn.name(target.arn)],
        ResourceType="VPC",
        TrafficType=text(target, "traffic"),
        LogDestinationType=kind_of(destination),
        LogDestination=destination,
        **role(target, destination),
    )
    done(answer)


def done(answer: Json) -> None:
    """EC2 refuses inside of an answer that says 200.

    Source: Amazon EC2 API Reference, CreateFlowLogs, DeleteFlowLogs and DeleteVpcEndpoints,
    Unsuccessful.
    """
    for each in answer.get("Unsuccessful") or ():
        error = each.get("Error") or {}
        raise Refused(f"EC2 says {error.get('Code', 'no')}: {error.get('Message', '')}")


def kind_of(destination: str) -> str:
    service = destination.split(":")[2:3]
    if not service or service[0] not in TYPES:
        raise Refused(f"'{destination}' is not an ARN of a bucket, log group or Firehose stream")
    return TYPES[service[0]]


def role(target: Target, destination: str) -> dict[str, str]:
    """CloudWatch Logs alone is written to with a role."""
    if kind_of(destination) != "cloud-watch-logs":
        return {}
    return {"DeliverLogsPermissionArn": required(target, "role")}


def remove_logs(target: Target, aws: Aws, before: Json) -> None:
    """Those to the decision's destination that were not there before."""
    destination = required(target, "destination").removesuffix(":*")
    made = [
        log["FlowLogId"]
        for log in logs(target, aws)
        if log["FlowLogId"] not in before["flow_logs"] and goes_to(log, destination)
    ]
    if made:
        done(aws("ec2").delete_flow_logs(FlowLogIds=made))


def goes_to(log: Json, destination: str) -> bool:
    named = (log.get("LogDestination"), log.get("LogGroupName"))
    return any(there and destination.endswith(there.removesuffix(":*")) for there in named)


FLOW_LOGS = ("arn:{partition}:ec2:{region}:{account}:vpc-flow-log/*",)
VPCS = ("arn:{partition}:ec2:{region}:{account}:vpc/*",)

FLOW_LOG_REMEDIATIONS = (
    Remediation(
        name="keep-flow-logs",
        controls=("EC2.6",),
        causes=(
            Cause("ec2", ("CreateVpc",)),
            Cause("ec2", ("DeleteFlowLogs",), sure=False),
        ),
        resource_type=VPC.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Makes a flow log of the VPC's rejected traffic, to where the decision says.",
        breaks="Nothing.",
        reads=(*VPC.reads, looks("DescribeFlowLogs")),
        writes=(
            Permission(("ec2:CreateFlowLogs", "ec2:DeleteFlowLogs"), (*FLOW_LOGS, *VPCS)),
            Permission(
                ("iam:PassRole",),
                ("arn:{partition}:iam::{account}:role/*",),
                {"StringEquals": {"iam:PassedToService": "vpc-flow-logs.amazonaws.com"}},
            ),
            Permission(
                ("logs:CreateLogDelivery", "logs:DeleteLogDelivery"),
                why="a delivery of logs has no ARN",
            ),
        ),
        find=VPC.find,
        check=check_logs,
        before=logs_before,
        fix=keep_logs,
        undo=remove_logs,
        tags=VPC.tags,
        cost="Per GB delivered and kept.",
        parameters={
            "destination": Parameter(
                "", "ARN of the bucket, log group or Firehose stream; required."
            ),
            "role": Parameter("", "ARN of the role that writes to a log group."),
            "traffic": Parameter("REJECT", "'REJECT' or 'ALL'."),
        },
    ),
)


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


def check_endpoint(target: Target, aws: Aws) -> Check:
    if VPC.read(target, aws) is None:
        return Check(Status.GONE)
    if endpoints(target, aws):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "EC2's API is reached over the internet")


def endpoints_before(target: Target, aws: Aws) -> Json:
    existing(VPC, target, aws)
    return {"endpoints": sorted(e["VpcEndpointId"] for e in endpoints(target, aws))}


def make_endpoint(target: Target, aws: Aws, _: Json) -> None:
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


def remove_endpoint(target: Target, aws: Aws, before: Json) -> None:
    made = {e["VpcEndpointId"] for e in endpoints(target, aws)} - set(before["endpoints"])
    if made:
        done(aws("ec2").delete_vpc_endpoints(VpcEndpointIds=sorted(made)))


REMEDIATIONS = (
    *FLOW_LOG_REMEDIATIONS,
    Remediation(
        name="make-ec2-endpoint",
        controls=("EC2.10",),
        causes=(
            Cause("ec2", ("CreateVpc",)),
            Cause("ec2", ("DeleteVpcEndpoints",), sure=False),
        ),
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
        check=check_endpoint,
        before=endpoints_before,
        fix=make_endpoint,
        undo=remove_endpoint,
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

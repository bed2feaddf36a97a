"""Flow logs of VPCs."""

from __future__ import annotations

from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause
from orchestrator.findings.kind import existing
from orchestrator.findings.parameters import required, text
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

KEPT = ("REJECT", "ALL")
"""Source: AWS Security Hub User Guide, EC2.6: traffic type REJECT, which ALL contains."""
TYPES = {"s3": "s3", "logs": "cloud-watch-logs", "firehose": "kinesis-data-firehose"}


def logs(target: Target, aws: Aws) -> list[dict[str, Any]]:
    only = [{"Name": "resource-id", "Values": [arn.name(target.arn)]}]
    pages = aws("ec2").get_paginator("describe_flow_logs").paginate(Filters=only)
    return [log for page in pages for log in page["FlowLogs"]]


def check(target: Target, aws: Aws) -> Check:
    if VPC.read(target, aws) is None:
        return Check(Status.GONE)
    if any(log["TrafficType"] in KEPT for log in logs(target, aws)):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "no flow log keeps the traffic that is rejected")


def before(target: Target, aws: Aws) -> Json:
    existing(VPC, target, aws)
    return {"flow_logs": sorted(log["FlowLogId"] for log in logs(target, aws))}


def keep(target: Target, aws: Aws, _: Json) -> None:
    if check(target, aws).status is Status.PASSES:
        return
    destination = required(target, "destination")
    aws("ec2").create_flow_logs(
        ResourceIds=[arn.name(target.arn)],
        ResourceType="VPC",
        TrafficType=text(target, "traffic"),
        LogDestinationType=kind_of(destination),
        LogDestination=destination,
        **role(target, destination),
    )


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


def remove(target: Target, aws: Aws, before: Json) -> None:
    """Those to the decision's destination that were not there before."""
    destination = required(target, "destination").removesuffix(":*")
    made = [
        log["FlowLogId"]
        for log in logs(target, aws)
        if log["FlowLogId"] not in before["flow_logs"] and goes_to(log, destination)
    ]
    if made:
        aws("ec2").delete_flow_logs(FlowLogIds=made)


def goes_to(log: Json, destination: str) -> bool:
    named = (log.get("LogDestination"), log.get("LogGroupName"))
    return any(there and destination.endswith(there.removesuffix(":*")) for there in named)


FLOW_LOGS = ("arn:{partition}:ec2:{region}:{account}:vpc-flow-log/*",)
VPCS = ("arn:{partition}:ec2:{region}:{account}:vpc/*",)

REMEDIATIONS = (
    Remediation(
        name="keep-flow-logs",
        controls=("EC2.6",),
        causes=(Cause("ec2", ("DeleteFlowLogs", "CreateVpc")),),
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
        check=check,
        before=before,
        fix=keep,
        undo=remove,
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

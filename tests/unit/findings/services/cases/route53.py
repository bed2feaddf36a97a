from __future__ import annotations

import json

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import TAG_LIST, Case

GONE = "arn:aws:route53:::hostedzone/Z0NONE"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/example.com:*"


def a_zone(aws: Aws, name: str = "example.com.") -> str:
    made = aws("route53").create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
    id_ = str(made).rpartition("/")[2]
    aws("route53").change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=id_, AddTags=TAG_LIST
    )
    a_group(aws)
    return f"arn:aws:route53:::hostedzone/{id_}"


def a_group(aws: Aws) -> None:
    """In the one region to which Route 53 writes, which it lets in."""
    logs = aws("logs", "us-east-1")
    if logs.describe_log_groups(logGroupNamePrefix="/aws/route53/")["logGroups"]:
        return
    logs.create_log_group(logGroupName="/aws/route53/example.com")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "route53.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": GROUP,
    }
    logs.put_resource_policy(
        policyName="route53",
        policyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def a_logged_zone(aws: Aws) -> str:
    arn = a_zone(aws, "fine.example.")
    aws("route53").create_query_logging_config(
        HostedZoneId=arn.rpartition("/")[2], CloudWatchLogsLogGroupArn=GROUP
    )
    return arn


CASES = (Case("Route53.2", a_zone, a_logged_zone, GONE, {"LogGroupArn": GROUP}),)

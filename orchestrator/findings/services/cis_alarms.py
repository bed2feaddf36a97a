"""A metric filter and an alarm on the trail's log group, for what the CIS Benchmark names.

The patterns are those that the CIS AWS Foundations Benchmark prescribes, word for word. The
controls ask for exactly these; nothing may be added or left out.
Source: AWS Security Hub User Guide, "CloudWatch controls"; CIS AWS Foundations Benchmark v1.4.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.arn import account, resource
from orchestrator.findings.causes import Cause
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    required,
    text,
)


def events(*names: str, source: str = "") -> str:
    """A pattern of calls by name; those of one event source, if it is given."""
    named = " || ".join(f"($.eventName={name})" for name in names)
    return "{($.eventSource=" + source + ") && (" + named + ")}" if source else "{" + named + "}"


PATTERNS: Mapping[str, str] = {
    "CloudWatch.1": (
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && '
        '$.eventType !="AwsServiceEvent"}'
    ),
    "CloudWatch.2": '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    "CloudWatch.3": (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
        '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
    ),
    "CloudWatch.4": events(
        *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy"),
        *("PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion"),
        *("DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy"),
        *("DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy"),
        source="iam.amazonaws.com",
    ),
    "CloudWatch.5": events(
        "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"
    ),
    "CloudWatch.6": '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    "CloudWatch.7": events("DisableKey", "ScheduleKeyDeletion", source="kms.amazonaws.com"),
    "CloudWatch.8": events(
        *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle"),
        *("PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors"),
        *("DeleteBucketLifecycle", "DeleteBucketReplication"),
        source="s3.amazonaws.com",
    ),
    "CloudWatch.9": events(
        *("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel"),
        "PutConfigurationRecorder",
        source="config.amazonaws.com",
    ),
    "CloudWatch.10": events(
        *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
        *("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup"),
        "DeleteSecurityGroup",
    ),
    "CloudWatch.11": events(
        *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry"),
        *("ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
    ),
    "CloudWatch.12": events(
        *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway"),
        *("CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
    ),
    "CloudWatch.13": events(
        *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation"),
        *("DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"),
        source="ec2.amazonaws.com",
    ),
    "CloudWatch.14": events(
        *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection"),
        *("CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
        *("AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink"),
        "EnableVpcClassicLink",
    ),
}
"""The control → its pattern."""


def same(one: str, other: str) -> bool:
    """Whether two patterns differ in blanks alone."""
    return "".join(one.split()) == "".join(other.split())


LOG_GROUPS = ("arn:{partition}:logs:{region}:{account}:log-group:*",)
ALARMS = ("arn:{partition}:cloudwatch:{region}:{account}:alarm:*",)


def find(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def group_of(target: Target, aws: Aws) -> str | None:
    """The log group of a running trail of all regions; '' when there is none.

    None when such a trail is another account's, or at home in another region: the control then
    says nothing about this account and region.
    Source: AWS Security Hub User Guide, "CloudWatch controls".
    """
    cloudtrail, place = aws("cloudtrail"), target.place
    elsewhere = False
    for trail in cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]:
        ours = f":{place.region}:{place.account}:" in trail["TrailARN"]
        elsewhere = elsewhere or not ours
        if not (ours and trail.get("IsMultiRegionTrail") and trail.get(GROUP_KEY)):
            continue
        if cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]:
            return resource(trail[GROUP_KEY]).removeprefix("log-group:").removesuffix(":*")
    return None if elsewhere else ""


GROUP_KEY = "CloudWatchLogsLogGroupArn"


def metrics(target: Target, aws: Aws, group: str) -> list[Json]:
    """The metrics that exactly the prescribed pattern counts."""
    pages = aws("logs").get_paginator("describe_metric_filters").paginate(logGroupName=group)
    return [
        {"Namespace": to["metricNamespace"], "MetricName": to["metricName"]}
        for page in pages
        for found in page["metricFilters"]
        if same(found["filterPattern"], PATTERNS[target.control])
        for to in found["metricTransformations"]
    ]


def heard(aws: Aws, metric: Json) -> bool:
    """Whether an alarm on the metric notifies a topic that has a subscriber."""
    answer = aws("cloudwatch").describe_alarms_for_metric(**metric)
    topics = {
        action
        for alarm in answer["MetricAlarms"]
        for action in alarm.get("AlarmActions", [])
        if ":sns:" in action
    }
    return any(subscribed(aws, topic) for topic in sorted(topics))


def subscribed(aws: Aws, topic: str) -> bool:
    """Whether a subscription is confirmed; an unconfirmed one has no ARN yet."""
    found = aws("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return any(each["SubscriptionArn"].startswith("arn:") for each in found)


def check(target: Target, aws: Aws) -> Check:
    group = group_of(target, aws)
    if group is None:
        return Check(Status.UNCLEAR, "the trail is another account's or another region's")
    if not group:
        return Check(Status.FAILS, "no trail of all regions sends to a log group here")
    if any(heard(aws, metric) for metric in metrics(target, aws, group)):
        return Check(Status.PASSES)
    return Check(Status.FAILS, f"no alarm reports it (log group {group})")


def before(target: Target, aws: Aws) -> Json:
    """The log group, what is counted already, and whether the names are taken."""
    group, name = group_of(target, aws) or "", own_name(target)
    return {
        "group": group,
        "counted": metrics(target, aws, group) if group else [],
        "filter": filter_named(aws, group, name) if group else "",
        "alarm": alarm_named(aws, name),
    }


def own_name(target: Target) -> str:
    return text(target, "Name") or target.control


def filter_named(aws: Aws, group: str, name: str) -> str:
    """The pattern of the filter of that name; '' when there is none."""
    answer = aws("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=name)
    found = (f["filterPattern"] for f in answer["metricFilters"] if f["filterName"] == name)
    return str(next(found, ""))


def alarm_named(aws: Aws, name: str) -> bool:
    return bool(aws("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"])


def fix(target: Target, aws: Aws, before: Json) -> None:
    topic, name = required(target, "TopicArn"), own_name(target)
    if not before["group"]:
        raise Refused("no trail sends to a log group here: see CloudTrail.5")
    if before["alarm"] or (before["filter"] and not before["counted"]):
        raise Refused(f"'{name}' names another alarm or metric filter; choose another Name")
    if not subscribed(aws, topic):
        raise Refused(f"there is no subscription to {topic}")
    metric = before["counted"][0] if before["counted"] else count(target, aws, before["group"])
    alarm(aws, target, metric, topic)


def count(target: Target, aws: Aws, group: str) -> Json:
    metric = {"Namespace": text(target, "Namespace"), "MetricName": own_name(target)}
    to = {
        "metricNamespace": metric["Namespace"],
        "metricName": metric["MetricName"],
        "metricValue": "1",
    }
    if filter_named(aws, group, own_name(target)):
        return metric
    aws("logs").put_metric_filter(
        logGroupName=group,
        filterName=own_name(target),
        filterPattern=PATTERNS[target.control],
        metricTransformations=[to],
    )
    return metric


def alarm(aws: Aws, target: Target, metric: Json, topic: str) -> None:
    settings: dict[str, Any] = {
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "EvaluationPeriods": 1,
        "Period": 300,
        "Statistic": "Sum",
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
    }
    aws("cloudwatch").put_metric_alarm(
        AlarmName=own_name(target), AlarmActions=[topic], **metric, **settings
    )


def undo(target: Target, aws: Aws, before: Json) -> None:
    name = own_name(target)
    if alarm_named(aws, name):
        aws("cloudwatch").delete_alarms(AlarmNames=[name])
    if not before["counted"] and filter_named(aws, before["group"], name):
        aws("logs").delete_metric_filter(logGroupName=before["group"], filterName=name)


REMEDIATIONS = (
    Remediation(
        name="alarm-on-event",
        controls=tuple(PATTERNS),
        causes=(
            Cause("monitoring", ("DeleteAlarms",), sure=False),
            Cause("logs", ("DeleteMetricFilter",), sure=False),
            Cause("cloudtrail", ("DeleteTrail", "StopLogging"), sure=False),
        ),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Counts the event in the trail's log group, and tells your topic when it happens.",
        breaks="Nothing.",
        reads=(
            Permission(("cloudtrail:DescribeTrails",), why="CloudTrail describes all together"),
            Permission(
                ("cloudtrail:GetTrailStatus",),
                ("arn:{partition}:cloudtrail:{region}:{account}:trail/*",),
            ),
            Permission(("logs:DescribeMetricFilters",), LOG_GROUPS),
            Permission(("cloudwatch:DescribeAlarms",), ALARMS),
            Permission(
                ("cloudwatch:DescribeAlarmsForMetric",),
                why="CloudWatch has no permission for the alarms of a single metric",
            ),
            Permission(
                ("sns:ListSubscriptionsByTopic",), ("arn:{partition}:sns:{region}:{account}:*",)
            ),
        ),
        writes=(
            Permission(("logs:PutMetricFilter", "logs:DeleteMetricFilter"), LOG_GROUPS),
            Permission(("cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"), ALARMS),
        ),
        find=find,
        check=check,
        before=before,
        fix=fix,
        undo=undo,
        tags=None,
        cost="A metric and an alarm, each month.",
        parameters={
            "TopicArn": Parameter("", "The topic to publish to; it must have a subscription."),
            "Name": Parameter("", "Of filter, metric and alarm; the control's id when not set."),
            "Namespace": Parameter("LogMetrics", "Of the metric."),
        },
    ),
)

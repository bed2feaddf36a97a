"""Alarms of CloudWatch, log groups of CloudWatch Logs, and the CIS Benchmark's alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import of, resource
from orchestrator.findings.causes import Cause, below, says
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    number,
)
from orchestrator.findings.resource_type import ResourceType, existing, keeping, looking
from orchestrator.findings.services import cis_alarms
from orchestrator.findings.tags import mapping

HERE = "arn:{partition}:logs:{region}:{account}"
LOG_GROUPS = (f"{HERE}:log-group:*",)
ALARMS = ("arn:{partition}:cloudwatch:{region}:{account}:alarm:*",)
PERIODS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
"""Days. Source: CloudWatch Logs API Reference, PutRetentionPolicy."""


def find_groups(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("logs").get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            yield of(place, "logs", f"log-group:{group['logGroupName']}")


def group_name(target: Target) -> str:
    """The name in 'log-group:/aws/lambda/x', with or without ':*' at its end."""
    return resource(target.arn).removeprefix("log-group:").removesuffix(":*")


def read_group(target: Target, aws: Aws) -> Json | None:
    """The group of exactly that name. A creation time in milliseconds is left out."""
    wanted = group_name(target)
    pages = aws("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=wanted)
    groups = (group for page in pages for group in page["logGroups"])
    return next((group for group in groups if group["logGroupName"] == wanted), None)


def group_tags(target: Target, aws: Aws) -> Mapping[str, str]:
    arn = target.arn.removesuffix(":*")
    return dict(aws("logs").list_tags_for_resource(resourceArn=arn).get("tags", {}))


LOG_GROUP = ResourceType(
    resource_type="AwsLogsLogGroup",
    find=find_groups,
    read=read_group,
    tags=group_tags,
    reads=(
        Permission(("logs:DescribeLogGroups",), why="CloudWatch Logs describes all together"),
        Permission(("logs:ListTagsForResource",), LOG_GROUPS),
    ),
)


def short(group: Json, target: Target) -> str:
    """A group without a period keeps its events for ever, which is longer than any."""
    days, wanted = group.get("retentionInDays"), number(target, "MinRetentionTime")
    return f"events are deleted after {days} days" if days and days < wanted else ""


def keep_longer(target: Target, aws: Aws, _: Json) -> None:
    wanted = number(target, "MinRetentionTime")
    days = next((period for period in PERIODS if period >= wanted), 0)
    if not days:
        raise Refused(f"CloudWatch Logs keeps events {PERIODS[-1]} days or for ever, not {wanted}")
    set_period(target, aws, days)


def set_period(target: Target, aws: Aws, days: int) -> None:
    aws("logs").put_retention_policy(logGroupName=group_name(target), retentionInDays=days)


def find_alarms(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("cloudwatch").get_paginator("describe_alarms").paginate():
        for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"]):
            yield alarm["AlarmArn"]


def alarm_name(target: Target) -> str:
    return resource(target.arn).removeprefix("alarm:")


def read_alarm(target: Target, aws: Aws) -> Json | None:
    answer = aws("cloudwatch").describe_alarms(
        AlarmNames=[alarm_name(target)], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return next(iter([*answer["MetricAlarms"], *answer["CompositeAlarms"]]), None)


def alarm_tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(aws("cloudwatch").list_tags_for_resource(ResourceARN=target.arn)["Tags"])


ALARM = ResourceType(
    resource_type="AwsCloudWatchAlarm",
    find=find_alarms,
    read=read_alarm,
    tags=alarm_tags,
    reads=(Permission(("cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"), ALARMS),),
)


def muted(alarm: Json, _: Target) -> str:
    return "" if alarm["ActionsEnabled"] else "its actions are switched off"


def unmute(target: Target, aws: Aws, _: Json) -> None:
    existing(ALARM, target, aws)
    aws("cloudwatch").enable_alarm_actions(AlarmNames=[alarm_name(target)])


def mute(target: Target, aws: Aws, _: Json) -> None:
    aws("cloudwatch").disable_alarm_actions(AlarmNames=[alarm_name(target)])


REMEDIATIONS = (
    *cis_alarms.REMEDIATIONS,
    Remediation(
        name="keep-log-events",
        controls=("CloudWatch.16",),
        causes=(
            Cause("logs", ("CreateLogGroup", "DeleteRetentionPolicy")),
            Cause("logs", ("PutRetentionPolicy",), below("retentionInDays", 365)),
        ),
        resource_type=LOG_GROUP.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Keeps the log group's events for the shortest period that is long enough.",
        breaks="Nothing; undo deletes events that are older than the period was before.",
        reads=LOG_GROUP.reads,
        writes=(Permission(("logs:PutRetentionPolicy",), LOG_GROUPS),),
        find=LOG_GROUP.find,
        check=looking(LOG_GROUP, short),
        before=keeping(LOG_GROUP, "retentionInDays"),
        fix=keep_longer,
        undo=lambda target, aws, was: set_period(target, aws, was["retentionInDays"]),
        tags=LOG_GROUP.tags,
        cost="CloudWatch Logs' price for what is stored, for the longer time.",
        parameters={
            "MinRetentionTime": Parameter(365, "Days to keep events at least.", "minRetentionTime")
        },
    ),
    Remediation(
        name="switch-alarm-actions-on",
        controls=("CloudWatch.17",),
        causes=(
            Cause("monitoring", ("DisableAlarmActions",)),
            Cause("monitoring", ("PutMetricAlarm",), says("actionsEnabled", "false")),
        ),
        resource_type=ALARM.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Switches the actions of the alarm on again.",
        breaks="What the alarm does, such as scaling or paging an engineer, happens again.",
        reads=ALARM.reads,
        writes=(
            Permission(("cloudwatch:EnableAlarmActions", "cloudwatch:DisableAlarmActions"), ALARMS),
        ),
        find=ALARM.find,
        check=looking(ALARM, muted),
        before=keeping(ALARM, "ActionsEnabled"),
        fix=unmute,
        undo=mute,
        tags=ALARM.tags,
    ),
)

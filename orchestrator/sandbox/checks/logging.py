"""CloudTrail, CloudWatch and AWS Config.

Source: AWS Security Hub User Guide, "Security Hub controls for CloudTrail", "… CloudWatch", "… AWS
Config"; AWS Config Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.checks import storage
from orchestrator.sandbox.checks.answers import PATTERNS, Reader, plain
from orchestrator.sandbox.checks.rule import (
    ACCOUNT,
    Fault,
    Parameters,
    Rule,
    Rules,
    Subject,
    Unavailable,
    filled,
    keys_of,
    named,
    on,
    tagged,
)

CONFIG_ROLE = "/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def _seen(reader: Reader) -> list[Any]:
    """Every trail the region sees: its own, and those of other regions that cover it."""
    return reader.all("cloudtrail", "describe_trails", "trailList")


def _owned(reader: Reader) -> list[Any]:
    """Each is judged in its home region, in the account whose it is."""
    here, owner = reader.scope.region, f":{reader.scope.account}:"
    return [t for t in _seen(reader) if t["HomeRegion"] == here and owner in t["TrailARN"]]


TRAIL = Subject("AwsCloudTrailTrail", _owned, named("TrailARN"))


def _logging(trail: Any, reader: Reader) -> bool:
    client = reader.client("cloudtrail", trail["HomeRegion"])
    return bool(client.get_trail_status(Name=trail["TrailARN"])["IsLogging"])


def _all_management(trail: Any, reader: Reader) -> bool:
    """Whether reads and writes of management are both logged.

    Source: AWS CloudTrail User Guide, "Logging management events": two kinds of selectors, and a
    new trail logs all of them.
    """
    client = reader.client("cloudtrail", trail["HomeRegion"])
    found = client.get_event_selectors(TrailName=trail["TrailARN"])
    plain, advanced = found.get("EventSelectors") or (), found.get("AdvancedEventSelectors") or ()
    if not plain and not advanced:
        return True
    return any(map(_plain_selector, plain)) or any(map(_advanced, advanced))


def _plain_selector(selector: Any) -> bool:
    return (
        bool(selector.get("IncludeManagementEvents"))
        and selector.get("ReadWriteType", "All") == "All"
        and not selector.get("ExcludeManagementEventSources")
    )


def _advanced(selector: Any) -> bool:
    fields = {each["Field"]: each for each in selector["FieldSelectors"]}
    category = fields.get("eventCategory", {})
    return category.get("Equals") == ["Management"] and len(fields) == 1


def _complete_trail(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: multi-region-cloudtrail-enabled; readWriteType ALL, management events included."""
    for trail in _seen(reader):
        if (
            trail["IsMultiRegionTrail"]
            and _logging(trail, reader)
            and _all_management(trail, reader)
        ):
            return ""
    return "no trail of all regions logs all management events"


def _any_trail(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: cloudtrail-enabled."""
    logs = any(_logging(trail, reader) for trail in _seen(reader))
    return "" if logs else "no trail logs"


def _trail_buckets(reader: Reader) -> list[str]:
    """Of this account and region; a bucket of another account is judged there."""
    named_by_trails = {trail["S3BucketName"] for trail in _seen(reader)}
    return [name for name in storage.buckets(reader) if name in named_by_trails]


TRAIL_BUCKET = Subject("AwsS3Bucket", _trail_buckets, storage.bucket_arn)


def _public_bucket(name: str, reader: Reader, _: Parameters) -> str:
    """Source: the control's text: neither access control list nor policy lets everybody in."""
    kinds = ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")
    return storage.public_by(name, reader, kinds, "Get List Put Delete")


def _trail_tags(trail: Any, reader: Reader) -> list[str]:
    given = {"ResourceIdList": [trail["TrailARN"]]}
    return keys_of(reader.all("cloudtrail", "list_tags", "ResourceTagList", "TagsList", **given))


def _alarmed(control: str) -> Fault:
    """Source: the text of each of CloudWatch.1 to .14, the steps of the CIS benchmark's audit.

    Where the trail of all regions is another account's or region's, there is no data. Otherwise:
    a trail of all regions that logs management events, its log group with the exact filter, and
    an alarm on the filter's metric that tells a topic with a subscriber.
    """

    def fault(_: Any, reader: Reader, __: Parameters) -> str:
        owned = _owned(reader)
        for trail in owned:
            group = trail.get("CloudWatchLogsLogGroupArn", "").split(":log-group:")[-1]
            complete = trail["IsMultiRegionTrail"] and _logging(trail, reader)
            if not (group and complete and _all_management(trail, reader)):
                continue
            metrics = _metrics(group.removesuffix(":*"), control, reader)
            if any(_notifies(alarm, reader) for m in metrics for alarm in _alarms(m, reader)):
                return ""
        if any(t["IsMultiRegionTrail"] for t in _seen(reader) if t not in owned):
            raise Unavailable("the trail is another account's or another region's")
        return "no trail's filter leads to an alarm with a subscription"

    return fault


def _metrics(group: str, control: str, reader: Reader) -> list[tuple[str, str]]:
    filters = reader.all("logs", "describe_metric_filters", "metricFilters", logGroupName=group)
    return [
        (each["metricNamespace"], each["metricName"])
        for found in filters
        if plain(found.get("filterPattern", "")) == plain(PATTERNS[control])
        for each in found["metricTransformations"]
    ]


def _alarms(metric: tuple[str, str], reader: Reader) -> list[Any]:
    found = reader.all("cloudwatch", "describe_alarms", "MetricAlarms")
    return [each for each in found if (each.get("Namespace"), each.get("MetricName")) == metric]


def _notifies(alarm: Any, reader: Reader) -> bool:
    """Whether a topic of its actions has a subscriber who confirmed."""
    topics = [arn for arn in alarm.get("AlarmActions", ()) if ":sns:" in arn]
    return any(
        each["SubscriptionArn"].startswith("arn:")
        for arn in topics
        for each in reader.all("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)
    )


LOG_GROUP = Subject(
    "AwsLogsLogGroup",
    lambda reader: reader.all("logs", "describe_log_groups", "logGroups"),
    lambda each, _: str(each["arn"]).removesuffix(":*"),
)
ALARM = Subject(
    "AwsCloudWatchAlarm",
    lambda reader: reader.all("cloudwatch", "describe_alarms", "MetricAlarms"),
    named("AlarmArn"),
)


def _kept(group: Any, _: Reader, parameters: Parameters) -> str:
    """Source: CloudWatch.16, minRetentionTime 365 by default; without one it is kept."""
    days, wanted = group.get("retentionInDays"), parameters.get("minRetentionTime", 365)
    return f"is kept for {days} days" if days and days < wanted else ""


def _recorded(_: Any, reader: Reader, parameters: Parameters) -> str:
    """Source: the text of Config.1: on, of all types, with the service-linked role.

    includeConfigServiceLinkedRoleCheck false leaves the role out.
    """
    recorders = reader.all("config", "describe_configuration_recorders", "ConfigurationRecorders")
    status = "describe_configuration_recorder_status"
    running = {
        each["name"]
        for each in reader.all("config", status, "ConfigurationRecordersStatus")
        if each["recording"]
    }
    found = [each for each in recorders if each["name"] in running]
    if not found:
        return "nothing is recorded"
    if not any(_records_all(each.get("recordingGroup") or {}) for each in found):
        return "only some types are recorded"
    if not parameters.get("includeConfigServiceLinkedRoleCheck", True):
        return ""
    linked = any(each.get("roleARN", "").endswith(CONFIG_ROLE) for each in found)
    return "" if linked else "the recorder does not use the service-linked role"


def _records_all(group: Any) -> bool:
    strategy = (group.get("recordingStrategy") or {}).get("useOnly")
    return bool(group.get("allSupported")) or strategy == "ALL_SUPPORTED_RESOURCE_TYPES"


RULES: Rules = {
    "CloudTrail.1": (Rule("multi-region-cloudtrail-enabled", ACCOUNT, _complete_trail),),
    "CloudTrail.2": (
        Rule("cloud-trail-encryption-enabled", TRAIL, filled("KmsKeyId", why="is not encrypted")),
    ),
    "CloudTrail.3": (Rule("cloudtrail-enabled", ACCOUNT, _any_trail),),
    "CloudTrail.4": (
        Rule(
            "cloud-trail-log-file-validation-enabled",
            TRAIL,
            on("LogFileValidationEnabled", why="its files are not validated"),
        ),
    ),
    "CloudTrail.5": (
        Rule(
            "cloud-trail-cloud-watch-logs-enabled",
            TRAIL,
            filled("CloudWatchLogsLogGroupArn", why="is not sent to CloudWatch Logs"),
        ),
    ),
    "CloudTrail.6": (Rule("", TRAIL_BUCKET, _public_bucket),),
    "CloudTrail.7": (Rule("", TRAIL_BUCKET, storage.RULES["S3.9"][0].fault),),
    "CloudTrail.9": (Rule("", TRAIL, tagged(_trail_tags)),),
    **{control: (Rule("", ACCOUNT, _alarmed(control)),) for control in PATTERNS},
    "CloudWatch.16": (Rule("cw-loggroup-retention-period-check", LOG_GROUP, _kept),),
    "CloudWatch.17": (
        Rule(
            "cloudwatch-alarm-action-enabled-check",
            ALARM,
            on("ActionsEnabled", why="its actions are off"),
        ),
    ),
    "Config.1": (Rule("", ACCOUNT, _recorded),),
}

"""What a bucket reports: server access logs, and notifications of events."""

from __future__ import annotations

from typing import Any

from orchestrator.findings.causes import Cause, absent, both, missing
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
    several,
    text,
)
from orchestrator.findings.resource_type import existing, keeping, looking
from orchestrator.findings.services.s3 import buckets


def read_logging(target: Target, aws: Aws) -> Json | None:
    answer = buckets.ask(target, aws, "get_bucket_logging")
    return None if answer is None else {"logging": answer.get("LoggingEnabled")}


def unlogged(found: Json, _: Target) -> str:
    return "" if found["logging"] else "requests are not logged"


def start_logging(target: Target, aws: Aws, _: Json) -> None:
    bucket, name = required(target, "bucket"), buckets.name(target)
    if bucket == name:
        raise Refused("a bucket that logs into itself grows without end")
    prefix = text(target, "prefix").replace("{bucket}", name)
    enabled = {"TargetBucket": bucket, "TargetPrefix": prefix}
    aws("s3").put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": enabled})


def restore_logging(target: Target, aws: Aws, before: Json) -> None:
    status = {"LoggingEnabled": before["logging"]} if before["logging"] else {}
    aws("s3").put_bucket_logging(Bucket=buckets.name(target), BucketLoggingStatus=status)


LOGGING = buckets.kind(read_logging, "GetBucketLogging")

UNLOGGED_CAUSES = (
    Cause("s3", ("CreateBucket",)),
    Cause("s3", ("PutBucketLogging",), missing("TargetBucket")),
)

LOGGING_REMEDIATIONS = (
    Remediation(
        name="log-access-to-bucket",
        controls=("S3.9",),
        causes=UNLOGGED_CAUSES,
        resource_type=LOGGING.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs requests into the bucket the decision names.",
        breaks="Nothing. The log bucket must be of the same account and region, and let S3 in.",
        reads=LOGGING.reads,
        writes=buckets.writes("PutBucketLogging"),
        find=LOGGING.find,
        check=looking(LOGGING, unlogged),
        before=keeping(LOGGING, "logging"),
        fix=start_logging,
        undo=restore_logging,
        tags=LOGGING.tags,
        cost="Storage of the logs.",
        parameters={
            "bucket": Parameter("", "Log bucket, '{account}' and '{region}' filled in; required."),
            "prefix": Parameter("{bucket}/", "What the logs' keys begin with."),
        },
    ),
)


ID = "orchestrator-s3-11"
LISTS = {
    "sns": ("TopicConfigurations", "TopicArn"),
    "sqs": ("QueueConfigurations", "QueueArn"),
    "lambda": ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
}


def read_notifications(target: Target, aws: Aws) -> Json | None:
    answer = buckets.ask(target, aws, "get_bucket_notification_configuration")
    if answer is None:
        return None
    # All of it, also what is of a kind that is not listed above: it is written back as a whole.
    return {"notifications": {key: answer[key] for key in answer if key != "ResponseMetadata"}}


def events_of(found: Json) -> set[str]:
    """The event types of all notifications."""
    entries = (e for key, _ in LISTS.values() for e in found["notifications"].get(key, ()))
    return {event for entry in entries for event in entry["Events"]}


def silent(found: Json, target: Target) -> str:
    missing = sorted(set(several(target, "events")) - events_of(found))
    if not events_of(found):
        return "no target gets its events"
    return f"no target gets {', '.join(missing)}" if missing else ""


def notify(target: Target, aws: Aws, _: Json) -> None:
    destination, events = required(target, "destination"), several(target, "events")
    if not events:
        raise Refused(f"the decision for {target.control} sets no 'events', and none are made up")
    service = destination.split(":")[2] if destination.startswith("arn:") else ""
    if service not in LISTS:
        raise Refused(f"'{destination}' is not an ARN of a topic, queue or function")
    key, named = LISTS[service]
    now: dict[str, Any] = dict(existing(NOTIFICATIONS, target, aws)["notifications"])
    others = [entry for entry in now.get(key, ()) if entry.get("Id") != ID]
    now[key] = [*others, {"Id": ID, named: destination, "Events": list(events)}]
    put_notifications(target, aws, now)


def put_notifications(target: Target, aws: Aws, notifications: Json) -> None:
    aws("s3").put_bucket_notification_configuration(
        Bucket=buckets.name(target), NotificationConfiguration=notifications
    )


def restore_notifications(target: Target, aws: Aws, before: Json) -> None:
    """Ours goes; what others have added meanwhile stays."""
    now = dict(existing(NOTIFICATIONS, target, aws)["notifications"])
    mine = {e["Id"] for key, _ in LISTS.values() for e in before["notifications"].get(key, ())}
    for key, _ in LISTS.values():
        kept = [e for e in now.pop(key, ()) if e.get("Id") != ID or ID in mine]
        now |= {key: kept} if kept else {}
    put_notifications(target, aws, now)


NOTIFICATIONS = buckets.kind(read_notifications, "GetBucketNotification")

DESTINATIONS = (
    *("TopicConfiguration", "QueueConfiguration", "CloudFunctionConfiguration"),
    "EventBridgeConfiguration",
)
"""As S3 names them in its XML, and so CloudTrail."""

REMEDIATIONS = (
    *LOGGING_REMEDIATIONS,
    Remediation(
        name="notify-of-events",
        controls=("S3.11",),
        causes=(
            Cause("s3", ("CreateBucket",)),
            Cause("s3", ("PutBucketNotification",), both(*map(absent, DESTINATIONS))),
        ),
        resource_type=NOTIFICATIONS.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Tells the topic, queue or function that the decision names of these events.",
        breaks="Nothing. It fails where another notification has the same events, or the "
        "destination does not let S3 in.",
        reads=NOTIFICATIONS.reads,
        writes=buckets.writes("PutBucketNotification"),
        find=NOTIFICATIONS.find,
        check=looking(NOTIFICATIONS, silent),
        before=keeping(NOTIFICATIONS, "notifications"),
        fix=notify,
        undo=restore_notifications,
        tags=NOTIFICATIONS.tags,
        cost="What the destination costs for each event.",
        parameters={
            "destination": Parameter("", "ARN of a topic, queue or function; required."),
            "events": Parameter((), "Such as 's3:ObjectRemoved:*'; required.", "eventTypes"),
        },
    ),
)

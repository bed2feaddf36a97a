"""Notifications of events in a bucket."""

from __future__ import annotations

from typing import Any

from orchestrator.findings.causes import Cause, absent, both
from orchestrator.findings.kind import existing, keeping, looking
from orchestrator.findings.parameters import required, several
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.services.s3 import buckets

ID = "orchestrator-s3-11"
LISTS = {
    "sns": ("TopicConfigurations", "TopicArn"),
    "sqs": ("QueueConfigurations", "QueueArn"),
    "lambda": ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
}


def read(target: Target, aws: Aws) -> Json | None:
    answer = buckets.ask(target, aws, "get_bucket_notification_configuration")
    if answer is None:
        return None
    # All of it, also what is of a kind that is not listed above: it is written back as a whole.
    return {"notifications": {key: answer[key] for key in answer if key != "ResponseMetadata"}}


def told(found: Json) -> set[str]:
    """The event types of all notifications."""
    entries = (e for key, _ in LISTS.values() for e in found["notifications"].get(key, ()))
    return {event for entry in entries for event in entry["Events"]}


def silent(found: Json, target: Target) -> str:
    missing = sorted(set(several(target, "events")) - told(found))
    if not told(found):
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
    put(target, aws, now)


def put(target: Target, aws: Aws, notifications: Json) -> None:
    aws("s3").put_bucket_notification_configuration(
        Bucket=buckets.name(target), NotificationConfiguration=notifications
    )


def put_back(target: Target, aws: Aws, before: Json) -> None:
    """Ours goes; what others have added meanwhile stays."""
    now = dict(existing(NOTIFICATIONS, target, aws)["notifications"])
    mine = {e["Id"] for key, _ in LISTS.values() for e in before["notifications"].get(key, ())}
    for key, _ in LISTS.values():
        kept = [e for e in now.pop(key, ()) if e.get("Id") != ID or ID in mine]
        now |= {key: kept} if kept else {}
    put(target, aws, now)


NOTIFICATIONS = buckets.kind(read, "GetBucketNotification")

DESTINATIONS = (
    *("TopicConfiguration", "QueueConfiguration", "CloudFunctionConfiguration"),
    "EventBridgeConfiguration",
)
"""As S3 names them in its XML, and so CloudTrail."""

REMEDIATIONS = (
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
        undo=put_back,
        tags=NOTIFICATIONS.tags,
        cost="What the destination costs for each event.",
        parameters={
            "destination": Parameter("", "ARN of a topic, queue or function; required."),
            "events": Parameter((), "Such as 's3:ObjectRemoved:*'; required.", "eventTypes"),
        },
    ),
)

"""Amazon SQS: attributes in their ranges, names, and what a message may hold."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from moto.sqs.models import sqs_backends

from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents

NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
VALUE = "InvalidAttributeValue"
RANGES = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1024 * 1024),
    "MessageRetentionPeriod": (60, 14 * 24 * 3600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43200),
    "KmsDataKeyReusePeriodSeconds": (60, 24 * 3600),
}
"""Source: Amazon SQS API Reference, SetQueueAttributes; messages are 1 MiB since August 2025."""

CHOICES = {
    "FifoQueue": ("true", "false"),
    "ContentBasedDeduplication": ("true", "false"),
    "SqsManagedSseEnabled": ("true", "false"),
    "DeduplicationScope": ("messageGroup", "queue"),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId"),
}
TEXTS = frozenset({"Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId"})
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Source: Amazon SQS API Reference, SendMessage: "#x9 | #xA | #xD | #x20 to #xD7FF | …"."""
LONGEST = 1024 * 1024
REST_SECONDS = 60


def new_queue(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SQS API Reference, CreateQueue."""
    name = asked.text("QueueName")
    given = asked.params.get("Attributes") or {}
    if not NAME.fullmatch(name.removesuffix(".fifo")) or len(name) > 80:
        text = (
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
        )
        yield Refused("InvalidParameterValue", text)
    if given.get("FifoQueue") == "true" and not name.endswith(".fifo"):
        text = "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
        yield Refused("InvalidParameterValue", text + "underscores, must end with .fifo suffix")
    yield from _attributes(given, asked)


def attributes(asked: Asked) -> Iterator[Refused]:
    yield from _attributes(asked.params.get("Attributes") or {}, asked)


def _attributes(given: Mapping[str, Any], asked: Asked) -> Iterator[Refused]:
    for name, value in given.items():
        if name in RANGES:
            low, high = RANGES[name]
            if not str(value).isdigit() or not low <= int(value) <= high:
                yield Refused(VALUE, f"Invalid value for the parameter {name}.")
        elif name in CHOICES:
            if str(value).lower() not in [choice.lower() for choice in CHOICES[name]]:
                yield Refused(VALUE, f"Invalid value for the parameter {name}.")
        elif name not in TEXTS:
            yield Refused("InvalidAttributeName", f"Unknown Attribute {name}.")
    yield from _redrive(str(given.get("RedrivePolicy") or ""), asked)
    yield from _policy(str(given.get("Policy") or ""))


def _redrive(text: str, asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SQS Developer Guide, "Using dead-letter queues"."""
    if not text:
        return
    wanted = documents.loaded(text)
    if wanted is None or {"deadLetterTargetArn", "maxReceiveCount"} - set(wanted):
        yield Refused(VALUE, f"Value {text} for parameter RedrivePolicy is invalid.")
        return
    count = str(wanted["maxReceiveCount"])
    if not count.isdigit() or not 1 <= int(count) <= 1000:
        reason = "Reason: Invalid value for maxReceiveCount: must be between 1 and 1000"
        yield Refused(VALUE, f"Value {text} for parameter RedrivePolicy is invalid. {reason}")
    parts = str(wanted["deadLetterTargetArn"]).split(":")
    known = len(parts) == 6 and parts[4] == asked.account_id and parts[3] == asked.region
    if not known or parts[5] not in sqs_backends[asked.account_id][asked.region].queues:
        reason = "Reason: Dead letter target does not exist."
        yield Refused(VALUE, f"Value {text} for parameter RedrivePolicy is invalid. {reason}")


def _policy(text: str) -> Iterator[Refused]:
    """Source: Amazon SQS Developer Guide, "Custom access policy language"."""
    if not text:
        return
    document = documents.loaded(text)
    wrong = document is None
    if document is not None:
        wrong = any(documents.malformed(document, resources=True, principals=True))
        wrong = wrong or any(documents.unknown_principals(document))
        for one in documents.statements(document):
            actions = documents.texts(one.get("Action"))
            wrong = wrong or any(a != "*" and not a.lower().startswith("sqs:") for a in actions)
    if wrong:
        yield Refused(VALUE, "Invalid value for the parameter Policy.")


def recent(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SQS API Reference, DeleteQueue: 60 seconds until the name is free again."""
    backend = sqs_backends[asked.account_id][asked.region]
    deleted = backend.__dict__.get("deleted_names", {}).get(asked.text("QueueName"), 0.0)
    if time.monotonic() - deleted < REST_SECONDS and deleted:
        text = "You must wait 60 seconds after deleting a queue before you can create another with "
        yield Refused("AWS.SimpleQueueService.QueueDeletedRecently", text + "the same name.")


def body(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SQS API Reference, SendMessage."""
    text = asked.text("MessageBody")
    if not text:
        yield Refused("MissingParameter", "The request must contain the parameter MessageBody.")
    if FORBIDDEN.search(text):
        yield Refused("InvalidMessageContents", "Invalid characters in the message")
    if len(text.encode("utf-8", "replace")) > LONGEST:
        text = f"One or more parameters are invalid. Reason: Message must be shorter than {LONGEST}"
        yield Refused("InvalidParameterValue", f"{text} bytes.")
    yield from _range(asked, "DelaySeconds", 0, 900)


def received(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SQS API Reference, ReceiveMessage."""
    yield from _range(asked, "MaxNumberOfMessages", 1, 10)
    yield from _range(asked, "WaitTimeSeconds", 0, 20)
    yield from _range(asked, "VisibilityTimeout", 0, 43200)


def visibility(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SQS API Reference, ChangeMessageVisibility."""
    yield from _range(asked, "VisibilityTimeout", 0, 43200)


def listed(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SQS API Reference, ListQueues."""
    yield from _range(asked, "MaxResults", 1, 1000)
    if asked.text("NextToken") and asked.params.get("MaxResults") is None:
        text = "MaxResults is required with NextToken"
        yield Refused("InvalidParameterValue", text)


def _range(asked: Asked, name: str, low: int, high: int) -> Iterator[Refused]:
    value = asked.params.get(name)
    if value is not None and not low <= int(value) <= high:
        text = f"Value {value} for parameter {name} is invalid. Reason: Must be between {low} and "
        yield Refused("InvalidParameterValue", f"{text}{high}, if provided.")


RULES: Rules = {
    "CreateQueue": (new_queue, recent),
    "SetQueueAttributes": (attributes,),
    "SendMessage": (body,),
    "ReceiveMessage": (received,),
    "ChangeMessageVisibility": (visibility,),
    "ListQueues": (listed,),
}

"""Whether a service of AWS may hand something to a queue, topic, function or the like.

As itself, then the receiver's policy has to let it; or with a role it was given. Either way the
key of an encrypted queue or topic has to let it, too.
Source: EventBridge User Guide, "Using resource-based policies" and "Using execution roles"; SQS
Developer Guide, "Amazon SQS key management"; SNS Developer Guide, "Managing Amazon SNS
encryption keys".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.key_access import key_arn, key_refusal
from orchestrator.sandbox.resource_policies import existing
from orchestrator.sandbox.service_access import refusal, role_refusal

ACTIONS: Mapping[str, str] = {
    "codebuild": "codebuild:StartBuild",
    "ecs": "ecs:RunTask",
    "events": "events:PutEvents",
    "firehose": "firehose:PutRecord",
    "kinesis": "kinesis:PutRecord",
    "lambda": "lambda:InvokeFunction",
    "logs": "logs:PutLogEvents",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
}
"""What handing over is called, by the service of the receiver's ARN."""

ENCRYPTS = ("kms:GenerateDataKey", "kms:Decrypt")
NOT_TOLD_TO_KMS: Mapping[str, tuple[str, ...]] = {
    "events.amazonaws.com": ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid")
}
"""What KMS does not get to know of the event's origin: a key whose policy asks for it refuses.

Source: SNS Developer Guide, "Managing Amazon SNS encryption keys"; landing-zone-accelerator#407.
"""


def refused(
    service: str, arn: str, keys: Context, *, role: str = "", about: Context | None = None
) -> str:
    """Why `service` cannot hand over to `arn`; '' when it can.

    `keys` are those of `on_behalf`, `about` more that are of the call itself, such as
    `events:source`.
    """
    action, resource = ACTIONS[arn.split(":")[2]], _resource(arn)
    if role:
        problem = role_refusal(role, service, action, resource, keys, about or {})
    else:
        problem = refusal(service, action, resource, {**keys, **(about or {})})
    return problem or _locked(arn, role or service, keys)


def _resource(arn: str) -> str:
    """Log events are put into a stream of a group."""
    if arn.split(":")[2] == "logs":
        return f"{arn.removesuffix(':*')}:log-stream:any"
    return arn


def _locked(arn: str, sender: str, keys: Context) -> str:
    """Why the sender cannot use the key of a queue or topic."""
    _, _, service, region, account_id, name = arn.split(":", 5)
    read = KEYS.get(service)
    backend = existing(service, account_id, region) if read else None
    key = read(backend, name) if read and backend is not None else ""
    if not key:
        return ""
    missing = NOT_TOLD_TO_KMS.get(sender, ())
    told = {name: value for name, value in keys.items() if name not in missing}
    via = f"{service}.{region}.amazonaws.com"
    return key_refusal(key_arn(key, account_id, region), ENCRYPTS, sender, via, told)


def _queue_key(backend: Any, name: str) -> str:
    queue = backend.queues.get(name)
    return str(queue.kms_master_key_id or "") if queue else ""


def _topic_key(backend: Any, name: str) -> str:
    topic = next((t for t in list(backend.topics.values()) if t.name == name), None)
    return str(topic.kms_master_key_id or "") if topic else ""


KEYS: Mapping[str, Callable[[Any, str], str]] = {"sns": _topic_key, "sqs": _queue_key}

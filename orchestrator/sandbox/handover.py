"""What AWS would drop: a line in the log of requests that says what was not delivered, and why.

A service of AWS delivers after the caller has had its answer, so no target gets a refusal but
by a metric, and here by this line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.data_access import key_arn, key_refusal
from orchestrator.sandbox.resource_policies import existing
from orchestrator.sandbox.service_access import refusal, role_refusal

Write = Callable[[Mapping[str, object]], None]

DROPPED, SET_ASIDE = "Dropped", "SetAside"
"""Gone for good, or in a dead-letter queue."""

_writers: list[Write] = []


@dataclass(frozen=True, slots=True)
class Drop:
    """One delivery that failed. `source` and `target` are ARNs; `why` is one sentence."""

    service: str
    source: str
    target: str
    why: str
    outcome: str = DROPPED


def listen(write: Write) -> None:
    """Let `write` have every line from now on, in place of whoever had them before."""
    _writers[:] = [write]


def note(drop: Drop) -> None:
    """Write it down, if anybody listens."""
    for write in _writers:
        write(entry(drop))


def entry(drop: Drop) -> dict[str, object]:
    """As a line of the log of requests, with the keys that every line has."""
    _, _, _, region, account_id, *_ = f"{drop.source}:::::".split(":")
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "account": account_id,
        "region": region,
        "service": drop.service,
        "operation": "(delivery)",
        "principal": f"{drop.service}.amazonaws.com",
        "role": "",
        "status": 0,
        "error": drop.outcome,
        "source": drop.source,
        "target": drop.target,
        "why": drop.why,
    }


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

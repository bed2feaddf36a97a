"""From a topic to those who subscribed: a queue or a function has to let the topic in.

Source: SNS Developer Guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic", "Amazon SNS
dead-letter queues" and "Monitoring Amazon SNS topics using CloudWatch".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.backends import get_backend

from orchestrator.sandbox import handover
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.service_access import on_behalf
from orchestrator.sandbox.services.cloudwatch.metrics import count
from orchestrator.sandbox.services.sns.confirmation import is_pending

SERVICE = "sns.amazonaws.com"
ASKED = frozenset({"lambda", "sqs"})


def publish(original: Callable[..., None], self: Any, message: str, *args: Any, **kw: Any) -> None:
    """What `Subscription.publish` does, where whoever subscribed takes it."""
    if is_pending(self):
        return None
    if self.protocol not in ASKED:
        return original(self, message, *args, **kw)
    topic = self.topic
    keys = on_behalf(SERVICE, topic.arn, topic.account_id)
    problem = refused(SERVICE, self.endpoint, keys)
    if not problem:
        # moto looks for queue and function in the account of the topic.
        self.account_id = self.endpoint.split(":")[4]
        return original(self, message, *args, **kw)
    region = topic.sns_backend.region_name
    name = {"TopicName": topic.name}
    count(topic.account_id, region, "AWS/SNS", "NumberOfNotificationsFailed", name)
    kept, why = _set_aside(self, message, problem)
    handover.note(handover.Drop("sns", topic.arn, self.endpoint, why, kept))
    return None


def _set_aside(self: Any, message: str, problem: str) -> tuple[str, str]:
    """Into the subscription's own dead-letter queue, if it has one that takes it."""
    arn = _target(self.attributes.get("RedrivePolicy") or "{}")
    if not arn:
        return handover.DROPPED, problem
    topic = self.topic
    unkept = refused(SERVICE, arn, on_behalf(SERVICE, topic.arn, topic.account_id))
    if unkept:
        return handover.DROPPED, f"{problem}; {unkept}"
    _, _, _, region, account_id, name = arn.split(":")
    get_backend("sqs")[account_id][region].send_message(name, message)
    return handover.SET_ASIDE, problem


def _target(redrive: str | Json) -> str:
    said = json.loads(redrive) if isinstance(redrive, str) else redrive
    return str(said.get("deadLetterTargetArn", ""))

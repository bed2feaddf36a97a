"""Amazon SNS: what topics were told can be read, as those who listen would have got it.

Mail and web addresses listen once somebody there has confirmed it; until then SNS sends them
nothing but that question. A queue or a function has to let the topic in.
Source: Amazon SNS API Reference, Subscribe ("pending confirmation", ReturnSubscriptionArn),
ConfirmSubscription and ListSubscriptionsByTopic; for what Unsubscribe says of one that nobody has
confirmed, terraform-provider-aws, aws_sns_topic_subscription; SNS Developer Guide, "Subscribing an
Amazon SQS queue to an Amazon SNS topic", "Amazon SNS dead-letter queues" and "Monitoring Amazon SNS
topics using CloudWatch".
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.backends import get_backend
from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends
from moto.sns.responses import SNSResponse

from orchestrator.sandbox import extend, handover
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.service_access import on_behalf
from orchestrator.sandbox.services.cloudwatch import count

ASKED_FIRST = frozenset({"email", "email-json", "http", "https"})
IN_LISTS, IN_ANSWERS = "PendingConfirmation", "pending confirmation"
PENDING = "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is"
PENDING += " pending confirmation"


def install_confirmation() -> None:
    extend.amend(SNSBackend, "subscribe", _subscribe)
    extend.amend(SNSBackend, "unsubscribe", _unsubscribe)
    for name in ("subscribe", "list_subscriptions", "list_subscriptions_by_topic"):
        extend.amend(SNSResponse, name, _shown)
    extend.amend(SNSResponse, "confirm_subscription", _confirm_subscription)


def is_pending(subscription: Any) -> bool:
    """Whether nobody has confirmed it; such a one is sent nothing."""
    return bool(getattr(subscription, "token", ""))


def confirm_all() -> int:
    """As if everybody had clicked in the mail they got; how many did."""
    waiting = [one for one in _every() if is_pending(one)]
    for one in waiting:
        _confirm(one)
    return len(waiting)


def _every() -> list[Any]:
    accounts = list(dict.values(sns_backends))
    backends = [backend for account in accounts for backend in list(dict.values(account))]
    return [one for backend in backends for one in list(backend.subscriptions.values())]


def _confirm(subscription: Any) -> None:
    subscription.token = ""
    subscription.attributes["PendingConfirmation"] = "false"


def _subscribe(original: Callable[..., Any], self: Any, *args: Any, **given: Any) -> Any:
    subscription = original(self, *args, **given)
    if subscription.protocol in ASKED_FIRST and not hasattr(subscription, "token"):
        subscription.token = uuid4().hex
        subscription.attributes["PendingConfirmation"] = "true"
    return subscription


def _unsubscribe(original: Callable[..., None], self: Any, subscription_arn: str) -> None:
    subscription = self.subscriptions.get(subscription_arn)
    if subscription is not None and is_pending(subscription):
        raise SNSInvalidParameter(PENDING)
    original(self, subscription_arn)


def _shown(original: Callable[..., Any], self: Any) -> Any:
    """The ARN of one that is pending is kept back, unless who subscribes asks for it."""
    answer = original(self)
    result = answer.result
    if "SubscriptionArn" in result:
        asked = str(self._get_param("ReturnSubscriptionArn") or "").lower() == "true"
        pending = is_pending(self.backend.subscriptions.get(result["SubscriptionArn"]))
        return ActionResult({"SubscriptionArn": IN_ANSWERS}) if pending and not asked else answer
    listed = [_listed(one) for one in result["Subscriptions"]]
    return ActionResult({**result, "Subscriptions": listed})


def _listed(one: Subscription) -> dict[str, str]:
    return {
        "SubscriptionArn": IN_LISTS if is_pending(one) else one.arn,
        "Owner": one.owner,
        "Protocol": one.protocol,
        "Endpoint": one.endpoint,
        "TopicArn": one.topic_arn,
    }


def _confirm_subscription(_: Callable[..., Any], self: Any) -> Any:
    topic_arn, token = self._get_param("TopicArn"), self._get_param("Token")
    self.backend.get_topic(topic_arn)
    of_topic = [one for one in self.backend.subscriptions.values() if one.topic_arn == topic_arn]
    found = next((one for one in of_topic if is_pending(one) and one.token == token), None)
    if found is None:
        raise SNSInvalidParameter("Invalid parameter: Token")
    _confirm(found)
    return ActionResult({"SubscriptionArn": found.arn})


KEPT = 10_000


def publish(original: Callable[..., str], self: Any, message: str, **arguments: Any) -> str:
    """What `Topic.publish` does, noted down."""
    message_id = original(self, message, **arguments)
    listed, _ = self.sns_backend.list_subscriptions_by_topic(topic_arn=self.arn)
    _kept(self.sns_backend).append(
        {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "account": self.account_id,
            "region": self.sns_backend.region_name,
            "topic": self.arn,
            "subject": arguments.get("subject") or "",
            "to": sorted(f"{one.protocol}:{one.endpoint}" for one in listed if not is_pending(one)),
            "texts": _texts(message, arguments.get("message_structure")),
        }
    )
    return message_id


def messages() -> list[Json]:
    """Of every account and region, oldest first."""
    accounts = list(dict.values(sns_backends))
    backends = [backend for account in accounts for backend in list(dict.values(account))]
    found = [message for backend in backends for message in list(_kept(backend))]
    return sorted(found, key=lambda message: str(message["time"]))


def _kept(backend: Any) -> deque[Json]:
    kept: deque[Json] = backend.__dict__.setdefault("published", deque(maxlen=KEPT))
    return kept


def _texts(message: str, structure: str | None) -> dict[str, str]:
    """By protocol; 'default' is for those that are not named."""
    return json.loads(message) if structure == "json" else {"default": message}


SERVICE = "sns.amazonaws.com"
ASKED = frozenset({"lambda", "sqs"})


def publish_to_subscriber(
    original: Callable[..., None], self: Any, message: str, *args: Any, **kw: Any
) -> None:
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


__all__ = ["confirm_all", "install", "messages"]


def install() -> None:
    install_confirmation()
    extend.amend(Topic, "publish", publish)
    extend.amend(Subscription, "publish", publish_to_subscriber)

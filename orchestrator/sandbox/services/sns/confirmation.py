"""Who is to get mail or calls confirms it first; until then SNS sends nothing but that question.

Source: Amazon SNS API Reference, Subscribe ("pending confirmation", ReturnSubscriptionArn),
ConfirmSubscription and ListSubscriptionsByTopic; for what Unsubscribe says of one that nobody has
confirmed, terraform-provider-aws, aws_sns_topic_subscription.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription, sns_backends
from moto.sns.responses import SNSResponse

from orchestrator.sandbox import extend

ASKED_FIRST = frozenset({"email", "email-json", "http", "https"})
IN_LISTS, IN_ANSWERS = "PendingConfirmation", "pending confirmation"
PENDING = "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is"
PENDING += " pending confirmation"


def install() -> None:
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

"""Amazon SNS: what topics were told can be read, as those who listen would have got it."""

from __future__ import annotations

from moto.sns.models import Subscription, Topic

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.sns import subscriptions
from orchestrator.sandbox.services.sns.models import messages, publish

__all__ = ["install", "messages"]


def install() -> None:
    extend.amend(Topic, "publish", publish)
    extend.amend(Subscription, "publish", subscriptions.publish)

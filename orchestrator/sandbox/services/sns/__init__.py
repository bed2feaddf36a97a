"""Amazon SNS: what topics were told can be read, as those who listen would have got it.

Mail and web addresses listen once somebody there has confirmed it.
"""

from __future__ import annotations

from moto.sns.models import Subscription, Topic

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.sns import confirmation, subscriptions
from orchestrator.sandbox.services.sns.confirmation import confirm_all
from orchestrator.sandbox.services.sns.models import messages, publish

__all__ = ["confirm_all", "install", "messages"]


def install() -> None:
    confirmation.install()
    extend.amend(Topic, "publish", publish)
    extend.amend(Subscription, "publish", subscriptions.publish)

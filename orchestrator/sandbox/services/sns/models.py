"""The messages of all topics, with their time, which moto does not keep."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.sns.models import sns_backends

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.sns.confirmation import is_pending

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

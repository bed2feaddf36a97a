"""Amazon SQS: a queue keeps what is not set, and its redrive policy comes back without blanks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from moto.sqs.models import Queue, SQSBackend

from orchestrator.sandbox import extend


def install() -> None:
    extend.amend(Queue, "attributes", _attributes)
    extend.amend(SQSBackend, "delete_queue", _delete_queue)
    extend.amend(Queue, "_set_attributes", _set_attributes)


def _set_attributes(
    original: Callable[..., None], self: Any, attributes: extend.Json, *now: float | None
) -> None:
    """moto forgets the queue's policy when any other attribute is set."""
    kept = {"Policy": self.policy} if hasattr(self, "_policy_json") else {}
    original(self, {**kept, **attributes}, *now)


def _attributes(original: Callable[[Any], extend.Json], self: Any) -> extend.Json:
    attributes = original(self)
    redrive = attributes.get("RedrivePolicy")
    if redrive:
        attributes["RedrivePolicy"] = json.dumps(json.loads(redrive), separators=(",", ":"))
    return attributes


def _delete_queue(original: Callable[..., None], self: Any, queue_name: str) -> None:
    """The name rests for a minute, which CreateQueue has to know."""
    original(self, queue_name)
    deleted = self.__dict__.setdefault("deleted_names", {})
    deleted[queue_name] = time.monotonic()

"""Amazon SQS: a redrive policy comes back without the blanks moto adds to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.sqs.models import Queue

from orchestrator.sandbox import extend


def install() -> None:
    extend.amend(Queue, "attributes", _attributes)


def _attributes(original: Callable[[Any], extend.Json], self: Any) -> extend.Json:
    attributes = original(self)
    redrive = attributes.get("RedrivePolicy")
    if redrive:
        attributes["RedrivePolicy"] = json.dumps(json.loads(redrive), separators=(",", ":"))
    return attributes

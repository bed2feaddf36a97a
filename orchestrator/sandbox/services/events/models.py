"""moto's EventBridge, and what it lacks: a bus that changes, a pattern that can be tried."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from moto.events.models import EventPattern
from moto.events.models import EventsBackend as MotoEventsBackend

from orchestrator.sandbox.extend import Json, operation

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTRIBUTES = {
    "Description": "description",
    "KmsKeyIdentifier": "kms_key_identifier",
    "DeadLetterConfig": "dead_letter_config",
}


class Buses:
    def __init__(self, backend: EventsBackend) -> None:
        self.backend = backend

    @operation
    def update_event_bus(self, params: Json) -> Json:
        bus = self.backend.describe_event_bus(params.get("Name"))
        for name, attribute in ATTRIBUTES.items():
            setattr(bus, attribute, params.get(name))
        bus.last_modified_time = time.time()
        return {"Arn": bus.arn, "Name": bus.name, **_present(params)}

    @operation
    def test_event_pattern(self, params: Json) -> Json:
        pattern = EventPattern.load(params["EventPattern"])
        return {"Result": pattern.matches_event(json.loads(params["Event"]))}


PARTS: dict[str, type] = {"buses": Buses}


class EventsBackend(MotoEventsBackend):  # type: ignore[misc]
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.buses = Buses(self)


def _present(params: Mapping[str, Any]) -> Json:
    return {name: params[name] for name in ATTRIBUTES if name in params}

"""Amazon EventBridge: patterns through arrays, what a target is sent, and real delivery.

A bus can be changed and a pattern tried, which moto lacks.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from moto.events import urls
from moto.events.models import EventPattern, Rule, events_backends
from moto.events.models import EventsBackend as MotoEventsBackend
from moto.events.responses import EventsHandler as MotoEventsHandler

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import Json, operation, operations_of
from orchestrator.sandbox.services.events.delivery import matches_event, send_to_targets, tick

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


__all__ = ["install", "tick"]


def install() -> None:
    extend.substitute(events_backends, EventsBackend)
    extend.amend(EventPattern, "matches_event", matches_event)
    extend.amend(Rule, "send_to_targets", send_to_targets)


class EventsHandler(MotoEventsHandler):  # type: ignore[misc]
    """Adds to what moto has."""

    def put_events(self) -> str:
        """A source that begins with `aws.` is AWS's own: such an entry fails, and no other.

        Source: Amazon EventBridge API Reference, PutEventsRequestEntry, "Source", and
        PutEventsResultEntry, "ErrorCode".
        """
        given = self._get_param("Entries")
        sent = [entry for entry in given if not _is_awss(entry)]
        answered = iter(self.events_backend.put_events(sent))
        entries = [dict(NOT_AUTHORIZED) if _is_awss(e) else next(answered) for e in given]
        failed = sum("ErrorCode" in entry for entry in entries)
        return json.dumps({"FailedEntryCount": failed, "Entries": entries})


def _is_awss(entry: Json) -> bool:
    return str(entry.get("Source") or "").startswith("aws.")


NOT_AUTHORIZED = {
    "ErrorCode": "NotAuthorizedForSourceException",
    "ErrorMessage": "Not authorized for the source.",
}


operations_of(EventsHandler, events_backends, PARTS)


url_bases = urls.url_bases
url_paths = {"{0}/": EventsHandler.dispatch}

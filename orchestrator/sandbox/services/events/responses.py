"""EventBridge's actions: moto's own, and the operations of the parts added to its backend."""

from __future__ import annotations

from moto.events.models import events_backends
from moto.events.responses import EventsHandler as MotoEventsHandler

from orchestrator.sandbox.extend import operations_of
from orchestrator.sandbox.services.events.models import PARTS


class EventsHandler(MotoEventsHandler):  # type: ignore[misc]
    """Adds to what moto has."""


operations_of(EventsHandler, events_backends, PARTS)

"""Amazon EventBridge: patterns through arrays, what a target is sent, and real delivery."""

from __future__ import annotations

from moto.events.models import EventPattern, Rule, events_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.events.delivery import matches_event, send_to_targets, tick
from orchestrator.sandbox.services.events.models import EventsBackend

__all__ = ["install", "tick"]


def install() -> None:
    extend.substitute(events_backends, EventsBackend)
    extend.amend(EventPattern, "matches_event", matches_event)
    extend.amend(Rule, "send_to_targets", send_to_targets)

"""EventBridge's host and path, as moto has them, to the responses of this package."""

from __future__ import annotations

from moto.events.urls import url_bases

from orchestrator.sandbox.services.events.responses import EventsHandler

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/": EventsHandler.dispatch}

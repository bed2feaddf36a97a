"""EventBridge's actions: moto's own, and the operations of the parts added to its backend."""

from __future__ import annotations

import json

from moto.events import urls
from moto.events.models import events_backends
from moto.events.responses import EventsHandler as MotoEventsHandler

from orchestrator.sandbox.extend import Json, operations_of
from orchestrator.sandbox.services.events.models import PARTS


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

"""Messages that cannot be taken back or looked up: what was told is kept in a file here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from orchestrator.adapters.whole_file import write
from orchestrator.errors import NotTold
from orchestrator.model.notice import Move, Step, Ticket

VERSION = 1
Send = Callable[[Step], None]
"""Tells of a step. Raises NotTold."""


class KeptTickets:
    """A way that only sends, and a file that remembers."""

    def __init__(self, file: Path, send: Send) -> None:
        self._file, self._send = file, send

    def opened(self) -> Mapping[str, Ticket]:
        try:
            tickets = _read(json.loads(self._file.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            fix = f"remove {self._file.name}: everything is told once more then"
            raise NotTold(f"{self._file.name} cannot be read: {error}", fix) from error
        return {ticket.key: ticket for ticket in tickets}

    def carry_out(self, step: Step) -> None:
        """Sent first, kept then: told twice after a crash, never not at all."""
        self._send(step)
        if step.move is Move.REMARK:
            return
        tickets = dict(self.opened())
        if step.notice is None:
            tickets.pop(step.key, None)
        else:
            notice = step.notice
            tickets[step.key] = Ticket(notice.key, "", notice.digest, notice.title)
        listed = [{"key": t.key, "digest": t.digest, "title": t.title} for t in tickets.values()]
        write(self._file, json.dumps({"version": VERSION, "tickets": listed}, indent=1))


def _read(document: Any) -> list[Ticket]:
    if document["version"] != VERSION:
        raise ValueError(f"version {document['version']} is not known here")
    return [Ticket(t["key"], "", t["digest"], t["title"]) for t in document["tickets"]]


def told(step: Step) -> Mapping[str, str]:
    """A step as a message's fields."""
    title = step.notice.title if step.notice else step.ticket.title if step.ticket else step.key
    words = {
        Move.OPEN: "drift",
        Move.UPDATE: "drift changed",
        Move.REMARK: "drift made again",
        Move.CLOSE: "drift is over",
    }
    body = step.notice.body if step.notice else "No drift any more."
    body = f"{step.remark}\n\n{body}" if step.remark else body
    return {
        "key": step.key,
        "what": str(step.move),
        "title": f"{words[step.move]}: {title}",
        "body": body,
    }

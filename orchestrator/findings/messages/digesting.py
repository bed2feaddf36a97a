"""One message instead of a flood: the first of its kind goes out, the rest are counted.

Of its kind is: the same control, in the same account, with the same outcome, for the same team.
When the time is up, a digest says how many more there were, and names some of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from orchestrator.findings.digests import text_of
from orchestrator.findings.messages.message import Message
from orchestrator.findings.table import Item, Key, Table

PARTITION = "digests"
MOST_KEPT = 50
"""Resources named by a webhook's digest; a mail names fewer."""


class Digests:
    """The windows that are open, in the table."""

    def __init__(self, table: Table, minutes: int) -> None:
        self._table = table
        self._window = timedelta(minutes=minutes)

    def first(self, message: Message, now: datetime) -> bool:
        """Whether this message is to be sent now; if not, it has been counted."""
        key = Key(PARTITION, message.topic)
        while True:
            there = self._table.get(key)
            data = _opened(message, now) if there is None else _added(there.data, message)
            item = Item(key, data, there.version if there else 0)
            if self._table.put(item, int((now + self._window + timedelta(days=1)).timestamp())):
                return there is None

    def due(self, now: datetime) -> Iterator[tuple[Message, list[str], int, str]]:
        """What windows that are over have counted; each is closed as it is handed out."""
        for item in self._table.query(PARTITION):
            since = datetime.fromisoformat(item.data["since"])
            if now - since < self._window:
                continue
            if self._table.delete(item.key, item.version) and item.data["count"]:
                message = Message(**item.data["first"])
                shown = f"{since:%Y-%m-%d %H:%M}"
                yield message, list(item.data["rest"]), item.data["count"], shown


def _opened(message: Message, now: datetime) -> dict[str, Any]:
    first = json.loads(text_of(asdict(message)))
    return {"first": first, "since": now.isoformat(), "count": 0, "rest": []}


def _added(data: Any, message: Message) -> dict[str, Any]:
    record = f" ({message.record})" if message.record else ""
    rest = [*data["rest"], f"{message.resource}, {message.region}{record}"]
    return {**data, "count": data["count"] + 1, "rest": rest[:MOST_KEPT]}

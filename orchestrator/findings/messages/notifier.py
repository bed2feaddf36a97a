"""The notifier: whether a team is told, at once or in a digest, and how."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from orchestrator.findings.finding import Finding
from orchestrator.findings.matrix import Matrix, Team
from orchestrator.findings.messages.channels import Sender
from orchestrator.findings.messages.message import Message, witnessed, write, write_digest
from orchestrator.findings.records import text_of
from orchestrator.findings.root_cause import ChangeHistory, NoHistory
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


class Notifier:
    """Sends what a team wants to hear."""

    def __init__(
        self, matrix: Matrix, digests: Digests, sender: Sender, history: ChangeHistory | None = None
    ) -> None:
        self._matrix = matrix
        self._digests = digests
        self._sender = sender
        self._history = history or NoHistory()

    def notify(
        self, message: Message, finding: Finding, now: datetime, *, always: bool
    ) -> Iterator[str]:
        """What went wrong on the way. `always`: something was changed, so no filter holds."""
        team = self._matrix.teams.get(message.team)
        if team is None:
            yield f"there is no team '{message.team}' to tell"
        elif (always or wants(team, finding)) and self._digests.first(message, now):
            whole = witnessed(message, self._history.saw(finding))
            yield from self._sender.send(team, write(whole, team.language))

    def flush(self, now: datetime) -> Iterator[str]:
        """Send the digests that are due; what went wrong."""
        for first, rest, count, since in self._digests.due(now):
            team = self._matrix.teams.get(first.team)
            if team:
                written = write_digest(first, rest, count, since, team.language)
                yield from self._sender.send(team, written)


def wants(team: Team, finding: Finding) -> bool:
    """Whether the team's filters let the finding through."""
    if finding.severity < team.severity:
        return False
    return not team.services or finding.service in team.services

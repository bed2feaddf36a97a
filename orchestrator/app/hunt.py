"""`hunt`: a question to all events of a lake."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from orchestrator.app.investigate import Asked, lake_of
from orchestrator.app.project import Project
from orchestrator.errors import UsageError
from orchestrator.logs.hunt.answer import Hunted
from orchestrator.logs.hunt.answer import hunt as asking
from orchestrator.logs.hunt.questions import HUNTS
from orchestrator.logs.lake.question import Scope, Window

SINCE = re.compile(r"([1-9][0-9]{0,3})([mhdw])")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _long(since: str) -> timedelta:
    """90m, 12h, 7d or 2w. Raises UsageError."""
    found = SINCE.fullmatch(since)
    if not found:
        raise UsageError(f"'{since}' is not a time", "write 90m, 12h, 7d or 2w")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def window(since: str, start: datetime | None, end: datetime | None, now: datetime) -> Window:
    """`since` such as 90m, 12h, 7d or 2w before the end; or from `start`. Times are UTC.

    Raises UsageError.
    """
    last = end.replace(tzinfo=UTC) if end else now
    first = start.replace(tzinfo=UTC) if start else last - _long(since)
    if first >= last:
        raise UsageError("the time asked for ends before it begins", "put --from before --to")
    return Window(first, last)


def hunt(
    project: Project, name: str, value: str, when: Window, scope: Scope, asked: Asked
) -> Hunted:
    """Raises UsageError, NoLake, and what the lake raises."""
    question = HUNTS[name]
    if question.value and not value and not question.optional:
        raise UsageError(
            f"hunt {name} wants {question.value}", f"name it, as in: {question.example}"
        )
    account = scope.accounts[0] if len(scope.accounts) == 1 else ""
    lake = lake_of(project, asked, account)
    again = ("--lake", asked.place) if asked.place else ()
    return asking(lake, question, value.strip(), when, scope, again)

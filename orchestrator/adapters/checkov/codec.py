"""What the scanner and the process it starts say to each other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """A plan to look at, and the account it is for."""

    file: str
    account: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A check that failed, or that could not be carried out."""

    check: str
    resource: str
    summary: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came of one plan. With an `error`, `failed` says nothing about the plan."""

    file: str
    failed: tuple[Failed, ...] = ()
    error: str = ""


def request(tasks: Sequence[Task]) -> str:
    return json.dumps([asdict(task) for task in tasks])


def requested(text: str) -> tuple[Task, ...]:
    return tuple(Task(task["file"], task["account"]) for task in json.loads(text))


def answer(scanned: Scanned) -> str:
    return json.dumps(asdict(scanned))


def answered(line: str) -> Scanned:
    """Raises ValueError, KeyError or TypeError when the line is not an answer."""
    raw = json.loads(line)
    failed = tuple(Failed(**item) for item in raw["failed"])
    return Scanned(raw["file"], failed, raw["error"])

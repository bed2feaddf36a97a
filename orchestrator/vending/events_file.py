"""A file of events: one JSON document, or one a line as a queue hands them over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from orchestrator.errors import UsageError
from orchestrator.vending.event import AccountEvent, Ignored
from orchestrator.vending.reading import Json, Unreadable, read

LARGEST = 1 << 24
"""Characters. An event has a few thousand."""


def events(stream: TextIO, shown: str) -> tuple[AccountEvent | Ignored, ...]:
    """Every event in `stream`. Raises UsageError, naming the event, if one cannot be read."""
    text = stream.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise UsageError(f"{shown} is larger than {LARGEST >> 20} MiB", "hand over fewer events")
    return tuple(
        _event(document, f"{shown}: {where}") for where, document in _documents(text, shown)
    )


def _documents(text: str, shown: str) -> Iterator[tuple[str, Json]]:
    try:
        whole = json.loads(text)
    except ValueError:
        yield from _lines(text, shown)
        return
    if isinstance(whole, list):
        yield from ((f"event {number}", each) for number, each in enumerate(whole, 1))
    else:
        yield "event 1", whole


def _lines(text: str, shown: str) -> Iterator[tuple[str, Json]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except ValueError as error:
                raise UsageError(
                    f"{shown}: line {number} is not JSON", "hand over events"
                ) from error


def _event(document: Json, where: str) -> AccountEvent | Ignored:
    try:
        return read(document)
    except Unreadable as error:
        fix = "hand over events of AWS Control Tower or AWS Organizations as they came"
        raise UsageError(f"{where}: {error}", fix) from error

"""Ids of events that people were told of, in a file: an event may come twice."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from orchestrator.adapters.whole_file import write

log = logging.getLogger(__name__)

KEPT = 5_000
"""A queue hands out the same message again within days, not months."""


class ToldEvents:
    """Of one target. Without the file, something may be told twice, never not at all."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> frozenset[str]:
        return frozenset(self._read())

    def add(self, uids: Iterable[str]) -> None:
        known = self._read()
        kept = list(dict.fromkeys((*known, *uids)))[-KEPT:]
        if kept != known:
            try:
                write(self._file, json.dumps(kept))
            except OSError as error:
                log.warning("%s cannot be kept: %s", self._file.name, error)

    def _read(self) -> list[str]:
        try:
            return [str(uid) for uid in json.loads(self._file.read_text("utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            log.warning("%s cannot be read: %s", self._file.name, error)
            return []

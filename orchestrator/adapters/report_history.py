"""What is kept of each report: a file a day, the last report of the day."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

from orchestrator.adapters.files import write
from orchestrator.model.report_history import Point, document, read

log = logging.getLogger(__name__)


class KeptHistory:
    """In a folder, which may lie anywhere, for instance in a checkout of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Point, ...]:
        """The oldest first. What cannot be read is a warning."""
        return tuple(self._read())

    def keep(self, point: Point) -> None:
        """Raises OSError."""
        write(self._folder / f"{point.at:%Y-%m-%d}.json", json.dumps(document(point)))

    def _read(self) -> Iterator[Point]:
        for file in sorted(self._folder.glob("*.json")):
            try:
                yield read(json.loads(file.read_text("utf-8")))
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.warning("%s cannot be read, and is left out: %s", file.name, error)

"""Copies of a journal, made beside the run: whoever tells an event does not wait for them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol


class Copy(Protocol):
    """Takes a copy elsewhere; must not raise."""

    def __call__(self, file: Path, *, last: bool) -> None: ...


class Copies:
    """One at a time; while one is under way, another is left out, but for the last."""

    def __init__(self, copy: Copy | None) -> None:
        self._copy = copy
        self._under_way: threading.Thread | None = None

    def begin(self, file: Path) -> None:
        if self._copy is None or (self._under_way and self._under_way.is_alive()):
            return
        self._under_way = threading.Thread(
            target=self._copy, args=(file,), kwargs={"last": False}, daemon=True
        )
        self._under_way.start()

    def finish(self, file: Path) -> None:
        """The last copy, which has everything; returns when it is made."""
        if self._under_way:
            self._under_way.join()
        if self._copy:
            self._copy(file, last=True)

"""A run's journal, written line by line as things happen."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from orchestrator.adapters.journal import codec
from orchestrator.errors import UsageError
from orchestrator.model.events import Event, GroupEnded, Halted, StackEnded, StageStarted
from orchestrator.model.journal import Ending, Entry, Inputs, Stored
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, Run, StackResult


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


log = logging.getLogger(__name__)


class JournalFile:
    """See ports.Journal. Appends, and is safe to call from several threads.

    Lines on which a resume depends are on the disk before the run goes on; a process that is
    killed loses at most the others that the system had not written yet.
    """

    def __init__(self, file: Path, clock: Callable[[], datetime], copy: Copy | None = None) -> None:
        self._file, self._clock, self._copies = file, clock, Copies(copy)
        self._lock = threading.Lock()
        self._descriptor = -1
        self._results: dict[StackKey, StackResult] = {}
        self._failing = False

    def begin(self, inputs: Inputs) -> None:
        """Raises UsageError when there is no place to write: then nothing must be started."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._descriptor = os.open(self._file, flags, 0o600)
            self._append(inputs, sync=True)
        except OSError as error:
            raise UsageError(
                f"{self._file}: the journal cannot be written: {error}",
                "a run without a journal could not be resumed: make room, or name another --work",
            ) from error

    def emit(self, event: Event | Stored) -> None:
        """See events.Tell: what cannot be written any more is said once, and the run goes on."""
        if isinstance(event, StackEnded):
            self._results[event.result.key] = event.result
        self._try(event, sync=_matters(event))
        if isinstance(event, GroupEnded):
            self._copies.begin(self._file)

    def end(self, seconds: float, exit_code: int | None = None, error: str = "") -> None:
        """The last line. Without an exit code it is that of the results."""
        results = tuple(self._results.values())
        counts = Counter[Outcome](result.outcome for result in results)
        code = Run("", "", "", seconds, results).exit_code if exit_code is None else exit_code
        self._try(Ending(int(code), counts, seconds, error), sync=True)
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1
        self._copies.finish(self._file)

    def _try(self, said: Event | Stored | Ending, *, sync: bool) -> None:
        try:
            self._append(said, sync=sync)
        except OSError as error:
            if not self._failing:
                log.warning("%s: the journal cannot be written: %s", self._file, error)
            self._failing = True

    def _append(self, said: Inputs | Event | Stored | Ending, *, sync: bool) -> None:
        with self._lock:
            if self._descriptor < 0:
                return
            left = f"{codec.line(Entry(self._clock(), said))}\n".encode()
            while left:
                left = left[os.write(self._descriptor, left) :]
            if sync:
                os.fsync(self._descriptor)


def _matters(event: Event | Stored) -> bool:
    """Whether a resume would do something else without it."""
    if isinstance(event, StageStarted):
        return event.stage == "apply"
    return isinstance(event, StackEnded | GroupEnded | Halted | Stored)

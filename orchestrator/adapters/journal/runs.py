"""The runs that are kept below `.orchestrator/runs/`: a journal each, and a document at the end.

A journal is written line by line as things happen.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from orchestrator.adapters.journal.reader import Lives, lives, read
from orchestrator.documents import events, read_run
from orchestrator.errors import UsageError
from orchestrator.model.events import (
    Ending,
    Entry,
    Event,
    GroupEnded,
    Halted,
    Inputs,
    StackEnded,
    StageStarted,
    Stored,
)
from orchestrator.model.history import History, StackHistory, Status
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
        """Raises UsageError where it cannot write: then nothing may be started."""
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
        """What can no longer be written is reported once, and the run goes on."""
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
            left = f"{events.line(Entry(self._clock(), said))}\n".encode()
            while left:
                left = left[os.write(self._descriptor, left) :]
            if sync:
                os.fsync(self._descriptor)


def _matters(event: Event | Stored) -> bool:
    """Whether a resume would do something else without it."""
    if isinstance(event, StageStarted):
        return event.stage == "apply"
    return isinstance(event, StackEnded | GroupEnded | Halted | Stored)


JOURNAL, DOCUMENT = ".journal", ".json"


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What is known of an earlier run."""

    command: str
    outcomes: Mapping[StackKey, Outcome]


@dataclass(frozen=True, slots=True)
class KeptRuns:
    """Reads what the commands have left there."""

    folder: Path
    lives: Lives = lives

    def runs(self) -> tuple[str, ...]:
        """Ids, the oldest first: they begin with the time at which the run began."""
        kept = (JOURNAL, DOCUMENT)
        return tuple(
            sorted({f.name.removesuffix(f.suffix) for f in self._files() if f.suffix in kept})
        )

    def outcomes(self, run: str) -> Mapping[StackKey, Outcome]:
        """What became of each stack."""
        return self.read(run).outcomes

    def read(self, run: str) -> KeptRun:
        """The run with this id. Raises UsageError if neither of its files is as we write it."""
        history = self.history(run)
        return KeptRun(history.inputs.command, history.outcomes)

    def run(self, run: str) -> Run:
        """The run as it was shown when it ended. Raises UsageError."""
        return kept(self.folder / f"{run}{DOCUMENT}")

    def history(self, run: str) -> History:
        """All that is known of it: by its journal, or by its document if there is no other."""
        journal = self.folder / f"{run}{JOURNAL}"
        try:
            return read(journal, self.lives)
        except FileNotFoundError:
            return self._documented(run)
        except (OSError, ValueError) as error:
            if (self.folder / f"{run}{DOCUMENT}").exists():
                return replace(self._documented(run), garbled=(f"{journal.name}: {error}",))
            raise _unreadable(journal, error) from error

    def last(self, command: str) -> KeptRun | None:
        """The newest run of `command` that has ended, None if there is none.

        What it resumed counts as part of it, because together they are what was asked.
        """
        for run in reversed(self.runs()):
            history = self.history(run)
            if history.inputs.command == command and history.status is Status.ENDED:
                return KeptRun(command, self._with_resumed(history))
        return None

    def _with_resumed(self, history: History) -> Mapping[StackKey, Outcome]:
        before = history.inputs.resumes
        if not before or before not in self.runs():
            return history.outcomes
        return {**self._with_resumed(self.history(before)), **history.outcomes}

    def _files(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.is_dir() else []

    def _documented(self, run: str) -> History:
        file = self.folder / f"{run}{DOCUMENT}"
        try:
            text = file.read_text("utf-8")
            return _history(read_run(text), int(json.loads(text)["exit_code"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unreadable(file, error) from error


def kept(file: Path) -> Run:
    """The run that a document tells of. Raises UsageError."""
    try:
        return read_run(file.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: Exception) -> UsageError:
    return UsageError(
        f"{file.parent.name}/{file.name} cannot be read: {error}",
        "remove the file, or name another run",
    )


def _history(run: Run, exit_code: int) -> History:
    """Of a run that has left its document only."""
    stacks = {result.key: _stack(result) for result in run.results}
    groups = (("", tuple(stacks)),)
    inputs = Inputs(run.id, run.command, "", {}, groups, {}, lifted=run.lifted)
    ending = Ending(exit_code, Counter(result.outcome for result in run.results), run.seconds)
    started = datetime.fromisoformat(run.started)
    return History(inputs, started, Status.ENDED, stacks, ending=ending)


def _stack(result: StackResult) -> StackHistory:
    refused = result.verdict.reasons if result.verdict else ()
    return StackHistory(result.outcome, (*refused, *filter(None, (result.reason,))))

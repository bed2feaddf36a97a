"""The runs that are kept below `.orchestrator/runs/`: a journal each, and a document at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestrator.adapters.journal import reader
from orchestrator.adapters.journal.codec import key_of
from orchestrator.adapters.journal.reader import Lives, lives, read
from orchestrator.errors import UsageError
from orchestrator.model.journal import Ending, Inputs
from orchestrator.model.names import StackKey
from orchestrator.model.run import Lifted, Outcome, Run
from orchestrator.model.run_history import History, StackHistory, Status

VERSIONS = (1, 2)
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

    def chain(self, run: str) -> frozenset[str]:
        """The run, the one it resumed, and so on."""
        found: list[str] = []
        while run and run not in found and run in self.runs():
            found.append(run)
            run = self.history(run).inputs.resumes
        return frozenset(found)

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
            return _history(_versioned(file.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unreadable(file, error) from error


def kept(file: Path) -> Run:
    """The run that a document tells of. Raises UsageError."""
    try:
        return reader.run(file.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: Exception) -> UsageError:
    return UsageError(
        f"{file.parent.name}/{file.name} cannot be read: {error}",
        "remove the file, or name another run",
    )


def _versioned(text: str) -> Any:
    document = json.loads(text)
    if document["version"] not in VERSIONS:
        raise ValueError(f"version {document['version']} is not known here")
    return document


def _history(document: Any) -> History:
    """Of a run that has left its document only."""
    stacks = {key_of(stack): _stack(stack) for stack in document["stacks"]}
    lifted = document.get("lifted")
    counts = {
        outcome: sum(stack.outcome is outcome for stack in stacks.values())
        for outcome in Outcome
        if any(stack.outcome is outcome for stack in stacks.values())
    }
    inputs = Inputs(
        document["run"],
        document["command"],
        "",
        {},
        (("", tuple(stacks)),),
        {},
        lifted=lifted and Lifted(lifted["reason"], tuple(lifted["limits"])),
    )
    ending = Ending(document["exit_code"], counts, document["seconds"])
    started = datetime.fromisoformat(document["started"])
    return History(inputs, started, Status.ENDED, stacks, ending=ending)


def _stack(document: Any) -> StackHistory:
    reasons = (*document["refused"], *filter(None, (document["reason"],)))
    return StackHistory(Outcome(document["outcome"]), reasons)

"""The runs that are kept below `.orchestrator/runs/`, a JSON file each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.errors import UsageError
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.run import Outcome

VERSION = 1


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What is known of an earlier run."""

    command: str
    outcomes: Mapping[StackKey, Outcome]


def _versioned(text: str) -> Any:
    document = json.loads(text)
    if document["version"] != VERSION:
        raise ValueError(f"version {document['version']} is not known here")
    return document


@dataclass(frozen=True, slots=True)
class KeptRuns:
    """Reads what the commands have left there."""

    folder: Path

    def runs(self) -> tuple[str, ...]:
        """Ids, the oldest first: they begin with the time at which the run began."""
        return tuple(sorted(file.stem for file in self.folder.glob("*.json")))

    def outcomes(self, run: str) -> Mapping[StackKey, Outcome]:
        """What became of each stack."""
        return self.read(run).outcomes

    def read(self, run: str) -> KeptRun:
        """The run with this id. Raises UsageError if its file is not as we write it."""
        file = self.folder / f"{run}.json"
        try:
            document = _versioned(file.read_text("utf-8"))
            outcomes = {
                StackKey(
                    AccountId(stack["account_id"]), stack["account"], StackName(stack["stack"])
                ): Outcome(stack["outcome"])
                for stack in document["stacks"]
            }
            return KeptRun(document["command"], outcomes)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{file.parent.name}/{file.name} cannot be read: {error}",
                "remove the file, or name another run",
            ) from error

    def last(self, command: str) -> KeptRun | None:
        """The newest run of `command`, None if there is none."""
        found = (self.read(run) for run in reversed(self.runs()))
        return next((run for run in found if run.command == command), None)

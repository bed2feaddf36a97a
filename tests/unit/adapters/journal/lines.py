"""Journals for tests: what a run would have said, complete by default."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from orchestrator.adapters.journal.runs import JournalFile
from orchestrator.model.events import Event, Groups, Inputs, Origin, Stored, ToolVersions
from orchestrator.model.names import StackKey
from tests.builders import DIGEST, a_key, an_account
from tests.fakes import NOW

RUN = "20260601-120000-abcd"
ORDERS, PAYMENTS, WEB = (
    a_key(an_account(n, name)) for n, name in ((6, "orders"), (7, "payments"), (8, "web"))
)
GROUND = ToolVersions("0.1.0", "Terraform 1.11.4", "5.100.0", "l" * 64, "p" * 64)
ORIGIN = Origin("somebody", "a-host", 4711, 1_780_000_000, "c" * 40)


def some_inputs(
    *keys: StackKey, run: str = RUN, command: str = "apply", groups: Groups = (), resumes: str = ""
) -> Inputs:
    groups = groups or (("wave everyone", keys or (ORDERS, PAYMENTS, WEB)),)
    return Inputs(
        run,
        command,
        "all",
        {"width": None, "tolerate": 2},
        groups,
        {key: DIGEST for _, keys in groups for key in keys},
        {"account_baseline": "m" * 64},
        GROUND,
        ORIGIN,
        resumes=resumes,
    )


def a_journal(
    folder: Path,
    inputs: Inputs | None = None,
    said: Iterable[Event | Stored] = (),
    end: bool = True,
) -> Path:
    inputs = inputs or some_inputs()
    file = folder / f"{inputs.run}.journal"
    journal = JournalFile(file, lambda: NOW)
    journal.begin(inputs)
    for event in said:
        journal.emit(event)
    if end:
        journal.end(12.3)
    return file

"""Many accounts' files in one go: the configuration is read once before, and once afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from orchestrator import config
from orchestrator.model.census import Member
from orchestrator.model.names import AccountId
from orchestrator.vending import deciding, template, writing
from orchestrator.vending.task import Need, Task

Ask = Callable[[AccountId], Member | None]
"""What AWS Organizations says of an account."""


def vended(ids: Sequence[AccountId], ask: Ask, root: Path, today: date) -> tuple[Task, ...]:
    """Every account's file below `root` as it belongs, as far as it can be."""
    return writing.carry_out(tuple(_decided(ids, ask, root / "account_configs")), root, today)


def _decided(ids: Sequence[AccountId], ask: Ask, folder: Path) -> Iterator[Task]:
    """Names given in this batch are taken for those that come later in it."""
    organization, places = config.surveyed(folder)
    own = template.load(folder)
    for id_ in ids:
        task = deciding.decide(id_, ask(id_), places, organization, own)
        if task.need is Need.WRITE and task.file:
            places = replace(places, files={**places.files, id_: task.file})
        yield task

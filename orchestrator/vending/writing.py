"""Files written and moved, or left exactly as they were."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from orchestrator import config
from orchestrator.errors import ConfigurationError
from orchestrator.model.organization import Organization
from orchestrator.vending.task import Need, Task


def carry_out(task: Task, root: Path, today: date) -> Organization:
    """Do what `task` says to the files below `root`, and load the configuration that results.

    Raises ConfigurationError, with the files as they were, if that configuration has a problem: a
    new account that no wave covers, say.
    """
    undo = _change(task, root)
    try:
        return config.load(root / "account_configs", today)
    except ConfigurationError:
        undo()
        raise


def _change(task: Task, root: Path) -> _Undo:
    if task.need is Need.WRITE and task.file:
        return _written(root / task.file, task.text)
    if task.need is Need.MOVE and task.file and task.old:
        return _moved(root / task.old, root / task.file)
    return _Undo()


class _Undo:
    """How to go back; of nothing, nothing."""

    def __init__(self, made: Path | None = None, old: Path | None = None) -> None:
        self._made, self._old = made, old

    def __call__(self) -> None:
        if self._made and self._old:
            self._made.rename(self._old)
        elif self._made:
            self._made.unlink()


def _written(file: Path, text: str) -> _Undo:
    """Never over another file: two events for one account are told apart by the file itself."""
    with file.open("x", encoding="utf-8") as out:
        out.write(text)
    return _Undo(file)


def _moved(old: Path, new: Path) -> _Undo:
    new.hardlink_to(old)
    old.unlink()
    return _Undo(new, old)

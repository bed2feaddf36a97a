"""Files of account_configs/ that accounts need, written as tasks, and what accounts take over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from orchestrator import config
from orchestrator.errors import ConfigurationError
from orchestrator.model.import_candidates import StackImports
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.organization import Imports
from orchestrator.model.yaml_text import written as yaml


class Need(StrEnum):
    """What is to be done about an account's file."""

    WRITE = "write"
    MOVE = "move"
    NOTHING = "nothing"
    """The file is there, where it belongs; what is declared is applied all the same."""
    OFFBOARD = "offboard"
    """The account is closed, and its file is still there: a person says what becomes of it."""
    REFUSE = "refuse"
    REMOVE = "remove"
    """The account is gone, and people have agreed that its file goes, too."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done about one account, and why.

    `file` is where its file belongs, `old` where it lies now; relative to the project's root.
    """

    need: Need
    account: AccountId
    why: str
    name: str = ""
    file: Path | None = None
    old: Path | None = None
    text: str = ""
    fix: str = ""
    note: str = ""
    """What a person may want to know all the same."""

    @property
    def covers(self) -> bool:
        """Whether the account is to be rolled out afterwards."""
        return self.need in (Need.WRITE, Need.MOVE, Need.NOTHING) and self.file is not None


Undo = Callable[[], object]
CHANGING = (Need.WRITE, Need.MOVE, Need.REMOVE)


def carry_out(tasks: Sequence[Task], root: Path, today: date) -> tuple[Task, ...]:
    """Do what the tasks say to the files below `root`; the tasks as they have come out.

    The configuration that results is read once for all of them. Has it a problem, everything is
    taken back and either half is tried alone: a task that makes a problem is refused with it (a
    new account that no wave covers, say), and the others are carried out.
    """
    if not any(task.need in CHANGING for task in tasks):
        return tuple(tasks)
    undo: list[Undo] = []
    try:
        for task in tasks:
            undo.append(_change(task, root))  # noqa: PERF401  known also when the next one fails
        config.load(root / "account_configs", today)
    except (ConfigurationError, FileExistsError, FileNotFoundError) as error:
        for step in reversed(undo):
            step()
        if len(tasks) == 1:
            return (_refused(tasks[0], error),)
        half = len(tasks) // 2
        first = carry_out(tasks[:half], root, today)
        return (*first, *carry_out(tasks[half:], root, today))
    return tuple(tasks)


def changes(tasks: Sequence[Task], root: Path) -> Mapping[Path, str | None]:
    """The files that carried out tasks have changed below `root`; None for those that are gone."""
    return dict(pair for task in tasks for pair in _changed(task, root))


def _changed(task: Task, root: Path) -> Iterator[tuple[Path, str | None]]:
    if task.need in (Need.MOVE, Need.REMOVE) and task.old:
        yield task.old, None
    if task.need in (Need.WRITE, Need.MOVE) and task.file:
        yield task.file, (root / task.file).read_text("utf-8")


def _refused(task: Task, error: Exception) -> Task:
    known = isinstance(error, ConfigurationError)
    why = str(error) if known else "its file has come or gone meanwhile"
    fix = "" if known else f"look again: orchestrator vend {task.account}"
    return replace(task, need=Need.REFUSE, why=why, fix=fix)


def _change(task: Task, root: Path) -> Undo:
    match task:
        case Task(need=Need.WRITE, file=Path() as file):
            return _written(root / file, task.text)
        case Task(need=Need.MOVE, file=Path() as file, old=Path() as old):
            return _moved(root / old, root / file)
        case Task(need=Need.REMOVE, old=Path() as old):
            return _removed(root / old)
    return _nothing


def _nothing() -> None:
    """There is nothing to take back."""


def _written(file: Path, text: str) -> Undo:
    """Never over another file: two events for one account are told apart by the file itself."""
    with file.open("x", encoding="utf-8") as out:
        out.write(text)
    return file.unlink


def _moved(old: Path, new: Path) -> Undo:
    new.hardlink_to(old)
    old.unlink()
    return lambda: new.rename(old)


def _removed(file: Path) -> Undo:
    content = file.read_bytes()
    file.unlink()
    return lambda: file.write_bytes(content)


HEAD = """\
# yaml-language-server: $schema=../../schemas/adopted.schema.json

# Written by `orchestrator adopt`. What is named here was in the account before the orchestrator,
# and its first apply takes it over instead of making it twice. Once that is done, the next
# `orchestrator adopt` takes the entries out.
"""


def adopted_texts(
    before: Mapping[StackKey, Imports], added: Sequence[StackImports]
) -> Mapping[str, str | None]:
    """Texts by the file's name in adopted/, of the accounts that `added` are about.

    None for a file that has nothing to say any more. Stacks that were not looked at keep what they
    have.
    """
    after = {**before, **{each.key: each.imports for each in added}}
    accounts = {each.key.account_name for each in added}
    return {f"{name}.yaml": _text(after, name) for name in sorted(accounts)}


def _text(imports: Mapping[StackKey, Imports], account: str) -> str | None:
    said = {
        str(key.stack): {"imports": dict(sorted(entries.items()))}
        for key, entries in sorted(imports.items())
        if key.account_name == account and entries
    }
    if not said:
        return None
    return f"{HEAD}{yaml({'adopted': said})}"

"""Where changes to account_configs/ go: into the files, on a branch, into a pull request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator import wiring
from orchestrator.accounts.files import Need, Task, changes
from orchestrator.app.project import Project, unsaid
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.views.proposal import Proposal, body

Work = Callable[[Path, date], tuple[Task, ...]]
"""Changes the files below a project's root, and says what it has done."""
FILES, BRANCH, REQUEST = "files", "branch", "pull-request"
CONFIGS = "account_configs"
SAID: Mapping[Need, str] = {
    Need.WRITE: "new: {0.file}",
    Need.MOVE: "moved from {0.old} to {0.file}",
    Need.REMOVE: "removed: {0.old}",
}


@dataclass(frozen=True, slots=True)
class Place:
    """`verb` begins the branch's name: 'vend/200000000013'."""

    project: Project
    verb: str
    to: str = FILES
    branch: str | None = None
    after: str = "orchestrator apply {name}"
    show: Callable[[str], None] = unsaid
    """Prints the body of a pull request."""

    @property
    def reviewed(self) -> bool:
        """Whether people look at the change before it holds."""
        return self.to != FILES

    def carried_out(self, ids: Sequence[str], work: Work) -> tuple[Task, ...]:
        """What became of the accounts' files. Raises UsageError if there is nothing to commit to.

        A branch of that name is gone on from: what it says already is not said again.
        """
        today = dates.today()
        if not self.reviewed or not ids:
            return work(self.project.root, today)
        branch = self.branch or _named(self.verb, ids)
        branches = wiring.branches(self.project.root, self.project.environ)
        history = wiring.history(self.project.root, self.project.environ)
        onto = history.revisions("HEAD").before
        onto = branches.tip(branch) or onto
        with TemporaryDirectory(prefix="orchestrator-proposal-") as private:
            root = Path(private)
            history.extract(onto, (CONFIGS,), root)
            if not (root / CONFIGS).is_dir():
                raise UsageError(f"commit {onto[:12]} has no {CONFIGS}/", "commit it first")
            tasks = work(root, today)
            files = changes(tasks, root)
        if not files:
            self.project.say(f"{branch}: nothing to commit")
            return tasks
        title = _title(self.verb, [task for task in tasks if task.need in SAID])
        commit = branches.commit(branch, onto, files, title)
        self.project.say(f"{branch}: commit {commit[:12]}, {len(files)} files")
        if self.to == REQUEST:
            self.show(body(_proposal(title, tasks, files, self.after)))
        return tasks


def _named(verb: str, ids: Sequence[str]) -> str:
    more = f"-and-{len(ids) - 1}-more" if len(ids) > 1 else ""
    return f"{verb}/{min(ids)}{more}"


def _title(verb: str, tasks: Sequence[Task]) -> str:
    names = [task.name or task.account for task in tasks]
    return f"{verb.capitalize()} {names[0] if len(names) == 1 else f'{len(names)} accounts'}"


def _proposal(
    title: str, tasks: Sequence[Task], files: Mapping[Path, str | None], after: str
) -> Proposal:
    done = [task for task in tasks if task.need in SAID]
    return Proposal(
        title,
        [(task.account, task.name, SAID[task.need].format(task)) for task in done],
        files,
        [(task.account, task.why) for task in tasks if task.need is Need.REFUSE],
        [after.format(name=" ".join(task.name for task in done))],
    )


def line(task: Task) -> str:
    """What became of one account's file, for people. A name from AWS is data for the terminal."""
    done = SAID[task.need].format(task) if task.need in SAID else task.why
    said = done if task.need in (*SAID, Need.NOTHING) else f"{task.need}: {done}"
    note = f"\n  note: {task.note}" if task.note else ""
    fix = f"\n  fix: {task.fix}" if task.fix else ""
    return printable(f"{task.account} {task.name}: {said}{note}{fix}")


def printable(text: str) -> str:
    """`text` without what could play tricks with the terminal; lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)

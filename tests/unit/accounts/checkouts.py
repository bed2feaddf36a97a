"""Small projects in git, and changes to them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from orchestrator.accounts.affected import Comparison, between
from orchestrator.adapters.git import Git
from orchestrator.adapters.process import Command, Processes
from tests.unit.config.trees import ROOT, TODAY, a_tree

AUTHOR = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgSign=false")


@dataclass(frozen=True)
class Checkout:
    """A project at `root`, which may be a folder of the repository, or all of it."""

    root: Path

    def git(self, *arguments: str) -> str:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.root)}
        ended = Processes().run(Command(("git", *AUTHOR, *arguments), self.root, env))
        assert ended.code == 0, ended.stderr
        return ended.stdout.strip()

    def commit(self, title: str = "A change") -> None:
        self.git("add", "--all", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", title)

    def write(self, name: str, text: str) -> None:
        """Add `text` to the end of a file of account_configs/."""
        file = self.root / "account_configs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if file.exists() else "") + text)

    def replace(self, name: str, old: str, new: str) -> None:
        """Put `new` for `old` in a file of the project."""
        text = (self.root / name).read_text()
        assert old in text
        (self.root / name).write_text(text.replace(old, new))

    @property
    def history(self) -> Git:
        return Git(self.root, dict(os.environ), Processes().run)

    def affected(self, revisions: str = "HEAD") -> Comparison:
        return between(revisions, self.history, self.root, TODAY)


def a_checkout(folder: Path, below: str = "") -> Checkout:
    """A repository with one commit on `main`; the project lies `below` its top."""
    root = folder / below
    root.mkdir(parents=True, exist_ok=True)
    a_tree(root)
    for name in ("terraform", "modules"):
        ignored = shutil.ignore_patterns("tests", "examples", ".terraform")
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    Checkout(folder).git("init", "--quiet", "--initial-branch=main")
    checkout = Checkout(root)
    checkout.commit("The beginning")
    return checkout


def told(comparison: Comparison) -> dict[str, list[str]]:
    """The reasons by stack."""
    return {each.key.folder: list(map(str, each.reasons)) for each in comparison.stacks}

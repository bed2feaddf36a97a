"""Commits on branches, made without touching the checkout, its index or any remote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.adapters.git import Git
from orchestrator.errors import UsageError

FILE = "100644"
NOT_YET = ""
"""What git update-ref takes for a branch that is not there."""
WHO = "say who you are: git config user.name and user.email"


@dataclass(frozen=True, slots=True)
class GitBranches:
    """See ports.Branches."""

    git: Git

    def tip(self, branch: str) -> str:
        """See ports.Branches."""
        if self.git.call("check-ref-format", "--branch", branch).code != 0:
            raise UsageError(f"'{branch}' cannot be the name of a branch", "choose another")
        ended = self.git.call("rev-parse", "--verify", "--quiet", f"{_ref(branch)}^{{commit}}")
        return ended.stdout.strip() if ended.code == 0 else ""

    def commit(
        self, branch: str, onto: str, changes: Mapping[Path, str | None], message: str
    ) -> str:
        """See ports.Branches."""
        before = self.tip(branch)
        if f"branch {_ref(branch)}" in self._done("worktree", "list", "--porcelain").splitlines():
            fix = "change to another branch, or name another one"
            raise UsageError(f"the branch '{branch}' is checked out", fix)
        with TemporaryDirectory(prefix="orchestrator-git-") as private:
            tree = self._tree(Path(private), onto, changes)
        made = self._done("commit-tree", tree, "-p", onto, "-m", message, fix=WHO)
        self._done("update-ref", _ref(branch), made, onto if before else NOT_YET, fix="try again")
        return made

    def _tree(self, private: Path, onto: str, changes: Mapping[Path, str | None]) -> str:
        index = replace(self, git=replace(self.git, index=private / "index"))
        prefix = self._done("rev-parse", "--show-prefix")
        top = self._done("rev-parse", "--show-toplevel")
        index._done("read-tree", onto)
        for path, text in changes.items():
            there = f"{prefix}{path.as_posix()}"
            if text is None:
                index._done("-C", top, "update-index", "--force-remove", "--", there)
                continue
            content = private / "content"
            content.write_text(text, "utf-8")
            blob = self._done("hash-object", "-w", "--no-filters", "--", str(content))
            index._done("update-index", "--add", "--cacheinfo", f"{FILE},{blob},{there}")
        return index._done("write-tree")

    def _done(self, *arguments: str, fix: str = "") -> str:
        ended = self.git.call(*arguments)
        if ended.code != 0:
            why = ended.stderr.strip() or f"it ended with {ended.code}"
            raise UsageError(f"git {arguments[0]}: {why}", fix)
        return ended.stdout.rstrip("\n")


def _ref(branch: str) -> str:
    return f"refs/heads/{branch}"

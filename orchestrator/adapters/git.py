"""The git history of a checkout. Reading it writes nothing, not even a worktree."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.adapters.process import Command, Completed, Ending
from orchestrator.errors import UsageError
from orchestrator.ports import Revisions

TIMEOUT = 60.0
KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME")
ALSO_KEPT = ("GIT_CONFIG", "GIT_AUTHOR_", "GIT_COMMITTER_")
"""By GIT_CONFIG* CI says that a checkout is safe. Not GIT_DIR and its like: in a hook they would
name another repository."""
SHALLOW = "fetch the whole history: `git fetch --unshallow`, or fetch-depth: 0 in CI"


@dataclass(frozen=True, slots=True)
class Git:
    """See ports.History."""

    root: Path
    env: Mapping[str, str]
    run: Callable[[Command], Completed]
    index: Path | None = None
    """Used instead of the checkout's own."""

    def revisions(self, text: str) -> Revisions:
        """See ports.History."""
        for separator in ("...", ".."):
            before, found, after = text.partition(separator)
            if found:
                break
        if not found:
            return Revisions(self._commit(text), None)
        first, second = self._commit(before or "HEAD"), self._commit(after or "HEAD")
        return Revisions(self._fork(first, second) if found == "..." else first, second)

    def extract(self, commit: str, paths: Sequence[str], folder: Path) -> None:
        """See ports.History."""
        there = self.call("ls-tree", "--name-only", "-z", commit, "--", *paths)
        names = [name for name in there.stdout.split("\0") if name]
        if not names:
            return
        with TemporaryDirectory(prefix="orchestrator-git-") as private:
            archive = Path(private) / "revision.tar"
            ended = self.call("archive", "--format=tar", f"--output={archive}", commit, *names)
            if ended.code != 0:
                raise UsageError(f"git cannot read {commit[:12]}: {ended.stderr.strip()}", SHALLOW)
            with tarfile.open(archive) as files:
                files.extractall(folder, filter="data")

    def _commit(self, name: str) -> str:
        ended = self.call("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
        if ended.code == 0:
            return ended.stdout.strip()
        if "not a git repository" in ended.stderr or "dubious ownership" in ended.stderr:
            raise UsageError(f"there is no git history to read: {ended.stderr.strip()}")
        fix = f"name a branch, a tag or a commit of this repository; or {SHALLOW}"
        raise UsageError(f"git knows no revision '{name}'", fix)

    def _fork(self, first: str, second: str) -> str:
        ended = self.call("merge-base", first, second)
        if ended.code != 0:
            what = f"{first[:12]} and {second[:12]} have no commit in common"
            raise UsageError(what, SHALLOW)
        return ended.stdout.split()[0]

    def call(self, *arguments: str) -> Completed:
        """One git command; how it ended is the caller's to judge."""
        kept = {
            name: value
            for name, value in self.env.items()
            if name in KEPT or name.startswith(ALSO_KEPT)
        }
        env = {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
        if self.index:
            env["GIT_INDEX_FILE"] = str(self.index)
        ended = self.run(Command(("git", *arguments), self.root, env, TIMEOUT))
        if ended.ending is Ending.TIMED_OUT:
            raise UsageError(f"git {arguments[0]} took longer than {TIMEOUT:.0f} s")
        return ended

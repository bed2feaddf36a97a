"""The git history of a checkout. Reading it writes nothing, not even a worktree."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from orchestrator.adapters.process import Command, Completed, Ending
from orchestrator.errors import UsageError
from orchestrator.ports import Revisions

log = logging.getLogger(__name__)

TIMEOUT = 60.0
KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME")
ALSO_KEPT = ("GIT_CONFIG", "GIT_AUTHOR_", "GIT_COMMITTER_")
"""By GIT_CONFIG* CI says that a checkout is safe. Not GIT_DIR and its like: in a hook they would
name another repository."""
ORIGIN = "origin"
"""After `actions/checkout` with its whole history, a branch is there by this name alone."""
SUFFIX = re.compile(r"[~^@:]")
COMMIT = re.compile(r"[0-9a-f]{7,64}")
BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
SHALLOW = "fetch the whole history: `git fetch --unshallow`, or fetch-depth: 0 in CI"


LINK, PROGRAM = "120000", "100755"
"""Modes of a tree's entries."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a revision."""

    path: str
    blob: str
    mode: str


def _next_blob(stream: BinaryIO) -> bytes | None:
    """The next answer of `git cat-file --batch`; None if the object is missing."""
    said = stream.readline().split()
    if len(said) != 3 or said[1] != b"blob":
        return None
    content = stream.read(int(said[2]))
    stream.read(1)
    return content


def _put(file: Path, content: bytes, entry: Entry) -> None:
    """A link becomes a link: who reads the folder afterwards refuses it with its name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if entry.mode == LINK:
        file.symlink_to(os.fsdecode(content))
        return
    file.write_bytes(content)
    if entry.mode == PROGRAM:
        file.chmod(0o755)


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
        """See ports.History.

        Blobs are taken as git stores them. An archive, or a checkout, would do to them what
        attributes say, in the tree or in somebody's configuration: leave files out, fill in texts,
        filter them.
        """
        entries = tuple(self._entries(commit, paths))
        if not entries:
            return
        with TemporaryDirectory(prefix="orchestrator-git-") as private:
            wanted, got = Path(private) / "wanted", Path(private) / "got"
            wanted.write_text("".join(f"{entry.blob}\n" for entry in entries), "utf-8")
            ended = self.call("cat-file", "--batch", stdin=wanted, stdout=got)
            if ended.code != 0:
                raise self._unreadable(commit, ended.stderr.strip())
            with got.open("rb") as stream:
                for entry in entries:
                    content = _next_blob(stream)
                    if content is None:
                        raise self._unreadable(commit, f"{entry.path}: its content is not here")
                    _put(folder / entry.path, content, entry)

    def _entries(self, commit: str, paths: Sequence[str]) -> Iterator[Entry]:
        ended = self.call("ls-tree", "-r", "-z", commit, "--", *paths)
        if ended.code != 0:
            raise self._unreadable(commit, ended.stderr.strip())
        for line in filter(None, ended.stdout.split("\0")):
            said, _, path = line.partition("\t")
            mode, kind, blob = said.split()
            if kind != "blob":
                raise UsageError(
                    f"{path} is a {kind} in {commit[:12]}, which is not followed",
                    "put the files themselves there: git rm, then git add",
                )
            if {"..", ".", ""} & set(path.split("/")):
                raise UsageError(f"{path!r} in {commit[:12]} leads out of its folder")
            yield Entry(path, blob, mode)

    def _unreadable(self, commit: str, why: str) -> UsageError:
        fix = SHALLOW if self._shallow() else "look at the checkout: git fsck"
        return UsageError(f"git cannot read {commit[:12]}: {why}", fix)

    def _commit(self, name: str) -> str:
        for known in (name, f"refs/remotes/{ORIGIN}/{name}"):
            ended = self.call("rev-parse", "--verify", "--end-of-options", f"{known}^{{commit}}")
            if ended.code == 0:
                if known != name:
                    log.info("there is no '%s' here: %s/%s is taken", name, ORIGIN, name)
                return ended.stdout.strip()
        if "not a git repository" in ended.stderr or "dubious ownership" in ended.stderr:
            raise UsageError(f"there is no git history to read: {ended.stderr.strip()}")
        raise UsageError(f"git knows no revision '{name}'", self._fetch(name))

    def _fetch(self, name: str) -> str:
        """What brings `name` here: a checkout in CI may have one commit, or one branch alone."""
        other = "name a branch, a tag or a commit of this repository"
        branch = SUFFIX.split(name.removeprefix(f"{ORIGIN}/"))[0]
        if self._shallow():
            return f"{SHALLOW}; or {other}"
        if COMMIT.fullmatch(branch) or not BRANCH.fullmatch(branch):
            return other
        return f"{other}; or `git fetch {ORIGIN} {branch}:refs/remotes/{ORIGIN}/{branch}`"

    def _shallow(self) -> bool:
        return self.call("rev-parse", "--is-shallow-repository").stdout.strip() == "true"

    def _fork(self, first: str, second: str) -> str:
        ended = self.call("merge-base", first, second)
        if ended.code != 0:
            what = f"{first[:12]} and {second[:12]} have no commit in common"
            one = "compare revisions of one history"
            raise UsageError(what, SHALLOW if self._shallow() else one)
        return ended.stdout.split()[0]

    def call(
        self, *arguments: str, stdin: Path | None = None, stdout: Path | None = None
    ) -> Completed:
        """One git command; how it ended is the caller's to judge.

        Objects are what their names say: `refs/replace` could put others in their place.
        """
        kept = {
            name: value
            for name, value in self.env.items()
            if name in KEPT or name.startswith(ALSO_KEPT)
        }
        env = {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
        if self.index:
            env["GIT_INDEX_FILE"] = str(self.index)
        command = Command(("git", *arguments), self.root, env, TIMEOUT, stdout, stdin=stdin)
        ended = self.run(command)
        if ended.ending is Ending.TIMED_OUT:
            raise UsageError(f"git {arguments[0]} took longer than {TIMEOUT:.0f} s")
        return ended


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

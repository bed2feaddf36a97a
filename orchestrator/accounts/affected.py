"""Which stacks a change to the repository affects, and why.

Two revisions are resolved and rendered by the program as it is now, and the results compared:
settings with settings, files with files. Paths in the repository mean nothing here. A change to
the program itself is therefore not seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from orchestrator import assets, config
from orchestrator.assets.folders import PROJECT
from orchestrator.config import Origin
from orchestrator.errors import ConfigurationError, UsageError
from orchestrator.model.facts import Mode
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.plan import Rendering
from orchestrator.ports import History
from orchestrator.render import Renderer, stacks_of


class At(NamedTuple):
    """A stack by what stays when its account is renamed."""

    account: AccountId
    stack: StackName


@dataclass(frozen=True)
class Snapshot:
    """Everything is worked out when it is first asked for, and the folder must last as long."""

    root: Path
    organization: Organization
    renderer: Renderer

    @classmethod
    def read(cls, root: Path, today: date) -> Snapshot:
        """The checkout at `root`. Raises ConfigurationError."""
        organization = config.load(root / "account_configs", today)
        return cls(root, organization, Renderer(root))

    @cached_property
    def stacks(self) -> Mapping[At, StackKey]:
        """In the order in which they depend on each other."""
        return {At(key.account_id, key.stack): key for key in stacks_of(self.organization)}

    @cached_property
    def accounts(self) -> Mapping[AccountId, Account]:
        return {account.id: account for account in self.organization.accounts}

    @cached_property
    def renderings(self) -> Mapping[At, Rendering]:
        organization = self.organization
        return {at: self.renderer.render(organization, key) for at, key in self.stacks.items()}

    def modules(self, at: At) -> Mapping[str, str]:
        """The modules the stack calls, with their digests."""
        return self.renderer.modules(self.renderings[at])

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """The templates, the product's and the project's own, with their digests."""
        product = assets.of(self.root).product
        return {
            f"{name}/{file.relative_to(folder).as_posix()}": _sha256(file)
            for name, folder in (
                ("terraform", product / "terraform"),
                ("overrides/terraform", self.root / "overrides" / "terraform"),
            )
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }

    @cached_property
    def origins(self) -> Mapping[AccountId, Mapping[str, Origin]]:
        """By account and key, where each value comes from."""
        explained = config.provenance(self.root / "account_configs")
        return {
            id_: {origin.key: origin for origin in explained(account.name)}
            for id_, account in self.accounts.items()
        }


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


NOT_RENDERED = ("wave", "organization.blast_radius.")
"""Keys that say how a rollout goes, not what is rolled out."""
DECISIONS = "security_hub.controls."
OF_ALL = (StackName.ORGANIZATION, StackName.SECURITY)
"""Stacks rendered from every account, not from their own alone."""


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """What changed; `where` is file and line, '' where it is not a single line."""

    what: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where} {self.what}" if self.where else self.what


def reasons(at: At, before: Snapshot, after: Snapshot) -> tuple[Reason, ...]:
    """Every reason why the stack `at`, which both have, is not what it was."""
    concerned = [at.account] if at.stack not in OF_ALL else [*after.accounts]
    found = dict.fromkeys(
        reason for account in concerned for reason in _settings(account, before, after, at.stack)
    )
    found |= dict.fromkeys(_accounts(before, after) if at.stack in OF_ALL else ())
    found |= dict.fromkeys(_files(at, before, after))
    return tuple(found) or tuple(_rendered(at, before, after))


def _settings(
    account: AccountId, before: Snapshot, after: Snapshot, stack: StackName
) -> Iterator[Reason]:
    if account not in before.accounts:
        return
    old, new = before.origins[account], after.origins[account]
    local = after.organization.facts.security_hub.mode is Mode.LOCAL
    for key in dict.fromkeys((*new, *old)):
        if key.startswith(NOT_RENDERED) or _value(old, key) == _value(new, key):
            continue
        reason = _stated(key, old.get(key), new.get(key))
        decided = key.startswith(DECISIONS) and reason.where.startswith("account_configs/controls/")
        if not decided or local or stack in OF_ALL:
            yield reason


def _value(origins: Mapping[str, Origin], key: str) -> object:
    """A value taken back counts as none."""
    return origins[key].value if key in origins else None


def _stated(key: str, old: Origin | None, new: Origin | None) -> Reason:
    """Where the value stands; a value that is gone is shown where it stood."""
    if new is not None and new.line:
        return Reason(key, new.where)
    if old is not None and old.line:
        return Reason(f"{key} is gone", old.where)
    return Reason(key, new.where if new else "")


def _accounts(before: Snapshot, after: Snapshot) -> Iterator[Reason]:
    for id_, account in after.accounts.items():
        if id_ not in before.accounts:
            yield Reason(f"account {account.name} is new")
    for id_, account in before.accounts.items():
        if id_ not in after.accounts:
            yield Reason(f"account {account.name} is gone")


def _files(at: At, before: Snapshot, after: Snapshot) -> Iterator[Reason]:
    for name in _differing(before.modules(at), after.modules(at)):
        yield Reason(f"modules/{name} changed")
    for name in _differing(before.templates, after.templates):
        if PurePosixPath(name).parent.name in ("terraform", at.stack):
            yield Reason(f"{name} changed")


def _rendered(at: At, before: Snapshot, after: Snapshot) -> Iterator[Reason]:
    old, new = (dict(snapshot.renderings[at].files) for snapshot in (before, after))
    names = ", ".join(_differing(old, new))
    yield Reason(f"{names} is rendered differently")


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


@dataclass(frozen=True, slots=True)
class Affected:
    """A stack that is not what it was, and every reason."""

    key: StackKey
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`removed` are stacks that are configured no more. They are told, never selected."""

    stacks: tuple[Affected, ...]
    removed: tuple[StackKey, ...] = ()

    @property
    def keys(self) -> frozenset[StackKey]:
        """All of them, so that whoever selects can say what is gone."""
        return frozenset((*(each.key for each in self.stacks), *self.removed))


def compare(before: Snapshot, after: Snapshot) -> Comparison:
    """What is different in `after`, in the order in which stacks depend on each other."""
    removed = [key for at, key in before.stacks.items() if at not in after.stacks]
    return Comparison(tuple(_affected(before, after)), tuple(removed))


def _affected(before: Snapshot, after: Snapshot) -> Iterator[Affected]:
    for at, key in after.stacks.items():
        if at not in before.stacks:
            yield Affected(key, (Reason("is new"),))
        elif _differs(at, before, after):
            yield Affected(key, reasons(at, before, after))


def _differs(at: At, before: Snapshot, after: Snapshot) -> bool:
    """By what is rendered; and for an account's own stack by every setting, the gate's included."""
    if before.renderings[at].digest != after.renderings[at].digest:
        return True
    old, new = before.accounts[at.account], after.accounts[at.account]
    return at.stack is StackName.ACCOUNT and old.settings != new.settings


PATHS = (*PROJECT, "terraform", "modules")
"""All that a rendering is made from, the program apart."""


def between(text: str, history: History, root: Path, today: date) -> Comparison:
    """What the revisions named by `text` change. Raises UsageError if one cannot be resolved."""
    revisions = history.revisions(text)
    with TemporaryDirectory(prefix="orchestrator-revisions-") as folder:
        before = _taken(revisions.before, history, Path(folder) / "before", today)
        if revisions.after is None:
            return compare(before, Snapshot.read(root, today))
        return compare(before, _taken(revisions.after, history, Path(folder) / "after", today))


def _taken(commit: str, history: History, folder: Path, today: date) -> Snapshot:
    folder.mkdir()
    history.extract(commit, PATHS, folder)
    try:
        return Snapshot.read(folder, today)
    except ConfigurationError as error:
        raise UsageError(
            f"account_configs/ as of {commit[:12]} cannot be resolved:\n{error}",
            "name a later revision, or select accounts by name",
        ) from error


__all__ = ["Affected", "Comparison", "Reason", "between"]

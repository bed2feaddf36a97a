"""Why a stack is affected, by file and line where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.affected.snapshot import At, Snapshot
from orchestrator.config import Origin
from orchestrator.model.facts import Mode
from orchestrator.model.names import AccountId, StackName

NOT_RENDERED = ("wave", "organization.blast_radius.")
"""Keys that say how a rollout goes, not what is rolled out."""
DECISIONS = "security_hub.controls."
OF_ALL = (StackName.ORGANIZATION, StackName.SECURITY)
"""Stacks rendered from every account, not from their own alone."""


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """What changed; `where` is file and line, '' where it is no single line."""

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
        if name.rpartition("/")[0] in ("", at.stack):
            yield Reason(f"terraform/{name} changed")


def _rendered(at: At, before: Snapshot, after: Snapshot) -> Iterator[Reason]:
    old, new = (dict(snapshot.renderings[at].files) for snapshot in (before, after))
    names = ", ".join(_differing(old, new))
    yield Reason(f"{names} is rendered differently")


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))

"""Two moments compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.affected.reasons import Reason, reasons
from orchestrator.affected.snapshot import At, Snapshot
from orchestrator.model.names import StackKey, StackName


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

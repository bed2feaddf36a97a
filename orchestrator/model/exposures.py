"""What to fix first: the changes after which most exposures are closed.

Security Hub correlates findings to exposures, and says for each change to a resource how many of
them it would resolve, and how many it would make less severe.
Source: API model of Security Hub, GetRemediationsV2, RemediationV2Item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PRIORITIES = ("Critical", "High", "Medium", "Low")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemediationTarget:
    """A change to a resource, in AWS's words. `resource` is called as findings call it."""

    uid: str
    action: str
    priority: str
    account: str
    region: str
    resource: str
    resource_type: str
    trait: str
    resolves: int
    """Exposures that are gone after it."""
    reduces: int
    """Exposures that are less severe after it."""

    @property
    def closes(self) -> str:
        """'resolves 2 exposures, makes 1 less severe'; '' where it does neither."""
        many = "exposure" if self.resolves == 1 else "exposures"
        said = [f"resolves {self.resolves} {many}"] if self.resolves else []
        return ", ".join([*said, *([f"makes {self.reduces} less severe"] if self.reduces else [])])


def ordered(targets: Iterable[RemediationTarget]) -> tuple[RemediationTarget, ...]:
    """What resolves most first, then what lessens most, then by AWS's priority."""
    return tuple(sorted(targets, key=_rank))


def _rank(target: RemediationTarget) -> tuple[int, int, int, str, str, str]:
    known = target.priority in PRIORITIES
    priority = PRIORITIES.index(target.priority) if known else len(PRIORITIES)
    where = (target.account, target.resource, target.trait)
    return -target.resolves, -target.reduces, priority, *where

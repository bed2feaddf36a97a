"""A stack to work on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.errors import Transient
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.plan import Rendering
from orchestrator.model.waves import Wave


@dataclass(frozen=True, slots=True)
class Job:
    """A stack to work on, with everything that is known of it before anything is done.

    `makes_roles` says that the stack itself makes the roles by which it is entered; `by_entry`,
    that these let nobody in any more, and somebody has said to go round them. `only` are the
    addresses that an apply may touch, and no others; all of them when it is empty.
    """

    key: StackKey
    account: Account
    rendering: Rendering
    makes_roles: bool
    by_entry: bool = False
    only: frozenset[str] = frozenset()
    failed: Counter[Transient] = field(default_factory=Counter, compare=False)
    """How often it was each of these, in all of its stages together."""

    @staticmethod
    def of(organization: Organization, rendering: Rendering) -> Job:
        """The stack that was rendered, in its account."""
        key = rendering.key
        account = organization.named(key.account_name)
        makes_roles = key.stack is StackName.ACCOUNT and organization.makes_roles(account)
        return Job(key, account, rendering, makes_roles)


FOUNDATIONS = (StackName.LOG_ARCHIVE, StackName.ORGANIZATION, StackName.SECURITY)


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs that may run at the same time, at most `width` of them."""

    name: str
    jobs: tuple[Job, ...]
    width: int
    wave: Wave | None = None

    @property
    def founding(self) -> bool:
        """Whether all other stacks stand on these."""
        return all(job.key.stack in FOUNDATIONS for job in self.jobs)


def groups(
    jobs: Sequence[Job], organization: Organization, width: int | None = None
) -> tuple[Group, ...]:
    """The jobs in the order in which they are applied, empty groups left out.

    `width` is the most for all of them; a wave may say less.
    """
    most = width or len(jobs)
    founding = [
        Group(str(name), tuple(job for job in jobs if job.key.stack is name), most)
        for name in FOUNDATIONS
    ]
    accounts = [job for job in jobs if job.key.stack is StackName.ACCOUNT]
    waves = [
        Group(
            wave_name(name),
            tuple(job for job in accounts if organization.wave_of[job.account.id] == name),
            min(most, wave.width),
            wave,
        )
        for name, wave in organization.waves.items()
    ]
    return tuple(group for group in (*founding, *waves) if group.jobs)


def wave_name(name: str) -> str:
    """What the group of a wave is called."""
    return f"wave {name}"


def together(name: str, jobs: Sequence[Job]) -> Group:
    """All jobs as one group, for what needs no order."""
    return Group(name, tuple(jobs), len(jobs))

"""Which stacks are worked on together, and in which order: foundations first, then the waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.model.names import StackName
from orchestrator.model.organization import Organization
from orchestrator.model.waves import Wave
from orchestrator.pipeline.job import Job

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

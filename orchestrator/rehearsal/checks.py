"""What a rehearsal has counted and measured, and what of it was to hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.rehearsal.evidence import Evidence
from orchestrator.rehearsal.memory import Sample
from orchestrator.rehearsal.program import Attempt
from orchestrator.rehearsal.scenario import MIB, Scenario


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was counted and measured."""

    scenario: Scenario
    fleet: frozenset[str]
    """Ids of all accounts."""
    broken: tuple[str, ...]
    """Names of accounts that refused their stack, until they were mended."""
    attempts: tuple[Attempt, ...]
    final: Mapping[str, int]
    """Outcomes of the last check of every stack."""
    evidence: Evidence
    locks: tuple[str, ...]
    processes: tuple[str, ...]
    memory: tuple[Sample, ...]
    sandbox_memory: int
    sandbox_cpu: float
    seconds: float
    folder: str

    @property
    def peak(self) -> Sample:
        return max(self.memory, key=lambda sample: sample.total, default=Sample(0, {}))


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was to hold, and whether it did."""

    what: str
    holds: bool
    found: str


def checks(facts: Facts) -> tuple[Check, ...]:
    """Everything that was to hold, in the order in which somebody asks for it."""
    return tuple(_checks(facts))


def _checks(facts: Facts) -> Iterator[Check]:
    stacks, good = sum(facts.final.values()), facts.final.get("in sync", 0)
    yield Check(
        "every stack is as declared in the end",
        stacks >= len(facts.fleet) > 0 and good == stacks,
        f"{good} of {stacks} in sync",
    )
    yield Check(
        "every account was touched, and no other",
        facts.evidence.touched.keys() == facts.fleet,
        f"{len(facts.evidence.touched.keys() & facts.fleet)} of {len(facts.fleet)}, "
        f"{len(facts.evidence.touched.keys() - facts.fleet)} others",
    )
    evidence = facts.evidence
    yield Check(
        "nothing was created twice",
        evidence.creates > 0 and not evidence.twice,
        f"{evidence.creates} creates, {len(evidence.twice)} of them again",
    )
    yield Check("no lock was left", not facts.locks, f"{len(facts.locks)} locks")
    yield Check("no process was left", not facts.processes, f"{len(facts.processes)} processes")
    peak, budget = facts.peak.total, facts.scenario.memory
    yield Check(
        f"memory stayed under {mib(budget)}",
        0 < peak <= budget,
        f"peak {mib(peak)} after {facts.peak.at:.0f} s",
    )
    yield from _killed(facts)
    yield from _stopped(facts)


def _killed(facts: Facts) -> Iterator[Check]:
    if facts.scenario.kills:
        killed = [attempt for attempt in facts.attempts if attempt.killed]
        name = facts.scenario.signal.name
        yield Check(
            f"{name} came in the middle of the rollout",
            len(killed) == len(facts.scenario.kills),
            f"{len(killed)} of {len(facts.scenario.kills)} times",
        )


def _stopped(facts: Facts) -> Iterator[Check]:
    if facts.broken:
        tried = [stack for a in facts.attempts for stack in a.stacks if failed(stack)]
        names = {stack["account"] for stack in tried}
        yield Check(
            "no account but the broken ones failed",
            bool(names) and names <= set(facts.broken),
            f"{len(names & set(facts.broken))} of {len(facts.broken)} broken ones failed, "
            f"{len(names - set(facts.broken))} others",
        )


def failed(stack: Mapping[str, object]) -> bool:
    return stack["outcome"] in ("failed", "denied", "refused", "unverified")


def held(facts: Facts) -> bool:
    return all(check.holds for check in checks(facts))


def mib(size: int) -> str:
    return f"{size / MIB:.0f} MiB"

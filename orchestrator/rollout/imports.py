"""What a stack would make twice is imported, until a plan creates only what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from orchestrator.model.import_candidates import ImportCandidate, Presence, StackImports
from orchestrator.model.organization import Imports
from orchestrator.model.plan import Plan
from orchestrator.model.run import StackResult
from orchestrator.ports import Existing, Ports
from orchestrator.rollout.gate import split_quarantined
from orchestrator.stages import planning
from orchestrator.stages.attempts import stage
from orchestrator.stages.context import RunContext, RunOptions, each
from orchestrator.stages.jobs import Group, Job

Render = Callable[[Job, Imports], Job]
"""The same stack, taking these over and nothing else."""

UNKNOWN_FIRST = "it can be asked for only once all else is known"


def adopt_all(
    jobs: Sequence[Job],
    ports: Ports,
    options: RunOptions,
    existing: Existing,
    render: Render,
    before: Callable[[Job], Imports],
) -> Iterator[StackImports | StackResult]:
    """Every job's adoption, or what kept it from coming about. Changes nothing in AWS."""
    active, aside = split_quarantined(jobs, options)
    yield from aside
    context, group = RunContext.of(ports, options), Group("adopt", tuple(active), len(jobs))
    work = lambda job: adopt(job, ports, existing, render, before(job))  # noqa: E731
    yield from (result for _, result in each(group, context, "adopt", work))


def adopt(
    job: Job, ports: Ports, existing: Existing, render: Render, before: Imports
) -> StackImports:
    """Begin without any import, and take over what is there, round by round.

    Beginning anew drops what the state holds by now. A round more is needed where an id is known
    only once something else is imported: a bucket's settings, a queue's policy.
    """
    imports: dict[str, str] = {}
    seen: dict[str, ImportCandidate] = {}
    while True:
        made = planning.plan(render(job, imports), ports)
        candidates = _look(job, made, ports, existing)
        seen |= {candidate.address: candidate for candidate in candidates}
        found = {s.address: s.id for s in candidates if s.presence is Presence.THERE} | {
            s.address: before[s.address]
            for s in candidates
            if s.presence is Presence.UNKNOWN and s.address in before
        }
        if not found.keys() - imports.keys():
            return StackImports(job.key, made, imports, _settled(seen, imports), before)
        imports |= found


def _look(job: Job, made: Plan, ports: Ports, existing: Existing) -> tuple[ImportCandidate, ...]:
    with stage(job.key, "look", ports) as current:
        candidates = existing.find(made, planning.purpose_of(job, ports))
        there = sum(candidate.presence is Presence.THERE for candidate in candidates)
        current.note = (
            f"{there} of {len(candidates)} are there" if candidates else "creates nothing"
        )
    return candidates


def _settled(seen: dict[str, ImportCandidate], imports: Imports) -> tuple[ImportCandidate, ...]:
    """What still waits does so for something that is created, so it cannot be there; unless it is
    not known whether that something is.
    """
    doubt = any(s.presence is Presence.UNKNOWN and s.address not in imports for s in seen.values())
    waits = Presence.UNKNOWN if doubt else Presence.MISSING
    return tuple(
        replace(s, presence=waits, says=UNKNOWN_FIRST if doubt else "")
        if s.presence is Presence.WAITS
        else s
        for _, s in sorted(seen.items())
    )

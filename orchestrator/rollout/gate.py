"""What may go through: accounts that are not set aside, and plans that keep within the rules.

Pure: the same plan, violations, rules and day give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from orchestrator.model.facts import BlastRadius
from orchestrator.model.names import AccountId, OuPath, StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.plan import Action, Plan, Verdict, Violation
from orchestrator.model.run import Outcome, StackResult
from orchestrator.model.settings import FailOn, Gate, Limits, Severity, Skip
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Job

Quarantined = tuple[tuple[Job, ...], tuple[StackResult, ...]]


def split_quarantined(jobs: Sequence[Job], options: RunOptions) -> Quarantined:
    """The jobs to work on, and a result for each of those that are left alone."""
    alone = {job.key: found for job in jobs for found in _alone(job, options)}
    return tuple(job for job in jobs if job.key not in alone), tuple(alone.values())


def split_quarantined_to_apply(jobs: Sequence[Job], options: RunOptions) -> Quarantined:
    """The same; an account that has moved is left alone, too, unless that was accepted."""
    active, aside = split_quarantined(jobs, options)
    moved = () if options.accept_moved else tuple(_moved(active, options))
    held = {result.key for result in moved}
    return tuple(job for job in active if job.key not in held), (*aside, *moved)


def annotated(result: StackResult, options: RunOptions) -> StackResult:
    """The result, which says if its account is in another OU; it is compared all the same."""
    said = options.standings.moved.get(result.key.account_id)
    if said is None or result.outcome in (Outcome.MOVED, Outcome.SET_ASIDE):
        return result
    return replace(result, reason="\n".join(filter(None, (result.reason, said))))


def _alone(job: Job, options: RunOptions) -> Iterator[StackResult]:
    held = job.account.set_aside(options.today)
    closed = options.standings.closed.get(job.account.id)
    if held:
        yield StackResult(job.key, Outcome.SET_ASIDE, reason=str(held))
    elif closed:
        yield StackResult(job.key, Outcome.CLOSED, reason=closed)


def _moved(jobs: Sequence[Job], options: RunOptions) -> Iterator[StackResult]:
    for job in jobs:
        if said := options.standings.moved.get(job.account.id):
            yield StackResult(job.key, Outcome.MOVED, reason=said)


WORSE = tuple(Severity)
REMOVES = (Action.DELETE, Action.REPLACE, Action.FORGET)


def decide(
    plan: Plan,
    violations: Iterable[Violation],
    gate: Gate,
    today: date,
    only: frozenset[str] = frozenset(),
) -> Verdict:
    """Approve the plan's digest, or say every reason why it may not be applied.

    `only` are the addresses that it may change, where not all are meant.
    """
    reasons = (
        *_violated(violations, gate, today),
        *_over_limits(plan, gate.limits),
        *_protected(plan, gate),
        *_beyond(plan, only),
    )
    return Verdict(None if reasons else plan.digest, reasons)


def _violated(violations: Iterable[Violation], gate: Gate, today: date) -> Iterator[str]:
    for violation in sorted(violations, key=_by_check):
        if not _counts(violation, gate.fail_on):
            continue
        skips = [skip for skip in gate.skips.items() if _covers(skip[1], violation)]
        if any(skip.expires >= today for _, skip in skips):
            continue
        expired = "".join(f"; skip '{name}' expired on {skip.expires}" for name, skip in skips)
        yield f"checkov: {violation}{expired}"


def _by_check(violation: Violation) -> tuple[str, str]:
    return violation.check, violation.resource


def _counts(violation: Violation, fail_on: FailOn) -> bool:
    """A check nobody has rated counts as the worst: unknown is never harmless."""
    if fail_on.checks.get(violation.check) or violation.severity is None:
        return True
    return WORSE.index(violation.severity) >= WORSE.index(fail_on.severity)


def _covers(skip: Skip, violation: Violation) -> bool:
    return skip.check == violation.check and fnmatchcase(violation.resource, skip.resource)


def _over_limits(plan: Plan, limits: Limits) -> Iterator[str]:
    counted = (
        ("destroys", plan.count(Action.DELETE, Action.FORGET), limits.destroys),
        ("replaces", plan.count(Action.REPLACE), limits.replaces),
        ("changes", len(plan.changes), limits.changes),
    )
    for verb, count, limit in counted:
        if count > limit:
            noun = "resource" if count == 1 else "resources"
            yield f"{verb} {count} {noun}, limit is {limit}"


def _protected(plan: Plan, gate: Gate) -> Iterator[str]:
    for change in plan.changes:
        if change.action in REMOVES and gate.protected.get(change.type):
            yield f"{change.action}s {change.address}: {change.type} is protected"


def _beyond(plan: Plan, only: frozenset[str]) -> Iterator[str]:
    for change in plan.changes:
        if only and change.address not in only:
            yield f"{change.action}s {change.address}: only the drift is to be put right"


CAME_TO = frozenset(
    {Outcome.UNCHANGED, Outcome.APPLIED, Outcome.PARTLY, Outcome.UNVERIFIED, Outcome.FAILED}
)
"""Outcomes of stacks that an apply really came to."""


def exceeded(
    organization: Organization, keys: Sequence[StackKey], last: Mapping[StackKey, Outcome]
) -> tuple[str, ...]:
    """Every limit of the blast radius that an apply of `keys` would exceed.

    `last` is what became of the last apply; empty where none is known, which is never taken for a
    large one.
    """
    limits = organization.facts.blast_radius
    reached = frozenset(key.account_id for key in keys)
    before = len({key.account_id for key, outcome in last.items() if outcome in CAME_TO})
    return (
        *_too_many(len(reached), limits),
        *_too_much_of_an_ou(organization, reached, limits),
        *_grown(len(reached), before, limits),
    )


def _too_many(reached: int, limits: BlastRadius) -> Iterator[str]:
    if limits.accounts and reached > limits.accounts:
        yield f"reaches {reached} accounts, organization.blast_radius.accounts is {limits.accounts}"


def _too_much_of_an_ou(
    organization: Organization, reached: frozenset[AccountId], limits: BlastRadius
) -> Iterator[str]:
    if len(reached) <= limits.small:
        return
    for unit in organization.units:
        members = [a.id for a in organization.accounts if unit.path and _below(a.ou, unit.path)]
        inside = len(reached.intersection(members))
        if inside * 100 > limits.ou_share * len(members):
            yield (
                f"reaches {inside} of {len(members)} accounts of '{unit.path}', "
                f"organization.blast_radius.ou_share is {limits.ou_share} %"
            )


def _below(ou: OuPath, above: OuPath) -> bool:
    return ou == above or ou.startswith(f"{above}/")


def _grown(reached: int, before: int, limits: BlastRadius) -> Iterator[str]:
    most = limits.growth * max(before, limits.small)
    if limits.growth and reached > most:
        last = f"the last apply reached {before}" if before else "no earlier apply is known"
        yield (
            f"reaches {reached} accounts and {last}: more than {most}, "
            f"organization.blast_radius.growth is {limits.growth}"
        )

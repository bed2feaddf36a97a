"""Has anything changed since a plan last found nothing? Pure; every doubt is Terraform's.

And which drift a machine may put right: what is declared safe, where nothing else has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase

from orchestrator.model.drift import GONE, Baseline, Reading
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Action, Change, Rendering
from orchestrator.model.run import Kind, Outcome, StackResult
from orchestrator.model.settings import DriftRule, Suppression
from orchestrator.stages.jobs import Job

LOCK_FILE = ".terraform.lock.hcl"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MEANT: Mapping[str, Suppression] = {
    "kill-switch": Suppression(
        address="module.finding_router.aws_ssm_parameter.switch",
        attributes=["insecure_value", "value", "version"],
        owner="orchestrator",
        reason="An operator has switched automatic fixes off or on, which is what it is for.",
        expires=date.max,
    ),
    "members": Suppression(
        address="module.organization_access.aws_organizations_organization.this",
        attributes=["accounts", "non_master_accounts"],
        owner="orchestrator",
        reason="Accounts are made, moved and closed in AWS Organizations, and no apply changes "
        "that. Coverage names those that are in the organization and not in account_configs/.",
        expires=date.max,
    ),
}
SHOWN = 2
"""Addresses named in a reason; the plan names them all."""


@dataclass(frozen=True, slots=True)
class Care:
    """How exact a drift check has to be: each stack is planned at least every `max_age`."""

    max_age: timedelta = timedelta(days=7)
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why reading cannot say that a stack is in sync, and what kind of difference it may be."""

    why: str
    kinds: tuple[Kind, ...] = ()


def lock_of(rendering: Rendering) -> str:
    """A digest of the lock file; that of nothing when there is none."""
    text = dict(rendering.files).get(LOCK_FILE, "")
    return hashlib.sha256(text.encode()).hexdigest()


def before(
    baseline: Baseline | None, rendering: Rendering, care: Care, now: datetime
) -> Doubt | None:
    """What speaks for a plan already before anything is read."""
    if care.exact:
        return Doubt("asked for")
    if baseline is None or baseline.key != rendering.key:
        return Doubt("there is no baseline")
    if baseline.rendered != rendering.digest:
        return _another(baseline, rendering)
    if baseline.reading.outside:
        return Doubt(_asking(baseline.reading.outside))
    if due(baseline.key, baseline.exact_at, now, care.max_age):
        return Doubt("it is its turn")
    return None


def _another(baseline: Baseline, rendering: Rendering) -> Doubt:
    if baseline.lock != lock_of(rendering):
        return Doubt("the provider lock file is not the one applied last", (Kind.UPGRADE,))
    return Doubt("the configuration is not the one applied last", (Kind.NOT_APPLIED,))


def due(key: StackKey, exact_at: datetime, now: datetime, max_age: timedelta) -> bool:
    """Whether a stack's turn has come since it was planned last.

    Each stack has a turn of its own once in `max_age`, spread evenly over all stacks, so none gets
    older and no day has more to plan than another.
    """
    if max_age <= timedelta(0) or exact_at > now or now - exact_at >= max_age:
        return True
    share = int.from_bytes(hashlib.sha256(str(key).encode()).digest()[:4], "big") / 2**32
    offset = EPOCH + max_age * share
    return (now - offset) // max_age != (exact_at - offset) // max_age


def after(baseline: Baseline, reading: Reading) -> Doubt | None:
    """What a reading says against its baseline."""
    known = baseline.reading
    if reading.tools != known.tools:
        return Doubt("Terraform or the provider is another one", (Kind.UPGRADE,))
    if (reading.lineage, reading.serial) != (known.lineage, known.serial):
        return Doubt("the state has moved since it was found in sync")
    if reading.outside != known.outside:
        return Doubt(_asking(reading.outside or known.outside))
    changed = differing(known.resources, reading.resources)
    if changed:
        verb = "differs" if len(changed) == 1 else "differ"
        return Doubt(f"{names(changed)} {verb}", _kinds(changed, reading.resources))
    if reading.unsettled:
        return Doubt(unsettled(reading))
    return None


def origin(reading: Reading) -> tuple[object, ...]:
    """What has to be the same for two readings to be comparable."""
    return reading.lineage, reading.serial, reading.tools


def unsettled(reading: Reading) -> str:
    """Why a reading cannot become a baseline."""
    verb = "is" if len(reading.unsettled) == 1 else "are"
    return f"{names(reading.unsettled)} {verb} not as the state has it"


def differing(known: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    """The addresses that are not the same in both."""
    return tuple(sorted(name for name in {*known, *found} if known.get(name) != found.get(name)))


def _kinds(changed: tuple[str, ...], found: Mapping[str, str]) -> tuple[Kind, ...]:
    gone = {found.get(name) == GONE for name in changed}
    both = ((True, Kind.GONE), (False, Kind.CHANGED_OUTSIDE))
    return tuple(kind for is_gone, kind in both if is_gone in gone)


def kinds_of(drift: tuple[Change, ...]) -> tuple[Kind, ...]:
    """What a plan that only refreshes says has happened."""
    found = {_kind_of(change) for change in drift}
    return tuple(kind for kind in Kind if kind in found)


def _kind_of(change: Change) -> Kind:
    if change.action is Action.DELETE:
        return Kind.GONE
    return Kind.NORMALISED if normalised(change) else Kind.CHANGED_OUTSIDE


def normalised(change: Change) -> bool:
    """Whether the provider only writes nothing in another way."""
    return change.action is Action.UPDATE and change.written_otherwise


def suppressed(
    drift: tuple[Change, ...], rules: Mapping[str, Suppression], today: date
) -> Mapping[Change, str]:
    """The changes that do not count, and by which rule.

    Some changes are meant to be made outside of Terraform, and are said all the same.
    """
    return covered(drift, {**MEANT, **rules}, today)


def covered(
    drift: tuple[Change, ...], rules: Mapping[str, DriftRule], today: date
) -> Mapping[Change, str]:
    """The changes that a rule in force covers whole, and which does. It ends after its last day."""
    in_force = {name: rule for name, rule in rules.items() if rule.expires >= today}
    found: dict[Change, str] = {}
    for change in drift:
        for name, rule in in_force.items():
            if _covers(rule, change):
                found.setdefault(change, name)
    return found


def _covers(rule: DriftRule, change: Change) -> bool:
    """A resource that is gone has no attributes, so only a rule for all of them covers it."""
    if not _fits(change.address, rule.address):
        return False
    if change.action is not Action.UPDATE or not change.attributes:
        return "*" in rule.attributes
    return all(any(_fits(name, glob) for glob in rule.attributes) for name in change.attributes)


def _fits(name: str, glob: str) -> bool:
    """Addresses have brackets, which a glob takes for a set of characters."""
    return name == glob or fnmatchcase(name, glob)


def _asking(sources: tuple[str, ...]) -> str:
    return f"its data sources ask AWS: {names(sources)}"


def names(addresses: tuple[str, ...]) -> str:
    """The first of them, and how many more there are."""
    shown = ", ".join(addresses[:SHOWN])
    more = len(addresses) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


MORE_THAN_DRIFT = frozenset({Kind.NOT_APPLIED, Kind.UPGRADE})
"""Where the next apply would do more than put things back."""


def reconciled(
    jobs: Sequence[Job], results: Iterable[StackResult], today: date
) -> tuple[tuple[Job, ...], tuple[str, ...]]:
    """The stacks to put right, each held to what has drifted, and why the other ones are not."""
    known = {job.key: job for job in jobs}
    ready, left = [], []
    for result in results:
        if result.outcome is not Outcome.DRIFTED:
            continue
        job = known[result.key]
        why = left_alone(job, result, today)
        if why:
            left.append(f"{result.key}: {why}")
        else:
            ready.append(replace(job, only=_addresses(result)))
    return tuple(ready), tuple(left)


def left_alone(job: Job, result: StackResult, today: date) -> str:
    """Why this drift is for a person; '' when a machine may put it right."""
    checked, drift = result.checked, result.plan.drift if result.plan else ()
    safe = covered(drift, job.account.settings.drift.reconcile, today)
    unsafe = tuple(change.address for change in drift if change not in safe)
    if not drift or checked is None:
        return "what has drifted is not known"
    if unsafe:
        return f"not declared safe: {names(unsafe)}"
    if checked.flapping:
        return f"put right before, and back again: {names(checked.flapping)}"
    if MORE_THAN_DRIFT.intersection(checked.kinds):
        return "there is a configuration that is not applied yet"
    return ""


def _addresses(result: StackResult) -> frozenset[str]:
    return frozenset(change.address for change in result.plan.drift) if result.plan else frozenset()

"""What is known of each account, turned into a row that says what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from orchestrator.model.coverage import Area, Coverage, Gap, Row, Seen
from orchestrator.model.inventory import Member, Standing
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import Answer, Outcome, Probe

WORDS: Mapping[Area, tuple[str, ...]] = {
    Area.ROLES: ("role can be assumed",),
    Area.LOG_DELIVERY: (
        "AWS Config delivers",
        "trail logs",
        "log groups are forwarded",
        "is delivered",
        "are delivered",
        "are searched",
        "Security Lake collects",
        "is versioned",
        "is encrypted",
        "is closed to the public",
    ),
    Area.CONFIG: ("AWS Config records",),
    Area.SECURITY_HUB: ("Security Hub", ": standards", ": disabled controls"),
}
EVERYTHING_ELSE = "all other questions"
"""The one that stands for those that nobody could ask any more."""
WORST_FIRST = (
    Answer.DENIED,
    Answer.DIFFERENT,
    Answer.NOT_EVERYWHERE,
    Answer.UNCONFIRMED,
    Answer.ON_ITS_WAY,
    Answer.AS_DECLARED,
)


def area_of(what: str) -> Area:
    """Everything else an account's stack makes is its baseline."""
    found = (area for area, words in WORDS.items() if any(word in what for word in words))
    return next(found, Area.BASELINE)


def answers(probes: Iterable[Probe]) -> Mapping[Area, Answer]:
    """The worst answer of each area that was asked about."""
    found: dict[Area, set[Answer]] = {}
    for probe in probes:
        areas = Area if probe.what == EVERYTHING_ELSE else (area_of(probe.what),)
        for area in areas:
            found.setdefault(area, set()).add(probe.answer)
    return {
        area: next(answer for answer in WORST_FIRST if answer in found[area])
        for area in Area
        if area in found
    }


CLOSING = (Standing.SUSPENDED, Standing.PENDING_CLOSURE)
CAME_THROUGH = (Outcome.APPLIED, Outcome.UNCHANGED, Outcome.PARTLY)


@dataclass(frozen=True, slots=True)
class Known:
    """All that was found out. Of the account's own stack alone: every account has one.

    `applies` and `drifts` are the runs' results by account, the oldest first. `probes` is None
    when AWS was not asked.
    """

    members: tuple[Member, ...]
    states: frozenset[AccountId]
    applies: Mapping[AccountId, tuple[Seen, ...]] = field(default_factory=dict)
    drifts: Mapping[AccountId, tuple[Seen, ...]] = field(default_factory=dict)
    probes: Mapping[AccountId, tuple[Probe, ...]] | None = None
    unwatched: Mapping[AccountId, tuple[str, ...]] = field(default_factory=dict)


def draw(organization: Organization, known: Known, at: datetime, max_age: timedelta) -> Coverage:
    """The coverage at `at`. A drift check older than `max_age` counts as none."""
    configured = {account.id: account for account in organization.accounts}
    members = {member.id: member for member in known.members}
    open_ = {id_ for id_, each in members.items() if each.standing not in CLOSING}
    units = {unit.id: str(unit.path) for unit in organization.units}
    rows = (
        _row(configured.get(id_), members.get(id_), id_, units, known, at, max_age)
        for id_ in sorted(configured.keys() | open_)
    )
    return Coverage(at, tuple(rows), known.probes is not None)


def _row(
    account: Account | None,
    member: Member | None,
    id_: AccountId,
    units: Mapping[str, str],
    known: Known,
    at: datetime,
    max_age: timedelta,
) -> Row:
    held = account.set_aside(at.date()) if account else None
    parent = units.get(member.parent, member.parent) if member else ""
    applies, drifts = known.applies.get(id_, ()), known.drifts.get(id_, ())
    row = Row(
        id_,
        account.name if account else member.name if member else id_,
        account.ou if account else parent,
        account.settings.team if account else "",
        has_state=id_ in known.states,
        applied=next((s.at for s in reversed(applies) if s.outcome in CAME_THROUGH), None),
        tried=applies[-1] if applies else None,
        checked=drifts[-1] if drifts else None,
        probes=(known.probes or {}).get(id_, ()),
        answers=answers((known.probes or {}).get(id_, ())),
        quarantine=held,
        unwatched=known.unwatched.get(id_, ()),
    )
    overdue = (Gap.OVERDUE,) if account and account.quarantine and not held else ()
    of_runs = _of_runs(account, row, known, at - max_age)
    gaps = (*_of_place(account, member, parent), *overdue, *of_runs)
    return replace(row, gaps=tuple(gap for gap in Gap if gap in gaps))


def _of_place(account: Account | None, member: Member | None, parent: str) -> Iterator[Gap]:
    if account is None:
        yield Gap.NOT_CONFIGURED
    elif member is None:
        yield Gap.NOT_IN_AWS
    elif member.standing is not Standing.ACTIVE:
        yield Gap.CLOSED
    elif parent != account.ou:
        yield Gap.IN_ANOTHER_OU


def _of_runs(account: Account | None, row: Row, known: Known, since: datetime) -> Iterator[Gap]:
    if account is None:
        return
    if not row.has_state:
        yield Gap.NEVER_APPLIED
        return
    if row.tried and row.tried.outcome not in CAME_THROUGH:
        yield Gap.FAILED
    yield from _of_drift(row.checked, row.applied, since)
    if known.probes is not None:
        yield from _of_probes(row.probes)


def _of_drift(checked: Seen | None, applied: datetime | None, since: datetime) -> Iterator[Gap]:
    """An apply that came through has looked as well: its second plan was empty."""
    if checked and checked.outcome is Outcome.DRIFTED and not (applied and applied > checked.at):
        yield Gap.DRIFTED
    looked = [checked.at] if checked and checked.outcome is Outcome.IN_SYNC else []
    looked += [applied] if applied else []
    drifted = checked and checked.outcome is Outcome.DRIFTED and checked.at >= since
    if not drifted and max(looked, default=since - timedelta.resolution) < since:
        yield Gap.UNCHECKED


def _of_probes(probes: tuple[Probe, ...]) -> Iterator[Gap]:
    answers = {probe.answer for probe in probes}
    if Answer.DENIED in answers or not answers:
        yield Gap.DENIED
    if answers & {Answer.DIFFERENT, Answer.NOT_EVERYWHERE}:
        yield Gap.DIFFERENT


__all__ = ["Known", "draw"]

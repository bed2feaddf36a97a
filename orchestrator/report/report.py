"""The whole report, from what is known; earlier runs tell of rollouts and of drift since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from orchestrator.controls.decisions import Due, due
from orchestrator.findings.finding import Severity
from orchestrator.findings.records import Record
from orchestrator.model.coverage import Coverage
from orchestrator.model.exposures import RemediationTarget, ordered
from orchestrator.model.history import GroupHistory, History, Point, Score, monthly
from orchestrator.model.names import AccountId, ControlId, StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.run import Kind, Outcome
from orchestrator.model.settings import DecisionKind
from orchestrator.report import remediations, scores
from orchestrator.report.remediations import End, Times
from orchestrator.report.scores import Control, Standings, Status

ROLLOUT_COMMANDS = frozenset({"apply", "vend", "resume"})
SETTLED = frozenset({Outcome.APPLIED, Outcome.UNCHANGED, Outcome.IN_SYNC})


@dataclass(frozen=True, slots=True)
class Rollout:
    """One run that applied. `halted` says why it stopped; '' if it did not."""

    run: str
    started: datetime
    outcomes: Mapping[Outcome, int]
    waves: tuple[GroupHistory, ...]
    halted: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """A stack that was not as declared when it was last looked at."""

    key: StackKey
    since: datetime
    """The first look of those that have found it so without a break."""
    seen: datetime
    kinds: tuple[Kind, ...] = ()


def latest_rollouts(histories: Iterable[History], most: int) -> tuple[Rollout, ...]:
    """The newest first."""
    found = [
        Rollout(
            each.inputs.run,
            each.started,
            Counter(each.outcomes.values()),
            each.groups,
            each.halted,
        )
        for each in histories
        if each.inputs.command in ROLLOUT_COMMANDS
    ]
    return tuple(sorted(found, key=lambda each: each.started, reverse=True)[:most])


def open_drifts(histories: Iterable[History]) -> tuple[Drift, ...]:
    """Those that have lasted longest first."""
    open_: dict[StackKey, Drift] = {}
    for history in sorted(histories, key=lambda each: each.started):
        for key, stack in history.stacks.items():
            if stack.outcome is Outcome.DRIFTED:
                since = open_[key].since if key in open_ else history.started
                open_[key] = Drift(key, since, history.started, stack.kinds)
            elif stack.outcome in SETTLED:
                open_.pop(key, None)
    return tuple(sorted(open_.values(), key=lambda each: (each.since, each.key)))


def accounts_of(drifts: Iterable[Drift]) -> frozenset[AccountId]:
    return frozenset(drift.key.account_id for drift in drifts)


MONTHS = 24
ROLLOUTS = 10
SOON = timedelta(days=60)
NOISY = 10
CLOSING = 10


@dataclass(frozen=True, slots=True)
class Sources:
    """All that a report is made of. `lacking` says what could not be read, and why."""

    organization: Organization
    standings: Standings
    at: datetime
    coverage: Coverage | None = None
    records: tuple[Record, ...] = ()
    histories: tuple[History, ...] = ()
    earlier: tuple[Point, ...] = ()
    lacking: tuple[str, ...] = ()
    targets: tuple[RemediationTarget, ...] = ()
    """What closes exposures; none where the unified hub is off."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the report's table has it. `covered` is None where that is not known."""

    id: AccountId
    name: str
    ou: str
    team: str
    score: Score
    open: Mapping[Severity, int]
    covered: bool | None
    drifting: bool
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A control as the report's table has it. `decision` is None where nothing is decided."""

    control: Control
    decision: DecisionKind | None
    failed: int
    passed: int
    open: int
    """Findings."""


@dataclass(frozen=True, slots=True)
class Report:
    """`noisy` are the controls worth deciding next, those with the most findings first."""

    sources: Sources
    point: Point
    points: tuple[Point, ...]
    accounts: tuple[AccountRow, ...]
    controls: tuple[ControlRow, ...]
    rules: tuple[remediations.Rules, ...]
    fixes: Mapping[str, Mapping[End, int]]
    times: Times
    times_by_severity: tuple[tuple[str, Times], ...]
    times_by_team: tuple[tuple[str, Times], ...]
    drifts: tuple[Drift, ...]
    rollouts: tuple[Rollout, ...]
    due: tuple[Due, ...]
    noisy: tuple[ControlRow, ...] = field(default=())
    closing: tuple[RemediationTarget, ...] = field(default=())
    """The changes to resources after which most exposures are closed."""


def build(sources: Sources) -> Report:
    organization, today = sources.organization, sources.at.date()
    drifts = open_drifts(sources.histories)
    controls = tuple(_controls(sources))
    point = _point(sources, drifts)
    return Report(
        sources=sources,
        point=point,
        points=monthly((*sources.earlier, point), MONTHS),
        accounts=tuple(_accounts(sources, accounts_of(drifts))),
        controls=controls,
        rules=remediations.over_time(organization, today, MONTHS),
        fixes=remediations.by_month(sources.records),
        times=remediations.times(sources.records),
        times_by_severity=remediations.times_by_severity(sources.records),
        times_by_team=remediations.times_by(sources.records, lambda record: record.team),
        drifts=drifts,
        rollouts=latest_rollouts(sources.histories, ROLLOUTS),
        due=due(organization, today + SOON),
        noisy=_noisy(controls),
        closing=tuple(each for each in ordered(sources.targets) if each.closes)[:CLOSING],
    )


def _accounts(sources: Sources, drifting: frozenset[AccountId]) -> Iterator[AccountRow]:
    standings = sources.standings
    rows = {row.id: row for row in sources.coverage.rows} if sources.coverage else {}
    open_: dict[AccountId, Counter[Severity]] = {}
    for each in standings.open:
        open_.setdefault(each.account, Counter())[each.severity] += 1
    for account in sources.organization.accounts:
        row = rows.get(account.id)
        yield AccountRow(
            account.id,
            account.name,
            str(account.ou),
            account.settings.team,
            scores.score(standings.statuses.get(account.id, {}).values()),
            open_.get(account.id, {}),
            row.covered if row else None,
            account.id in drifting,
            tuple(map(str, row.gaps)) if row else (),
        )


def _controls(sources: Sources) -> Iterator[ControlRow]:
    standings = sources.standings
    decided = remediations.standing_rules(sources.organization)
    open_ = Counter(each.control for each in standings.open)
    seen: dict[ControlId, Counter[Status]] = {}
    for statuses in standings.statuses.values():
        for id_, status in statuses.items():
            seen.setdefault(id_, Counter())[status] += 1
    for id_, control in standings.controls.items():
        decision = decided[id_].decision if id_ in decided else None
        counts = seen.get(id_, Counter())
        yield ControlRow(
            control, decision, counts[Status.FAILED], counts[Status.PASSED], open_[id_]
        )


def _noisy(controls: tuple[ControlRow, ...]) -> tuple[ControlRow, ...]:
    """Neither remediated nor switched off; the severest of those with as many findings first."""
    loud = [row for row in controls if row.open and row.decision in (None, DecisionKind.DETECT)]
    loud.sort(key=lambda row: (-row.open, -row.control.severity, row.control.id))
    return tuple(loud[:NOISY])


def _point(sources: Sources, drifts: tuple[Drift, ...]) -> Point:
    organization, standings = sources.organization, sources.standings
    accounts = organization.accounts
    return Point(
        sources.at,
        scores.together(standings.statuses.get(account.id, {}) for account in accounts),
        scores.by(lambda account: account.settings.team, accounts, standings),
        scores.by(lambda account: str(account.ou), accounts, standings),
        scores.by(lambda account: account.id, accounts, standings),
        dict(_numbers(sources, drifts)),
    )


def _numbers(sources: Sources, drifts: tuple[Drift, ...]) -> Iterator[tuple[str, int]]:
    for severity, count in sources.standings.by_severity().items():
        yield f"open.{severity.name.lower()}", count
    standing = remediations.standing_rules(sources.organization)
    kinds = Counter(rule.decision for rule in standing.values())
    for kind in DecisionKind:
        yield f"rules.{kind}", kinds[kind]
    yield "exceptions", _exceptions(sources.organization, sources.at.date())
    yield "drifting", len(drifts)
    if sources.coverage:
        yield "covered", sum(row.covered for row in sources.coverage.rows)
        yield "accounts", len(sources.coverage.rows)


def _exceptions(organization: Organization, today: date) -> int:
    return sum(each.expires >= today for each in organization.exceptions.values())

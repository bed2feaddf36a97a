"""What it would mean to decide that a control is remediated: every finding, and what a fix does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from orchestrator.controls.catalogue import counted, why_by_hand
from orchestrator.findings.by_hand import MAY, Rehearsal
from orchestrator.findings.decision import Decision, Remediations, decide
from orchestrator.findings.events import Parsed
from orchestrator.findings.evidence.answer import Evidence, Recommendation, recommend
from orchestrator.findings.finding import Finding, Malformed
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.records import Outcome
from orchestrator.findings.remediation import Remediation
from orchestrator.model.exposures import RemediationTarget, ordered

REVIEW = timedelta(days=365)
AGES = (
    (timedelta(days=7), "under a week"),
    (timedelta(days=30), "under a month"),
    (timedelta(days=90), "under a quarter"),
)
OLDER = "older"
UNSEEN = "not looked at: "
NOT_DECIDED = f"{UNSEEN}no role may fix it until that is decided and applied"
NOT_DEPLOYED = f"{UNSEEN}remediation is not enabled"
ENOUGH = f"{UNSEEN}there were enough"
"""Why a finding has no dry run."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a dry run has shown. `tags`: None if they are unreadable, or were not asked for."""

    rehearsal: Rehearsal
    tags: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, whose it is, and what fixing it would do."""

    finding: Finding
    account: str
    ou: str
    team: str
    age: str
    decision: Decision
    would: str
    fixable: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    created_by: str = ""
    """Who made the resource fail; '' where the logs were not read."""
    closes: str = ""
    """What a change to the resource would do to exposures, in AWS's words; '' if nothing."""
    evidence: Evidence | None = None
    """Who uses it; None where the logs were not asked."""
    recommendation: Recommendation | None = None

    @property
    def looked_at(self) -> bool:
        """Whether it is known what a fix would do; of the others nothing is counted."""
        return not self.would.startswith(UNSEEN)

    @property
    def public(self) -> str:
        """The tag that says that it is public on purpose; '' if none does."""
        said = (f"{key}={value}" for key, value in self.tags.items())
        return next((each for each in said if "public" in each.lower()), "")


@dataclass(frozen=True, slots=True)
class Impact:
    """The findings of a control, and a decision to paste. `unread` could not be understood."""

    control: str
    at: datetime
    remediation: Remediation | None
    rows: tuple[Row, ...]
    unread: tuple[str, ...]
    decided: tuple[str, ...]
    """Where something is decided about it already."""
    block: Mapping[str, Mapping[str, Mapping[str, str | date]]]
    file: str
    """Where the block belongs."""

    def by(self, what: Callable[[Row], str]) -> tuple[tuple[str, int], ...]:
        """How many findings, by something of theirs, the most first."""
        counted = Counter(map(what, self.rows))
        return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


DryRun = Callable[[Finding], Seen | str]
"""What a dry run has shown, or why there is none."""
Usage = Callable[[Finding], Evidence]
"""Who uses what a finding is about, as logs show it."""


def survey(
    control: str,
    found: Iterable[Parsed],
    matrix: Matrix,
    remediations: Remediations,
    now: datetime,
    dry_run: DryRun | None,
    most: int,
    usage: Usage | None = None,
) -> Impact:
    """At most `most` findings are looked at; `dry_run` is None where nothing can look, and `usage`
    where nothing asks the logs.
    """
    parsed = tuple(found)
    findings = [each for each in parsed if isinstance(each, Finding)]
    remediation = remediations.get(control.lower())
    rows: list[Row] = []
    left = most
    for finding in sorted(findings, key=lambda each: (each.account, each.region, each.resource)):
        row = _row(finding, matrix, remediations, now)
        if row.decision.kind in MAY or row.decision.needs_tags:
            row = _tried(row, dry_run, left)
            left -= 1
        if usage and len(rows) < most:
            evidence = usage(finding)
            row = replace(row, evidence=evidence, recommendation=recommend(evidence, now))
        rows.append(row)
    return Impact(
        control=control,
        at=now,
        remediation=remediation,
        rows=tuple(rows),
        unread=tuple(each.reason for each in parsed if isinstance(each, Malformed)),
        decided=_decided(control, matrix),
        block=_block(control, rows, remediation, matrix, now),
        file=f"account_configs/controls/{control.partition('.')[0].lower()}.yaml",
    )


def _row(finding: Finding, matrix: Matrix, remediations: Remediations, now: datetime) -> Row:
    account = matrix.accounts.get(finding.account)
    return Row(
        finding,
        account.name if account else finding.account,
        account.ou if account else "",
        account.team if account else "",
        _age(now - finding.created),
        decision := decide(finding, matrix, now, None, remediations),
        decision.reason if decision.exception else NOT_DECIDED,
    )


def _tried(row: Row, dry_run: DryRun | None, left: int) -> Row:
    if dry_run is None or left <= 0:
        return replace(row, would=ENOUGH if dry_run else NOT_DEPLOYED)
    seen = dry_run(row.finding)
    if isinstance(seen, str):
        return replace(row, would=f"{UNSEEN}{seen}")
    rehearsal, tags = seen.rehearsal, seen.tags or {}
    row = replace(row, decision=rehearsal.decision, tags=tags)
    if rehearsal.evaluation is None:
        return replace(row, would=rehearsal.decision.reason)
    outcome, note = rehearsal.evaluation.outcome, rehearsal.evaluation.note
    if outcome is None:
        return replace(row, would=f"would be fixed{': ' if note else ''}{note}", fixable=True)
    if outcome is Outcome.DENIED:
        return replace(row, would=f"{UNSEEN}{note}")
    return replace(row, would=f"{outcome}: {note}")


def _age(age: timedelta) -> str:
    return next((words for limit, words in AGES if age < limit), OLDER)


def _decided(control: str, matrix: Matrix) -> tuple[str, ...]:
    def said() -> Iterator[str]:
        for account in matrix.accounts.values():
            if decision := account.decisions.get(control.lower()):
                yield f"{decision.decision}, {decision.source}"

    return tuple(sorted(set(said())))


def _block(
    control: str,
    rows: list[Row],
    remediation: Remediation | None,
    matrix: Matrix,
    now: datetime,
) -> Mapping[str, Mapping[str, Mapping[str, str | date]]]:
    """To detect where nothing could be fixed without a person."""
    automatic = remediation is not None and not why_by_hand(remediation)
    accounts = len({row.finding.account for row in rows})
    today = now.date()
    reason = (
        f"On {today} {counted(len(rows), 'resource')} in {counted(accounts, 'account')} failed it."
    )
    return {
        "controls": {
            control: {
                "decision": "remediate" if automatic else "detect",
                "reason": reason,
                "decided_by": matrix.fallback_team,
                "decided_on": today,
                "review_by": today + REVIEW,
            }
        }
    }


def put_first(impact: Impact, targets: Iterable[RemediationTarget]) -> Impact:
    """The findings of resources whose change would close exposures first, saying so.

    AWS names a resource and a trait, and no control: what it says is of the resource.
    """
    best: dict[str, RemediationTarget] = {}
    for target in ordered(targets):
        if target.closes:
            best.setdefault(target.resource, target)

    def rank(row: Row) -> tuple[int, int]:
        found = best.get(row.finding.resource)
        return (-found.resolves, -found.reduces) if found else (0, 0)

    rows = [_closing(row, best.get(row.finding.resource)) for row in sorted(impact.rows, key=rank)]
    return replace(impact, rows=tuple(rows))


def _closing(row: Row, target: RemediationTarget | None) -> Row:
    return replace(row, closes=f"{target.action}: {target.closes}") if target else row

"""The decisions that are written down: where each holds, what it does, whether it can be kept.

Some decisions to remediate will not do what they say. They are found before any finding comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from orchestrator.controls.catalogue import natural, why_by_hand
from orchestrator.findings.decision import Decision, Kind, Remediations, Tags, decide, explain
from orchestrator.findings.event_reader import ANY
from orchestrator.findings.evidence.athena import TABLES
from orchestrator.findings.evidence.question import TITLES, question_of
from orchestrator.findings.finding import Finding, supposed
from orchestrator.findings.matrix import Matrix, MatrixDecision
from orchestrator.findings.remediation import Remediation, Risk, Unfit, settle
from orchestrator.model.names import ControlId
from orchestrator.model.organization import Account, Organization, Place
from orchestrator.model.retired import retired
from orchestrator.model.settings import ControlDecision, TagDecision


@dataclass(frozen=True, slots=True)
class Doubt:
    """One decision, and why nothing will be fixed by itself; the accounts it holds in, by name."""

    control: str
    source: str
    why: str
    accounts: tuple[str, ...]


def find_doubts(matrix: Matrix, remediations: Remediations) -> tuple[Doubt, ...]:
    """Every such decision once, in the order of controls."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for account in matrix.accounts.values():
        for decision in account.decisions.values():
            for why in (*_doubts(decision, remediations), *_unasked(decision, matrix)):
                found.setdefault((decision.control, decision.source, why), []).append(account.name)
    return tuple(Doubt(*key, tuple(sorted(names))) for key, names in sorted(found.items()))


def _doubts(decision: MatrixDecision, remediations: Remediations) -> Iterator[str]:
    kinds = {decision.decision, *(rule.decision for rule in decision.by_tag)}
    if "remediate" not in kinds or decision.runbook:
        return
    remediation = remediations.get(decision.control.lower())
    if remediation is None:
        yield "there is no remediation for it"
        return
    if remediation.by_hand or remediation.risk is Risk.DESTRUCTIVE:
        yield f"fixed by hand only: {remediation.by_hand or 'it cannot be taken back'}"
    try:
        settle(remediation, decision.parameters)
    except Unfit as unfit:
        yield str(unfit)


def _unasked(decision: MatrixDecision, matrix: Matrix) -> Iterator[str]:
    """Why logs will not show the disuse that a fix waits for."""
    if not decision.unused_for:
        return
    if not matrix.rules.workgroup:
        yield "it waits for what logs show, and none is asked: set organization.logs.lake.workgroup"
    question = question_of(decision.control)
    if question and not TABLES.keys() & set(question.logs):
        named = " or ".join(TITLES[log] for log in question.logs)
        yield f"it waits for what logs show, and Athena has no table of {named}"


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision, and the accounts it holds in, by name. `doubts` say why it is not kept."""

    control: ControlId
    decision: ControlDecision
    place: Place | None
    accounts: tuple[str, ...]
    remediation: Remediation | None = None
    doubts: tuple[str, ...] = ()

    @property
    def automatic(self) -> bool:
        """Whether what fails can be fixed without a person."""
        if self.decision.runbook:
            return True
        return self.remediation is not None and not why_by_hand(self.remediation)


def decided(
    organization: Organization,
    accounts: Iterable[Account],
    remediations: Remediations,
    doubts: Iterable[Doubt],
) -> tuple[Decided, ...]:
    """What holds in `accounts`, in the order of controls. `doubts` name places with lines."""
    why: dict[tuple[str, str], list[str]] = {}
    for doubt in doubts:
        why.setdefault((doubt.control.lower(), doubt.source), []).append(doubt.why)
    holding: dict[tuple[ControlId, Place | None], list[Account]] = {}
    for account in accounts:
        places = organization.decided_at.get(account.id, {})
        for control in account.decisions:
            holding.setdefault((control, places.get(control)), []).append(account)
    rows = (
        Decided(
            control,
            where[0].decisions[control],
            place,
            tuple(account.name for account in where),
            remediations.get(control.lower()),
            tuple(why.get((control.lower(), _source(control, place)), ())),
        )
        for (control, place), where in holding.items()
    )
    return tuple(sorted(rows, key=lambda row: (natural(row.control), str(row.place))))


def _source(control: ControlId, place: Place | None) -> str:
    return f"{place} {control}" if place else control


@dataclass(frozen=True, slots=True)
class Due:
    """A date by which a decision or an exception has to be reviewed."""

    on: date
    control: str
    what: str
    """The kind of it, and its name where it has one."""
    who: str
    reason: str
    place: str

    def overdue(self, today: date) -> bool:
        return self.on < today


def due(organization: Organization, until: date) -> tuple[Due, ...]:
    """Reviews and exceptions that run out until a day, the earliest first, each once."""
    found = {*_reviews(organization), *_ends(organization)}
    return tuple(sorted((e for e in found if e.on <= until), key=lambda e: (e.on, e.place)))


def _reviews(organization: Organization) -> Iterable[Due]:
    for account in organization.accounts:
        places = organization.decided_at.get(account.id, {})
        for control, decision in account.decisions.items():
            place = str(places.get(control) or control)
            yield _review(control, "decision", decision, place)
            for name, rule in decision.by_tag.items():
                yield _review(control, f"decision by tag '{name}'", rule, place)


def _review(control: str, what: str, taken: ControlDecision | TagDecision, place: str) -> Due:
    return Due(taken.review_by, control, what, taken.decided_by, taken.reason, place)


def _ends(organization: Organization) -> Iterable[Due]:
    for name, exemption in organization.exceptions.items():
        place = str(organization.excepted_at.get(name) or name)
        what = f"exception '{name}' ({exemption.ticket})"
        yield Due(
            exemption.expires, exemption.control, what, exemption.owner, exemption.reason, place
        )


FIXES = frozenset({Kind.PROPOSE, Kind.REMEDIATE})


@dataclass(frozen=True, slots=True)
class Question:
    """A control, a place, and what is known of the resource. `tags`: None if nothing is."""

    control: str
    account: Account
    resource: str = ""
    region: str = ""
    tags: Tags | None = None


def explanation(
    question: Question, matrix: Matrix, remediations: Remediations, now: datetime
) -> str:
    """In a few lines: what, why, where that is written, and what could change it."""
    account, control = question.account, question.control
    region = question.region or next(iter(account.regions), matrix.home_region)
    finding = supposed(control, account.id, region, question.resource or ANY, now)
    decision = decide(finding, matrix, now, question.tags, remediations)
    lines = [explain(finding, decision).replace(f" on {ANY} ", " on a resource ", 1)]
    if given_up := retired(control):
        lines.append(f"  no such finding comes: {given_up}; {given_up.instead}")
    remediation = remediations.get(control.lower())
    lines += _fix(remediation, decision)
    lines += _by_tag(matrix, finding) if decision.needs_tags else ()
    lines += () if question.resource else _exceptions(matrix, finding)
    return "\n".join(lines)


def _fix(remediation: Remediation | None, decision: Decision) -> Iterator[str]:
    if decision.kind not in FIXES:
        return
    if decision.runbook:
        yield f"  runbook: {decision.runbook}; it cannot be taken back"
        return
    assert remediation is not None  # noqa: S101  it was ruled that there is one
    yield f"  fix: {remediation.effect}"
    yield f"  may break: {remediation.breaks}"
    if why := why_by_hand(remediation):
        yield f"  by hand only: {why}"
    yield f"  undo: {'yes' if remediation.undo else 'no'}"
    if not decision.force:
        yield "  not if code owns the resource: then its team is told what to change"


def _by_tag(matrix: Matrix, finding: Finding) -> Iterator[str]:
    for rule in matrix.accounts[finding.account].decisions[finding.control.lower()].by_tag:
        tags = ", ".join(f"{key}={value}" for key, value in rule.tags.items())
        yield f"  with {tags}: {rule.decision}, written in {rule.source}"


def _exceptions(matrix: Matrix, finding: Finding) -> Iterator[str]:
    """Those of this account that are for some of its resources only."""
    for each in matrix.exemptions.get(finding.control.lower(), ()):
        if finding.account in each.accounts or each.accounts == (ANY,):
            what = ", ".join(each.resources)
            yield f"  excepted until {each.expires}: {what}, written in {each.source}"

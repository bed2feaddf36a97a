"""What follows from a decision to fix: evaluate, see what stands in the way, fix, record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from orchestrator.findings.decision import Decision, Kind, Tags, decide
from orchestrator.findings.evidence.answer import line
from orchestrator.findings.finding import Finding
from orchestrator.findings.limits import Event
from orchestrator.findings.look import Evaluation, limit
from orchestrator.findings.parts import Parts, by_name, count, record_of, target_of
from orchestrator.findings.progress import Progress, State
from orchestrator.findings.records import Outcome, Record
from orchestrator.findings.remediation import Refused, Remediation
from orchestrator.findings.tags import owner

FUNCTION = "function"
"""The actor of a fix that no person asked for."""

QUIET = frozenset({Outcome.PASSES, Outcome.GONE})
"""Nothing happened, and nothing is left to be done."""
TRIED = frozenset(
    {Outcome.FIXED, Outcome.ON_ITS_WAY, Outcome.FAILING, Outcome.FAILED, Outcome.STARTED}
)
"""A fix was begun: it counts as an attempt."""
FAILURES = frozenset({Outcome.FAILING, Outcome.FAILED})
"""What a breaker counts. Denied is not among them: one account's role says nothing of others."""
UNSETTLED = frozenset({Outcome.FIXING, Outcome.ON_ITS_WAY})
"""Begun, and not ended yet."""
RULED = {Kind.PROPOSE: Outcome.PROPOSED, Kind.REFUSE: Outcome.REFUSED}
"""The outcome of a decision by which nothing is fixed; NOTIFIED if it is not here."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a finding. `record` is there if a fix was considered."""

    decision: Decision
    outcome: Outcome
    note: str = ""
    record: Record | None = None
    again: bool = False
    """Whether this is only what became of an earlier fix."""
    due: datetime | None = None
    """When it will be fixed, if it is only announced."""


def result(parts: Parts, finding: Finding, decision: Decision, state: State) -> Result:
    """Do what `decision` says, or as little as turns out to be right. Raises Retry."""
    remediation = parts.remediations.get(finding.control.lower())
    if concluded := conclude(parts, finding, state):
        return Result(decision, concluded.outcome, concluded.note, concluded, again=True)
    try:
        seen = by_name(parts, finding, state.record)
    except Refused as refused:
        return Result(replace(decision, kind=Kind.REFUSE, reason=str(refused)), Outcome.REFUSED)
    if seen != finding:
        decision = decide(seen, parts.matrix, parts.now(), None, parts.remediations)
    tags: Tags | None = None
    if remediation and (decision.needs_tags or decision.kind is Kind.REMEDIATE):
        target = target_of(seen, decision)
        tags = parts.engine.tags(target, remediation, state.record)
    if tags is not None:
        decision = decide(seen, parts.matrix, parts.now(), tags, parts.remediations)
    if decision.kind is Kind.REMEDIATE and (why := _given_up(parts, state)):
        decision = replace(decision, kind=Kind.PROPOSE, reason=why)
    if decision.kind is Kind.REMEDIATE and (due := _due(parts, decision, state)):
        return Result(_announced(decision, due, parts.now()), Outcome.PROPOSED, due=due)
    if decision.kind is not Kind.REMEDIATE:
        return Result(decision, RULED.get(decision.kind, Outcome.NOTIFIED))
    record = record_of(seen, decision, state.record, parts.now(), FUNCTION)
    record = replace(record, key=finding.key)
    if decision.runbook:
        return _run(parts, finding, decision, record, tags)
    assert remediation  # noqa: S101  or it would not be ruled to be fixed
    return _remediate(parts, finding, decision, remediation, record, tags)


def conclude(parts: Parts, finding: Finding, state: State) -> Record | None:
    """What became of a fix that was on its way; None if there is none. Raises Retry.

    So is one whose invocation died, if AWS has got it. What AWS is still at is looked at again,
    and nothing is fixed twice.
    """
    begun = parts.records.get(state.record) if state.record else None
    remediation = parts.remediations.get(finding.control.lower())
    if begun is None or remediation is None or begun.outcome not in UNSETTLED:
        return None
    now = parts.now()
    if begun.outcome is Outcome.ON_ITS_WAY:
        concluded: Record | None = parts.engine.conclude(begun, remediation, now)
    else:
        waits = begun.before and limit(remediation)
        concluded = parts.engine.resume(begun, remediation, now) if waits else None
    if concluded is None:
        return None
    if concluded.outcome is Outcome.ON_ITS_WAY:
        parts.rechecks.put(finding, concluded.id, now)
    counted(parts, finding, concluded.outcome)
    return concluded


REMINDER = timedelta(days=3)
"""Before a fix that was announced, its team is told again."""


def _due(parts: Parts, decision: Decision, state: State) -> datetime | None:
    """When it is fixed, if that is still to come: so long after its team was first told."""
    if not decision.after:
        return None
    due = (state.first or parts.now()) + timedelta(days=decision.after)
    return due if parts.now() < due else None


def _announced(decision: Decision, due: datetime, now: datetime) -> Decision:
    """The words change once, so that the team is told once more when little time is left."""
    left = f", in less than {REMINDER.days} days" if due - now <= REMINDER else ""
    why = f"it is fixed on {due:%Y-%m-%d}{left}, unless it is excepted: {decision.reason}"
    return replace(decision, kind=Kind.PROPOSE, reason=why)


def _in_use(parts: Parts, record: Record, decision: Decision) -> Record | None:
    """The record, if logs do not show that nobody uses it. What they cannot tell is not fixed."""
    if not decision.unused_for:
        return None
    found = parts.usage(record.target, decision.unused_for)
    if found.unused_for(decision.unused_for):
        return None
    return replace(record, outcome=Outcome.REFUSED, note=line(found))


def _given_up(parts: Parts, state: State) -> str:
    """Why the function no longer fixes this; '' if it does."""
    if state.status is Progress.UNDONE:
        return "the fix was taken back by a person"
    if state.attempts >= parts.matrix.rules.attempts:
        return f"it has been fixed {state.attempts} times, and fails again"
    return ""


def _remediate(
    parts: Parts,
    finding: Finding,
    decision: Decision,
    remediation: Remediation,
    record: Record,
    tags: Tags | None,
) -> Result:
    evaluation = parts.engine.evaluate(
        record.target,
        remediation,
        record.id,
        updated=finding.updated,
        tags=tags,
        owner_tags=parts.matrix.rules.owner_tags,
        force=decision.force,
    )
    if evaluation.outcome is not None:
        return _evaluated(parts, decision, record, evaluation, evaluation.outcome)
    if used := _in_use(parts, record, decision):
        return _kept(parts, decision, used)
    outcome, why = _hindered(parts, finding)
    if outcome:
        return _kept(parts, decision, replace(record, outcome=outcome, note=why))
    if limit(remediation):
        parts.rechecks.put(finding, record.id, parts.now())
    record = parts.engine.fix(record, remediation, evaluation)
    if limit(remediation) and record.outcome is not Outcome.ON_ITS_WAY:
        parts.rechecks.drop(record.id)
    counted(parts, finding, record.outcome)
    return Result(decision, record.outcome, record.note, record)


def _evaluated(
    parts: Parts, decision: Decision, record: Record, evaluation: Evaluation, outcome: Outcome
) -> Result:
    """There is nothing to fix, or an invocation fixed it and died before the team was told."""
    begun = parts.records.get(record.id)
    if outcome is Outcome.PASSES and begun and begun.outcome in {Outcome.FIXING, *TRIED}:
        return _kept(parts, decision, replace(begun, outcome=Outcome.FIXED))
    if outcome in QUIET:
        return Result(decision, outcome, evaluation.note)
    return _kept(parts, decision, replace(record, outcome=outcome, note=evaluation.note))


def _kept(parts: Parts, decision: Decision, record: Record) -> Result:
    parts.records.save(record)
    return Result(decision, record.outcome, record.note, record)


def _hindered(parts: Parts, finding: Finding) -> tuple[Outcome | None, str]:
    """What stands in the way of any fix now: the switch, the breaker, the budget."""
    now = parts.now()
    if why := parts.switch() or parts.breakers.peek(finding.control, now):
        return Outcome.STOPPED, why
    if why := parts.budget.take(finding.control, finding.account, now):
        parts.states.hold(finding, now)
        count(parts, finding, Event.HELD)
        return Outcome.HELD, why
    # Last, because an open breaker lets only one through: the budget must not waste it.
    why = parts.breakers.reason(finding.control, now)
    return (Outcome.STOPPED if why else None), why


def _owned(parts: Parts, decision: Decision, tags: Tags | None) -> tuple[Outcome | None, str]:
    """What only a look at the resource would show, for a runbook that does not look."""
    if decision.force:
        return None, ""
    if tags is None:
        return Outcome.REFUSED, "its tags cannot be read, so its owner is unknown"
    owned = owner(tags, parts.matrix.rules.owner_tags)
    return (Outcome.OWNED, f"it belongs to {owned}") if owned else (None, "")


def counted(parts: Parts, finding: Finding, outcome: Outcome) -> None:
    """Tell the control's breaker; what AWS is still at is neither a failure nor a success."""
    if outcome in FAILURES:
        count(parts, finding, Event.FAILURE)
    elif outcome is Outcome.FIXED:
        count(parts, finding, Event.FIXED)


def _run(
    parts: Parts, finding: Finding, decision: Decision, record: Record, tags: Tags | None
) -> Result:
    """A runbook instead of our remediation."""
    outcome, why = _owned(parts, decision, tags)
    if outcome is None and (used := _in_use(parts, record, decision)):
        return _kept(parts, decision, used)
    if outcome is None:
        outcome, why = _hindered(parts, finding)
    if outcome:
        return _kept(parts, decision, replace(record, outcome=outcome, note=why))
    parts.records.save(record)
    outcome, note = parts.runbooks.run(
        record.target, decision.runbook, decision.parameters, record.id
    )
    counted(parts, finding, outcome)
    return _kept(parts, decision, replace(record, outcome=outcome, note=note))

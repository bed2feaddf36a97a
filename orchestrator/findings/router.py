"""From a finding to everything that follows from it, once: decide, claim, act, note, notify.

What cannot be decided now raises Retry. The finding stays open, and its message comes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from orchestrator.findings import by_hand, remediate
from orchestrator.findings.decision import Decision, Kind, decide, over
from orchestrator.findings.errors import Retry
from orchestrator.findings.finding import Finding, Severity
from orchestrator.findings.messages.message import Message as DriftNotification
from orchestrator.findings.messages.message import about
from orchestrator.findings.parts import Parts
from orchestrator.findings.progress import (
    Claim,
    Message,
    Progress,
    State,
    awaits,
    released,
)
from orchestrator.findings.rechecks import Recheck
from orchestrator.findings.records import Outcome, Record, digest, new_id
from orchestrator.findings.remediate import QUIET, TRIED, UNSETTLED, Result
from orchestrator.findings.remediation import Remediation

AFTER = {
    Outcome.FIXED: Progress.FIXED,
    Outcome.STARTED: Progress.FIXED,
    Outcome.ON_ITS_WAY: Progress.ON_ITS_WAY,
    Outcome.FAILING: Progress.FAILING,
    Outcome.FAILED: Progress.FAILING,
    Outcome.DENIED: Progress.FAILING,
    Outcome.HELD: Progress.HELD,
    Outcome.PASSES: Progress.CLOSED,
    Outcome.GONE: Progress.CLOSED,
}
"""The state that an outcome leaves; NOTIFIED if it is not here."""

OPEN_ENDED = frozenset({*UNSETTLED, Outcome.FIXED, Outcome.FAILING})
"""What a record says while its team may not have heard the end."""
OVER = "over"
"""Nobody waits for it any more: it was taken back, or the end was told already."""
DUE = "due"
"""The key of what a team is told when a fix is announced."""
IN_VAIN = 5
"""So many findings that must go on waiting say that the budget is still used up."""


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of one finding, in a word that metrics count: an outcome, a claim, 'ignore'."""

    word: str
    problems: tuple[str, ...] = ()
    """Ways by which the team could not be told, and notes that were not taken."""


class Router:
    """Routes one finding at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def route(self, finding: Finding, message: Message) -> Routed:
        """Do what follows from `finding`, unless it has been done. Raises Retry."""
        parts, now = self._parts, self._parts.now()
        decision = decide(finding, parts.matrix, now, None, parts.remediations)
        if decision.kind is Kind.IGNORE:
            parts.tickets.over(finding, now)
            return self._over(finding, message) if over(finding) else Routed(decision.kind.value)
        claim, state = parts.states.claim(finding, message, now, new_id)
        if claim is Claim.BUSY:
            raise Retry("another invocation is at this finding")
        if state is None:
            return Routed(claim.value)
        try:
            return self._act(finding, decision, state)
        except Retry:
            undone = state.status is Progress.UNDONE
            status = Progress.UNDONE if undone else Progress.OPEN
            parts.states.finish(finding.key, state, status, parts.now())
            raise

    def _over(self, finding: Finding, message: Message) -> Routed:
        """Close its state; a fix that is on its way is looked at first. Raises Retry."""
        parts, now = self._parts, self._parts.now()
        state = parts.states.get(finding.key)
        if state and state.status is Progress.ON_ITS_WAY and not finding.ours:
            looked = self._look(Recheck(state.record, finding, now), message)
            if looked is None:
                raise Retry("another invocation is at this finding")
            if looked.word == Outcome.ON_ITS_WAY.value:
                return looked
        news = parts.states.close(finding, now)
        return Routed("closed" if news else Kind.IGNORE.value)

    def _look(self, waiting: Recheck, message: Message) -> Routed | None:
        """Look again at a fix that was on its way; None while another invocation is at it.

        Its team is told once it has settled, or has not in its time, and before it is forgotten.
        """
        parts, finding = self._parts, waiting.finding
        record = parts.records.get(waiting.record)
        remediation = parts.remediations.get(finding.control.lower())
        state = parts.states.get(finding.key)
        if record and remediation and _unfinished(record, state):
            return self._look_at_undo(waiting, record, remediation, message)
        heard = state is None or not awaits(state, waiting.record)
        if record is None or remediation is None or heard or record.outcome not in OPEN_ENDED:
            parts.rechecks.drop(waiting.record)
            return Routed(OVER)
        if state and not parts.states.resume(finding.key, record.id, message, parts.now()):
            return None
        try:
            if record.outcome in UNSETTLED:
                record = parts.engine.conclude(record, remediation, parts.now())
        except Retry:
            record = replace(record, outcome=Outcome.ON_ITS_WAY)
        problems: tuple[str, ...] = ()
        if record.outcome is Outcome.ON_ITS_WAY:
            parts.rechecks.again(waiting, parts.now())
        else:
            remediate.counted(parts, finding, record.outcome)
            concluded = _concluded(record)
            problems = tuple(self._notify(finding, concluded))
            notice = self._notification(finding, concluded)
            parts.tickets.note(finding, notice, record.outcome, parts.now())
        if state:
            died = state.status is Progress.OPEN
            state = replace(state, attempts=state.attempts + died, attempted=parts.now())
            parts.states.finish(finding.key, state, AFTER[record.outcome], parts.now())
        if record.outcome is not Outcome.ON_ITS_WAY:
            parts.rechecks.drop(record.id)
        return Routed(record.outcome.value, problems)

    def _look_at_undo(
        self, waiting: Recheck, record: Record, remediation: Remediation, message: Message
    ) -> Routed | None:
        """See what became of an undo that broke off; None while another invocation is at it."""
        parts, now = self._parts, self._parts.now()
        if not parts.states.hold_for_undo(record.key, record.id, message, now)[0]:
            return None
        last = True
        if record.outcome is Outcome.UNDOING:
            record, last = parts.undos.settle(record, remediation, now)
        if record.outcome is Outcome.UNDONE:
            by_hand.undone(parts, record)
            return Routed(record.outcome.value)
        partly = record.outcome is Outcome.UNDOING
        status = Progress.UNDONE if partly else AFTER[record.outcome]
        parts.states.change(record.key, lambda state: released(state, status), now)
        if not last:
            parts.rechecks.again(waiting, now)
            return Routed(record.outcome.value)
        finding = waiting.finding
        problems = tuple(self._notify(finding, _concluded(record))) if partly else ()
        parts.rechecks.drop(record.id)
        return Routed(record.outcome.value, problems)

    def _act(self, finding: Finding, decision: Decision, state: State) -> Routed:
        parts = self._parts
        result = remediate.result(parts, finding, decision, state)
        if result.decision.kind is Kind.IGNORE:
            parts.tickets.over(finding, parts.now())
            parts.states.finish(finding.key, state, Progress.NOTIFIED, parts.now())
            return Routed(Kind.IGNORE.value)
        if result.outcome in TRIED and not result.again:
            state = replace(state, attempts=state.attempts + 1, attempted=parts.now())
        notified = digest([result.outcome.value, result.decision.reason])
        problems: tuple[str, ...] = ()
        still = result.outcome is Outcome.ON_ITS_WAY
        worst = max(finding.severity, Severity[state.severity])
        before = (state.notified, state.severity)
        news = before != (notified, worst.name) and result.outcome not in QUIET
        if not still and (result.outcome in TRIED or news):
            problems = tuple(self._notify(finding, result))
        if result.due:
            state = self._waiting(finding, state, result.due)
        status = Progress.DUE if result.due else _status(state, result.outcome)
        notice = self._notification(finding, result)
        parts.tickets.note(finding, notice, result.outcome, parts.now())
        state = replace(state, notified=notified, severity=worst.name)
        parts.states.finish(finding.key, state, status, parts.now())
        return Routed(result.outcome.value, problems)

    def _waiting(self, finding: Finding, state: State, due: datetime) -> State:
        """The state of what is announced; looked at again for the reminder, and when it is due."""
        now = self._parts.now()
        remind = due - remediate.REMINDER
        self._parts.states.remind(finding, remind if now < remind else due)
        return replace(state, first=state.first or now)

    def _notify(self, finding: Finding, result: Result) -> Iterator[str]:
        """The team, and Security Hub; what went wrong with that."""
        parts, outcome = self._parts, result.outcome
        notice = self._notification(finding, result)
        always = outcome in TRIED or result.due is not None
        yield from parts.notifier.notify(notice, finding, parts.now(), always=always)
        if outcome is Outcome.HELD:
            return
        workflow = "RESOLVED" if outcome is Outcome.FIXED else "NOTIFIED"
        text = f"{outcome.value} {notice.record}: {result.note or result.decision.reason}"
        if problem := parts.hub.note(finding, workflow, text):
            yield f"Security Hub: {problem}"

    def _notification(self, finding: Finding, result: Result) -> DriftNotification:
        remediation = self._parts.remediations.get(finding.control.lower())
        fixes = remediation and result.decision.kind in {Kind.REMEDIATE, Kind.PROPOSE}
        record = result.record
        undo = bool(record and record.can_be_undone and remediation and remediation.undo)
        return about(
            finding,
            result.decision,
            self._parts.matrix,
            said=DUE if result.due else result.outcome.value,
            note=result.note,
            effect=remediation.effect if remediation and fixes else "",
            breaks=remediation.breaks if remediation and fixes else "",
            record=record.id if record else "",
            can_be_undone=undo,
        )

    def tick(self, message: Message, most: int = 100) -> tuple[Routed, ...]:
        """What time brings: digests, looks at slow fixes, what waited for a budget, and tickets."""
        parts = self._parts
        routed = [Routed("digests", tuple(parts.notifier.flush(parts.now())))]
        for waiting in parts.rechecks.due(parts.now(), most):
            if parts.now() >= message.until:
                break
            if looked := self._look(waiting, message):
                routed.append(looked)
        in_vain, waited = 0, replace(message, waited=True)
        for finding, version in parts.states.held(most):
            if in_vain >= IN_VAIN or parts.now() >= message.until:
                break
            try:
                done = self.route(finding, waited)
            except Retry:
                continue
            parts.states.drop(finding, version)
            in_vain += done.word == Outcome.HELD.value
            routed.append(done)
        routed += self._due(waited, most)
        if problems := tuple(parts.tickets.tick(parts.now, message.until)):
            routed.append(Routed("tickets", problems))
        return tuple(routed)

    def _due(self, message: Message, most: int) -> Iterator[Routed]:
        """Findings whose reminder, or whose fix, is due."""
        parts = self._parts
        for finding, item in parts.states.due(parts.now(), most):
            if parts.now() >= message.until:
                return
            try:
                done = self.route(finding, message)
            except Retry:
                continue
            parts.states.forget(item)
            yield done


def _unfinished(record: Record, state: State | None) -> bool:
    """Whether an undo of it broke off, or was not told yet."""
    if record.outcome is Outcome.UNDOING:
        return True
    held = state is not None and state.until is not None and state.record == record.id
    return held and record.outcome is Outcome.UNDONE


def _concluded(record: Record) -> Result:
    """What the team is told of a fix that is no longer on its way."""
    decision = Decision(Kind.REMEDIATE, record.reason, record.source, record.team)
    return Result(decision, record.outcome, record.note, record, again=True)


def _status(state: State, outcome: Outcome) -> Progress:
    """What a person has undone stays undone, also after the team was told something new."""
    if state.status is Progress.UNDONE and outcome not in TRIED | QUIET:
        return Progress.UNDONE
    return AFTER.get(outcome, Progress.NOTIFIED)

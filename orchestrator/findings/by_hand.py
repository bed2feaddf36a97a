"""What a person does: rehearse a fix, run it on an approved plan, undo it, or try again.

Budget, breaker and kill switch hold back what runs by itself, but not a person who approves one
plan for one resource. Decisions and exceptions hold for both. What is tried again goes back into
the queue, and takes the same way as every other finding: what was done meanwhile is not repeated.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from orchestrator.findings.decision import Decision, Kind, decide
from orchestrator.findings.errors import Retry
from orchestrator.findings.events import CUSTOM
from orchestrator.findings.finding import Category, Finding, Severity
from orchestrator.findings.limits import Event
from orchestrator.findings.look import Evaluation
from orchestrator.findings.messages.message import Message as Notice
from orchestrator.findings.messages.message import about
from orchestrator.findings.parts import Parts, by_name, count, record_of, target_of
from orchestrator.findings.progress import Claim, Message, Progress, State, released
from orchestrator.findings.records import Outcome, Record, new_id
from orchestrator.findings.remediation import Refused, Remediation
from orchestrator.findings.undo import Standing

MAY = frozenset({Kind.PROPOSE, Kind.REMEDIATE})
"""Decisions by which a person may fix."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would happen. `evaluation` is None if the decision alone says that nothing would."""

    decision: Decision
    remediation: Remediation | None = None
    evaluation: Evaluation | None = None
    resource: str = ""
    """The resource's ARN, where a look has shown it."""

    @property
    def plan(self) -> str:
        """The digest to approve; '' if there is nothing to approve."""
        return (
            self.evaluation.plan
            if self.evaluation and self.evaluation.outcome in {None, Outcome.OWNED}
            else ""
        )


def rehearse(parts: Parts, finding: Finding) -> Rehearsal:
    """Look, and change nothing. Raises Retry."""
    remediation = parts.remediations.get(finding.control.lower())
    decision = decide(finding, parts.matrix, parts.now(), None, parts.remediations)
    try:
        seen = by_name(parts, finding, finding.key[:10])
    except Refused as refused:
        return Rehearsal(replace(decision, kind=Kind.REFUSE, reason=str(refused)), remediation)
    if seen != finding:
        finding = seen
        decision = decide(finding, parts.matrix, parts.now(), None, parts.remediations)
    if remediation is None or (decision.kind not in MAY and not decision.needs_tags):
        return Rehearsal(decision, remediation)
    name = finding.key[:10]
    tags = parts.engine.tags(target_of(finding, decision), remediation, name)
    decision = decide(finding, parts.matrix, parts.now(), tags, parts.remediations)
    if decision.kind not in MAY or decision.runbook:
        return Rehearsal(decision, remediation)
    evaluation = parts.engine.evaluate(
        target_of(finding, decision),
        remediation,
        name,
        updated=finding.updated,
        tags=tags,
        owner_tags=parts.matrix.rules.owner_tags,
        force=decision.force,
    )
    return Rehearsal(decision, remediation, evaluation, finding.resource)


AT_WORK = timedelta(minutes=15)
"""So long a person's command may take; until then nothing else is done about the finding."""
BUSY = "another invocation is at this finding: try again in a few minutes"

AFTER = {Outcome.FIXED: Progress.FIXED, Outcome.ON_ITS_WAY: Progress.ON_ITS_WAY}


def apply(parts: Parts, finding: Finding, plan: str, by: str, *, force: bool = False) -> Record:
    """Fix what `plan` was approved for. `force`: also what code owns.

    Raises Refused if that is not what would be done now, and Retry.
    """
    rehearsal = rehearse(parts, finding)
    remediation, evaluation = rehearsal.remediation, rehearsal.evaluation
    if remediation is None or evaluation is None:
        raise Refused(rehearsal.decision.reason)
    if evaluation.outcome is not None and not (force and evaluation.outcome is Outcome.OWNED):
        raise Refused(evaluation.note or evaluation.outcome.value)
    if not plan or plan != evaluation.plan:
        raise Refused("the approved plan is not what would be done now: make a new one")
    now = parts.now()
    message = Message(f"{by} {uuid.uuid4()}", now + AT_WORK)
    claimed, state = parts.states.claim(_by(finding, by, now), message, now, new_id)
    if claimed is Claim.BUSY or state is None:
        raise Refused(BUSY)
    record = record_of(finding, rehearsal.decision, state.record, now, by)
    record = replace(record, resource=rehearsal.resource, key=finding.key)
    parts.rechecks.put(finding, record.id, now)
    try:
        record = parts.engine.fix(record, remediation, evaluation)
    except Retry:
        parts.states.finish(finding.key, state, Progress.OPEN, parts.now())
        raise
    status = AFTER.get(record.outcome, Progress.FAILING)
    parts.states.finish(finding.key, state, status, parts.now())
    if record.outcome is Outcome.FIXED:
        parts.hub.note(finding, "RESOLVED", f"fixed {record.id} by {by}")
    if record.outcome is not Outcome.ON_ITS_WAY:
        parts.rechecks.drop(record.id)
    return record


def _by(finding: Finding, by: str, now: datetime) -> Finding:
    """So that a second fix by hand, on the same day, has a record of its own."""
    return replace(finding, asked=f"{by} {now.isoformat()}")


def standing(parts: Parts, record: Record) -> Standing:
    """How the resource of a record is now, and what was kept of it. Changes nothing."""
    return parts.undos.standing(record, parts.remediations.get(record.control.lower()))


def undo(parts: Parts, id_: str, by: str, *, force: bool = False, why: str = "") -> Record:
    """Take a fix back; its resource is not fixed again until a person asks, or it has passed.

    Raises Refused, Retry, and ClientError.
    """
    record = parts.records.get(id_)
    if record is None:
        raise Refused(f"there is no record '{id_}'")
    remediation = parts.remediations.get(record.control.lower())
    if remediation is None:
        raise Refused(f"there is no remediation for {record.control} any more")
    now, finding = parts.now(), finding_of(record)
    parts.rechecks.put(finding, record.id, now)
    begun = parts.undos.begin(record, remediation, by, now, force=force, why=why)
    message = Message(f"undo {record.id}", now + AT_WORK)
    held, state = parts.states.hold_for_undo(record.key, record.id, message, now)
    if not held:
        parts.records.save(record)
        raise Refused(BUSY)
    begun, error = parts.undos.carry_out(begun, remediation)
    if error is None:
        return undone(parts, begun)
    if begun.outcome is Outcome.UNDOING:
        parts.states.change(record.key, _undone, parts.now())
        raise Refused(f"{begun.note}; the record says in a few minutes what became of it")
    parts.states.change(record.key, lambda _: state, parts.now())
    raise error


def undone(parts: Parts, record: Record) -> Record:
    """Tell all who are to know that a fix was taken back; its finding is held until they do."""
    now, by, finding = parts.now(), record.undone_by, finding_of(record)
    count(parts, finding, Event.UNDO)
    said = f"by {by}: {record.undone_why}" if record.undone_why else f"by {by}"
    parts.hub.note(finding, "NOTIFIED", f"undone {record.id} {said}")
    notice = _notification(parts, record, finding, said)
    tuple(parts.notifier.notify(notice, finding, now, always=True))
    parts.states.change(record.key, _undone, now)
    parts.rechecks.drop(record.id)
    return record


def _undone(state: State) -> State:
    return released(state, Progress.UNDONE)


def _notification(parts: Parts, record: Record, finding: Finding, note: str) -> Notice:
    decision = Decision(Kind.NOTIFY, record.reason, record.source, record.team)
    said = Outcome.UNDONE.value
    return about(finding, decision, parts.matrix, said=said, note=note, record=record.id)


def finding_of(record: Record) -> Finding:
    """The finding that a record is about, as far as the record knows it."""
    at = datetime.fromisoformat(record.at)
    return Finding(
        id=record.finding,
        product_arn=record.product_arn,
        product="Security Hub",
        account=record.account,
        region=record.region,
        partition=record.partition,
        control=record.control,
        title=record.title,
        description="",
        severity=Severity.named(record.severity),
        resource=record.resource,
        resource_type="",
        created=at,
        updated=at,
        v2=":productv2/" in record.product_arn,
        category=Category.CONTROL,
    )


AGAIN = frozenset({Outcome.DENIED, Outcome.FAILED, Outcome.HELD, Outcome.STOPPED, Outcome.FIXING})
"""Outcomes that another time may be better."""
MOST_IDS = 20
"""In one question. Source: AWS Security Hub API Reference, AwsSecurityFindingFilters."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many went back, and what stays where it is, each with the reason."""

    sent: int
    left: tuple[str, ...] = ()


def replay_dead_letters(
    sqs: Any, dead: str, queue: str, most: int = 1000, *, malformed: bool = False
) -> Replayed:
    """Messages of the dead-letter queue `dead` back to `queue`; malformed ones only if asked for.

    A message that stays is seen again by others after a minute.
    """
    sent, left = 0, list[str]()
    while sent + len(left) < most:
        answer = sqs.receive_message(
            QueueUrl=dead,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["reason"],
            VisibilityTimeout=60,
            WaitTimeSeconds=1,
        )
        messages = answer.get("Messages", [])
        if not messages:
            break
        for message in messages:
            attributes = message.get("MessageAttributes", {})
            reason = attributes.get("reason", {}).get("StringValue", "")
            if reason and not malformed:
                left.append(reason)
                continue
            sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            sent += 1
    return Replayed(sent, tuple(left))


def replay_records(hub: Any, sqs: Any, queue: str, chosen: Iterable[Record]) -> Replayed:
    """The findings of records, as Security Hub has them now, as if a person had sent them."""
    wanted = {record.finding: record for record in chosen if record.outcome in AGAIN}
    ids, sent, found = list(wanted), 0, set()
    for start in range(0, len(ids), MOST_IDS):
        some = ids[start : start + MOST_IDS]
        filters = {"Id": [{"Value": id_, "Comparison": "EQUALS"} for id_ in some]}
        for finding in hub.get_findings(Filters=filters, MaxResults=100)["Findings"]:
            sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(_event(finding), default=str))
            found.add(finding["Id"])
            sent += 1
    gone = (wanted[id_].id for id_ in ids if id_ not in found)
    return Replayed(sent, tuple(f"{id_}: Security Hub has no such finding" for id_ in gone))


def _event(finding: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "detail-type": CUSTOM,
        "source": "aws.securityhub",
        "detail": {"findings": [finding]},
    }

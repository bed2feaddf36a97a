"""How any remediation runs: evaluate, keep the before-state, fix, check again, and undo.

`evaluate` has a session that can only read, and `fix` gets what it has seen. Nothing changes before
the before-state is kept and the record says that a fix has begun.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ParamValidationError

from orchestrator.findings.answers import is_unmodelled, patience, unmodelled
from orchestrator.findings.errors import AwsError, Retry, denied, passing, said
from orchestrator.findings.records import BeforeStates, Outcome, Record, Records, digest
from orchestrator.findings.remediation import Aws, Check, Json, Refused, Remediation, Status, Target
from orchestrator.findings.sessions import Sessions, permissions
from orchestrator.findings.tags import owner

LOST = "the resource has settings that this boto3 does not know, and that a change would delete"
SHOWS_LATER = "AWS has taken the change and shows it later"

WAITS = (0.0, 1.0, 2.0, 4.0)
"""Seconds before each look after a fix: much of AWS shows a change a little later."""

AT_ONCE = {
    Status.PASSES: (Outcome.PASSES, "the resource passes already"),
    Status.GONE: (Outcome.GONE, "the resource is gone"),
    Status.UNCLEAR: (Outcome.UNCLEAR, "it cannot be said whether the resource passes"),
}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a look has shown. `outcome` is None if the resource fails and may be fixed.

    `plan` is a digest of what a fix would be: the target, the state it begins with, the effect.
    """

    outcome: Outcome | None
    note: str = ""
    before: Json | None = None
    plan: str = ""


class Engine:
    """Runs remediations. `sleep` waits for seconds."""

    def __init__(
        self,
        sessions: Sessions,
        before_states: BeforeStates,
        records: Records,
        sleep: Callable[[float], None],
    ) -> None:
        self._sessions = sessions
        self._before_states = before_states
        self._records = records
        self._sleep = sleep

    def named(self, target: Target, remediation: Remediation, name: str) -> str:
        """The ARN of the resource, where the finding has another id of it.

        The id itself where nothing has it any more. Raises Refused where that cannot be read, as
        an exception may be for it, and Retry.
        """
        naming = remediation.naming
        internal = naming and re.fullmatch(naming.pattern, target.arn)
        if not naming or not internal:
            return target.arn
        try:
            aws = self._enter(target, remediation, name, writes=False)
            return naming.find(internal[1], target.place, aws) or target.arn
        except AwsError as error:
            if passing(error):
                raise Retry(said(error)) from error
            raise Refused(f"its name cannot be read: {said(error)}") from error

    def tags(self, target: Target, remediation: Remediation, name: str) -> Mapping[str, str] | None:
        """The resource's tags now; none where AWS has none for it; None if they are unreadable.

        Raises Retry.
        """
        if remediation.tags is None:
            return {}
        target = _spelled(target, remediation)
        try:
            return remediation.tags(target, self._enter(target, remediation, name, writes=False))
        except AwsError as error:
            if passing(error):
                raise Retry(said(error)) from error
            return None

    def evaluate(
        self,
        target: Target,
        remediation: Remediation,
        name: str,
        *,
        updated: datetime | None = None,
        tags: Mapping[str, str] | None = None,
        owner_tags: Mapping[str, str] | None = None,
        force: bool = False,
    ) -> Evaluation:
        """Whether and how the resource would be fixed. Changes nothing.

        `updated` is when the finding was: what was made later is another resource of the same
        name. `name` goes into the session's. Raises Retry.
        """
        target = _spelled(target, remediation)
        try:
            aws = self._enter(target, remediation, name, writes=False)
            check = remediation.check(target, aws)
            if seen := _settled(check, updated):
                return seen
            if tags is None and remediation.tags is not None:
                return Evaluation(
                    Outcome.REFUSED, "its tags cannot be read, so its owner is unknown"
                )
            before = _restorable(remediation.before(target, aws))
        except Refused as refused:
            return Evaluation(Outcome.REFUSED, str(refused))
        except AwsError as error:
            return Evaluation(*_failure(error))
        plan = plan_of(target, remediation, before)
        owned = owner(tags or {}, owner_tags or {})
        if owned and not force:
            return Evaluation(Outcome.OWNED, f"it belongs to {owned}", before, plan)
        return Evaluation(None, check.note, before, plan)

    def fix(self, record: Record, remediation: Remediation, evaluation: Evaluation) -> Record:
        """The record of the fix, kept as well.

        A record that is already there was begun by an invocation that died: its state before is
        the true one. Raises Retry.
        """
        begun = self._records.get(record.id)
        if begun and begun.before:
            record = replace(record, before=begun.before)
        else:
            record = replace(record, before=self._before_states.put(record.id, evaluation.before))
        self._records.save(record)
        target = _spelled(record.target, remediation)
        outcome, note, after = self._fix(target, remediation, evaluation, record.id)
        if outcome is Outcome.FAILING and patience(record.control):
            outcome, note = Outcome.ON_ITS_WAY, f"{SHOWS_LATER}: {note}"
        record = replace(record, outcome=outcome, note=note, after=after)
        self._records.save(record)
        return record

    def conclude(self, record: Record, remediation: Remediation, now: datetime) -> Record:
        """The record of a fix that was on its way, as AWS shows it now. Raises Retry.

        A fix whose check does not pass in the time that its service may take has failed.
        """
        target = _spelled(record.target, remediation)
        try:
            aws = self._enter(target, remediation, record.id, writes=False)
            check = remediation.check(target, aws)
            after = _state(target, remediation, aws)
        except Refused as refused:
            check, after = Check(Status.UNCLEAR, str(refused)), ""
        except AwsError as error:
            check, after = Check(Status.UNCLEAR, _failure(error)[1]), ""
        if check.status in {Status.PASSES, Status.GONE}:
            concluded = replace(record, outcome=Outcome.FIXED, note=check.note, after=after)
        elif now - datetime.fromisoformat(record.at) < patience(record.control):
            return record
        else:
            note = check.note or "the check still fails"
            concluded = replace(record, outcome=Outcome.FAILING, note=note, after=after)
        self._records.save(concluded)
        return concluded

    def _fix(
        self, target: Target, remediation: Remediation, evaluation: Evaluation, name: str
    ) -> tuple[Outcome, str, str]:
        assert evaluation.before is not None  # noqa: S101  nothing else is fixed
        try:
            aws = self._enter(target, remediation, name, writes=True)
            remediation.fix(target, aws, evaluation.before)
            check = self._passes(target, remediation, aws)
            after = _state(target, remediation, aws)
        except Refused as refused:
            return Outcome.REFUSED, str(refused), ""
        except AwsError as error:
            return *_failure(error), ""
        if check.status in {Status.PASSES, Status.GONE}:
            return Outcome.FIXED, check.note, after
        return Outcome.FAILING, check.note or "the check still fails", after

    def _passes(self, target: Target, remediation: Remediation, aws: Aws) -> Check:
        check = Check(Status.UNCLEAR)
        for wait in WAITS:
            self._sleep(wait)
            check = remediation.check(target, aws)
            if check.status in {Status.PASSES, Status.GONE}:
                break
        return check

    def undo(
        self, record: Record, remediation: Remediation, by: str, now: datetime, *, force: bool
    ) -> Record:
        """The record with what became of it. Raises Refused, Retry, and ClientError.

        Refused if the resource is not as the fix left it, unless `force`.
        """
        if remediation.undo is None:
            raise Refused("this remediation cannot be taken back")
        if not record.can_be_undone:
            raise Refused(f"there is nothing to take back: the record says '{record.outcome}'")
        before = self._before_states.get(record.id)
        if digest(before) != record.before:
            raise Refused("the kept state is not the one that was recorded")
        target = _spelled(record.target, remediation)
        aws = self._enter(target, remediation, record.id, writes=True)
        if not force:
            self._unchanged(record, target, remediation, aws)
        try:
            remediation.undo(target, aws, before)
        except ParamValidationError as error:
            raise Refused(_failure(error)[1]) from error
        restored = _state(target, remediation, aws) == record.before
        undone = replace(
            record,
            outcome=Outcome.UNDONE,
            note="" if restored else "taken back, but it is not quite as it was",
            undone_at=now.isoformat(),
            undone_by=by,
        )
        self._records.save(undone)
        return undone

    def _unchanged(
        self, record: Record, target: Target, remediation: Remediation, aws: Aws
    ) -> None:
        check = remediation.check(target, aws)
        if check.status is Status.GONE:
            raise Refused("the resource is gone")
        if _younger(check, datetime.fromisoformat(record.at)):
            raise Refused("the resource is another one of the same name")
        if not record.after or _state(target, remediation, aws) != record.after:
            raise Refused("the resource has been changed since the fix")

    def _enter(self, target: Target, remediation: Remediation, name: str, *, writes: bool) -> Aws:
        return self._sessions.open(target.place, permissions(remediation, writes=writes), name)


def _spelled(target: Target, remediation: Remediation) -> Target:
    return replace(target, control=remediation.spelled(target.control))


def plan_of(target: Target, remediation: Remediation, before: Any) -> str:
    """The digest that an approval names: another resource, state or effect makes another one."""
    place = target.place
    return digest(
        {
            "control": target.control.lower(),
            "place": [place.partition, place.account, place.region],
            "resource": target.arn,
            "parameters": target.parameters,
            "remediation": remediation.name,
            "effect": remediation.effect,
            "before": before,
        }
    )


def _settled(check: Check, updated: datetime | None) -> Evaluation | None:
    """Why a look ends here; None if the resource fails."""
    if check.status in AT_ONCE:
        outcome, note = AT_ONCE[check.status]
        return Evaluation(outcome, check.note or note)
    if updated and _younger(check, updated):
        return Evaluation(Outcome.CHANGED, "the resource is younger than the finding")
    return None


def _restorable(before: Json) -> Json:
    """A state before that undo could write back. Raises Refused."""
    if unknown := sorted(unmodelled(before)):
        raise Refused(f"it could not be taken back: this boto3 does not know {', '.join(unknown)}")
    return before


def _younger(check: Check, moment: datetime) -> bool:
    """Whether the resource was made later; a time that has no zone is taken as UTC."""
    created = check.created
    if created is None:
        return False
    return (created if created.tzinfo else created.replace(tzinfo=UTC)) > moment


def _state(target: Target, remediation: Remediation, aws: Aws) -> str:
    """The digest of the part of the resource that a fix changes; '' if it cannot be read."""
    try:
        return digest(remediation.before(target, aws))
    except (Refused, *AwsError):
        return ""


def _failure(error: Exception) -> tuple[Outcome, str]:
    """What an error of AWS makes of it. Raises Retry if it may pass."""
    if passing(error):
        raise Retry(said(error)) from error
    if is_unmodelled(error):
        return Outcome.REFUSED, f"{LOST}: {said(error)}"
    return (Outcome.DENIED if denied(error) else Outcome.FAILED), said(error)

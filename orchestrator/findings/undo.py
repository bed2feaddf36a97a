"""How a fix is taken back: first it is written down, then it is done, then AWS is asked.

An undo may break off between any two calls. Its record then says that it has begun, and whoever
looks next sees by the resource what became of it: it is as it was before the fix, or as the fix
left it, or neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from botocore.exceptions import ParamValidationError

from orchestrator.findings.errors import AwsError, Retry, said
from orchestrator.findings.look import changing, failure, limit, shown, spelled, younger
from orchestrator.findings.records import BeforeStates, Outcome, Record, Records, digest
from orchestrator.findings.remediation import Aws, Json, Refused, Remediation, Status, Target
from orchestrator.findings.sessions import Sessions, permissions

LATER = "taken back; AWS has taken the change and shows it later"
NOT_QUITE = "taken back, but it is not quite as it was"
BROKE_OFF = "the undo broke off"
PARTLY = "the resource is neither as it was nor as the fix left it"
NOTHING = "nothing was changed"


class Stands(StrEnum):
    """How a fixed resource is now."""

    AS_BEFORE = "as it was before the fix"
    AS_FIXED = "as the fix left it"
    CHANGED = "changed since the fix"
    GONE = "gone"
    UNKNOWN = "cannot be read"


@dataclass(frozen=True, slots=True)
class Standing:
    """A fixed resource now, beside what was kept of it. A state that is not known is None."""

    stands: Stands
    why: str = ""
    before: Json | None = None
    after: Json | None = None
    now: Json | None = None


class Undos:
    """Takes fixes back."""

    def __init__(self, sessions: Sessions, before_states: BeforeStates, records: Records) -> None:
        self._sessions = sessions
        self._before_states = before_states
        self._records = records

    def standing(self, record: Record, remediation: Remediation | None) -> Standing:
        """How the resource is now, and what was kept. Changes nothing."""
        before = self._kept(self._before_states.get, record.id)
        after = self._kept(self._before_states.get_after, record.id)
        if remediation is None:
            return Standing(Stands.UNKNOWN, "there is no remediation for it", before, after)
        target = spelled(record.target, remediation)
        try:
            aws = self._enter(record, remediation, writes=False)
            if remediation.check(target, aws).status is Status.GONE:
                return Standing(Stands.GONE, "", before, after)
            now = remediation.before(target, aws)
        except (Refused, Retry, *AwsError) as error:
            return Standing(Stands.UNKNOWN, _why(error), before, after)
        known = {record.after: Stands.AS_FIXED, record.before: Stands.AS_BEFORE}
        return Standing(known.get(digest(now), Stands.CHANGED), "", before, after, now)

    def _kept(self, get: Callable[[str], Json], id_: str) -> Json | None:
        try:
            return get(id_)
        except AwsError:
            return None

    def begin(
        self,
        record: Record,
        remediation: Remediation,
        by: str,
        now: datetime,
        *,
        force: bool,
        why: str = "",
    ) -> Record:
        """The record, which says from now on that an undo has begun. AWS is only asked.

        Raises Refused if the resource is not as the fix left it, unless `force`; Retry, and
        ClientError.
        """
        if remediation.undo is None:
            raise Refused("this remediation cannot be taken back")
        if not record.can_be_undone:
            raise Refused(f"there is nothing to take back: the record says '{record.outcome}'")
        if record.outcome is Outcome.ON_ITS_WAY and not force:
            raise Refused("AWS is still at the fix: take it back once it has settled")
        if digest(self._before_states.get(record.id)) != record.before:
            raise Refused("the kept state is not the one that was recorded")
        target = spelled(record.target, remediation)
        aws = self._enter(record, remediation, writes=False)
        state = shown(target, remediation, aws)
        if not force:
            _as_left(record, target, remediation, aws, state)
        if record.outcome is not Outcome.UNDOING:
            record = replace(record, was=record.outcome.value, after=record.after or state)
        record = replace(
            record,
            outcome=Outcome.UNDOING,
            note="",
            undone_at=now.isoformat(),
            undone_by=by,
            undone_why=why,
        )
        self._records.save(record)
        return record

    def carry_out(
        self, record: Record, remediation: Remediation
    ) -> tuple[Record, Exception | None]:
        """What became of it, which is kept as well, and what made it break off.

        An undo that breaks off is not looked at here: some of AWS shows a change a little later.
        """
        assert remediation.undo  # noqa: S101  or it would not have begun
        target = spelled(record.target, remediation)
        try:
            before = self._before_states.get(record.id)
            aws = self._enter(record, remediation, writes=True)
        except (Retry, *AwsError) as error:
            return self._not_undone(record, f"not taken back: {_why(error)}"), error
        try:
            if shown(target, remediation, aws) != record.before:
                remediation.undo(target, aws, before)
        except ParamValidationError as error:
            return self._broken_off(record, Refused(failure(error)[1]))
        except (Refused, Retry, *AwsError) as error:
            return self._broken_off(record, error)
        restored = shown(target, remediation, aws) == record.before
        note = "" if restored else LATER if limit(remediation) else NOT_QUITE
        return self._undone(record, note), None

    def settle(
        self, record: Record, remediation: Remediation, now: datetime
    ) -> tuple[Record, bool]:
        """The record of an undo that broke off, as AWS shows the resource now.

        And whether that was the last word: no as long as AWS cannot tell.
        """
        target = spelled(record.target, remediation)
        try:
            aws = self._enter(record, remediation, writes=False)
            moving = changing(target, remediation, aws)
            state = shown(target, remediation, aws)
        except (Refused, Retry, *AwsError):
            return record, False
        spent = now - datetime.fromisoformat(record.undone_at)
        if state == record.before:
            return self._undone(record, ""), True
        if not state or (moving and spent < limit(remediation)):
            return record, False
        broke_off = record.note or BROKE_OFF
        if state == record.after:
            return self._not_undone(record, f"{broke_off}; {NOTHING}"), True
        record = replace(record, note=f"{broke_off}; {PARTLY}")
        self._records.save(record)
        return record, True

    def _broken_off(self, record: Record, error: Exception) -> tuple[Record, Exception]:
        record = replace(record, note=f"{BROKE_OFF}: {_why(error)}")
        self._records.save(record)
        return record, error

    def _undone(self, record: Record, note: str) -> Record:
        record = replace(record, outcome=Outcome.UNDONE, note=note, was="")
        self._records.save(record)
        return record

    def _not_undone(self, record: Record, note: str) -> Record:
        outcome = Outcome(record.was)
        record = replace(
            record,
            outcome=outcome,
            note=note,
            was="",
            undone_at="",
            undone_by="",
            undone_why="",
        )
        self._records.save(record)
        return record

    def _enter(self, record: Record, remediation: Remediation, *, writes: bool) -> Aws:
        place = record.target.place
        return self._sessions.open(place, permissions(remediation, writes=writes), record.id)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, Refused | Retry) else said(error)


def _as_left(
    record: Record, target: Target, remediation: Remediation, aws: Aws, state: str
) -> None:
    """Raises Refused if the resource is not as the fix, or an undo that broke off, may leave it."""
    check = remediation.check(target, aws)
    if check.status is Status.GONE:
        raise Refused("the resource is gone")
    if younger(check, datetime.fromisoformat(record.at)):
        raise Refused("the resource is another one of the same name")
    if record.outcome is Outcome.UNDOING and state in {record.before, record.after}:
        return
    if record.outcome is Outcome.FIXING and not record.after:
        if state == record.before:
            raise Refused("there is nothing to take back: the fix has changed nothing")
        if check.status is Status.PASSES:
            return
        raise Refused("the fix broke off, or the resource has been changed since")
    if not record.after or state != record.after:
        raise Refused("the resource has been changed since the fix")

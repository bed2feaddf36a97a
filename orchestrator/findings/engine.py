"""How any remediation runs: evaluate, keep the before-state, fix, and check again.

`evaluate` has a session that can only read, and `fix` gets what it has seen. Nothing changes before
the before-state is kept and the record says that a fix has begun.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.findings.errors import AwsError, Retry, passing, said
from orchestrator.findings.look import (
    Evaluation,
    Look,
    changing,
    failure,
    limit,
    plan_of,
    restorable,
    settled,
    spelled,
    state_now,
)
from orchestrator.findings.records import BeforeStates, Outcome, Record, Records, digest
from orchestrator.findings.remediation import Aws, Check, Refused, Remediation, Status, Target
from orchestrator.findings.sessions import Sessions, permissions
from orchestrator.findings.tags import owner

SHOWN = timedelta(minutes=30)
"""After so long AWS says of whatever it is at that it is at it."""

WAITS = (0.0, 1.0, 2.0, 4.0)
"""Seconds before each look after a fix: much of AWS shows a change a little later."""


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
        target = spelled(target, remediation)
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
        target = spelled(target, remediation)
        try:
            aws = self._enter(target, remediation, name, writes=False)
            check = remediation.check(target, aws)
            if seen := settled(check, updated):
                return seen
            if tags is None and remediation.tags is not None:
                return Evaluation(
                    Outcome.REFUSED, "its tags cannot be read, so its owner is unknown"
                )
            before = restorable(remediation.before(target, aws))
        except Refused as refused:
            return Evaluation(Outcome.REFUSED, str(refused))
        except AwsError as error:
            return Evaluation(*failure(error))
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
        target = spelled(record.target, remediation)
        outcome, note, after = self._fix(target, remediation, evaluation, record.id)
        record = replace(record, outcome=outcome, note=note, after=after)
        self._records.save(record)
        return record

    def conclude(self, record: Record, remediation: Remediation, now: datetime) -> Record:
        """The record of a fix that was on its way, as AWS shows it now. Raises Retry.

        What passes and has settled is fixed. What has not settled in its time has failed, and so
        has what AWS is no longer at and still fails.
        """
        target = spelled(record.target, remediation)
        spent = now - datetime.fromisoformat(record.at)
        look, after = self._look(target, remediation, record.id)
        if look.settled and look.passes:
            record = replace(record, outcome=Outcome.FIXED, note=look.note, after=after)
        elif spent >= limit(remediation) or (look.failed and spent >= SHOWN):
            record = replace(record, outcome=Outcome.FAILING, note=look.said, after=after)
        elif record.outcome is Outcome.ON_ITS_WAY:
            return record
        else:
            record = replace(record, outcome=Outcome.ON_ITS_WAY, note=look.said)
        self._records.save(record)
        return record

    def resume(self, record: Record, remediation: Remediation, now: datetime) -> Record | None:
        """The record of a fix whose invocation died, if AWS has got it; None if it has not.

        Raises Retry.
        """
        target = spelled(record.target, remediation)
        look, _ = self._look(target, remediation, record.id)
        under_way = look.passes or bool(look.changing)
        return self.conclude(record, remediation, now) if under_way else None

    def _look(self, target: Target, remediation: Remediation, name: str) -> tuple[Look, str]:
        """What AWS shows, and the digest of the part that the fix changes."""
        try:
            aws = self._enter(target, remediation, name, writes=False)
            check = remediation.check(target, aws)
            moving = changing(target, remediation, aws)
            return Look(check, moving), self._left(target, remediation, aws, name)
        except Refused as refused:
            return Look(Check(Status.UNCLEAR, str(refused))), ""
        except AwsError as error:
            return Look(Check(Status.UNCLEAR, failure(error)[1])), ""

    def _fix(
        self, target: Target, remediation: Remediation, evaluation: Evaluation, name: str
    ) -> tuple[Outcome, str, str]:
        assert evaluation.before is not None  # noqa: S101  nothing else is fixed
        aws: Aws | None = None
        try:
            aws = self._enter(target, remediation, name, writes=True)
            remediation.fix(target, aws, evaluation.before)
            check = self._passes(target, remediation, aws)
            moving = changing(target, remediation, aws)
            after = self._left(target, remediation, aws, name)
        except Refused as refused:
            after = self._left(target, remediation, aws, name) if aws else ""
            if after and after != digest(evaluation.before):
                return Outcome.FAILED, f"a part is done: {refused}", after
            return Outcome.REFUSED, str(refused), ""
        except AwsError as error:
            outcome, note = failure(error)
            return outcome, note, self._left(target, remediation, aws, name) if aws else ""
        look = Look(check, moving)
        if look.passes and look.settled:
            return Outcome.FIXED, check.note, after
        if limit(remediation):
            return Outcome.ON_ITS_WAY, look.said, ""
        return Outcome.FAILING, look.said, after

    def _left(self, target: Target, remediation: Remediation, aws: Aws, name: str) -> str:
        """The digest of what a fix has left, which is kept to be shown; '' if it cannot be read."""
        state = state_now(target, remediation, aws)
        if state is None:
            return ""
        with suppress(*AwsError):
            self._before_states.put_after(name, state)
        return digest(state)

    def _passes(self, target: Target, remediation: Remediation, aws: Aws) -> Check:
        check = Check(Status.UNCLEAR)
        for wait in WAITS:
            self._sleep(wait)
            check = remediation.check(target, aws)
            if check.status in {Status.PASSES, Status.GONE}:
                break
        return check

    def _enter(self, target: Target, remediation: Remediation, name: str, *, writes: bool) -> Aws:
        return self._sessions.open(target.place, permissions(remediation, writes=writes), name)

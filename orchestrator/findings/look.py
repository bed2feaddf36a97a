"""What a look at a resource shows: whether a fix is needed, and afterwards whether it took."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestrator.findings.answers import is_unmodelled, unmodelled
from orchestrator.findings.errors import AwsError, Retry, denied, passing, said
from orchestrator.findings.records import Outcome, digest
from orchestrator.findings.remediation import Aws, Check, Json, Refused, Remediation, Status, Target


@dataclass(frozen=True, slots=True)
class Look:
    """What AWS shows after a fix. `changing` is its own word for what is under way."""

    check: Check
    changing: str = ""

    @property
    def passes(self) -> bool:
        return self.check.status in {Status.PASSES, Status.GONE}

    @property
    def settled(self) -> bool:
        return not self.changing

    @property
    def failed(self) -> bool:
        return self.settled and self.check.status is Status.FAILS

    @property
    def note(self) -> str:
        return self.check.note

    @property
    def said(self) -> str:
        """Why it is not fixed."""
        if self.changing:
            return f"AWS is still at it: {self.changing}"
        return self.check.note or "the check still fails"


def limit(remediation: Remediation) -> timedelta:
    """How long after a fix its check may fail, because AWS is still at it."""
    return remediation.slow.limit if remediation.slow else timedelta()


def changing(target: Target, remediation: Remediation, aws: Aws) -> str:
    return remediation.slow.changing(target, aws) if remediation.slow else ""


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


def spelled(target: Target, remediation: Remediation) -> Target:
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


def settled(check: Check, updated: datetime | None) -> Evaluation | None:
    """Why a look ends here; None if the resource fails."""
    if check.status in AT_ONCE:
        outcome, note = AT_ONCE[check.status]
        return Evaluation(outcome, check.note or note)
    if updated and younger(check, updated):
        return Evaluation(Outcome.CHANGED, "the resource is younger than the finding")
    return None


def restorable(before: Json) -> Json:
    """A state before that undo could write back. Raises Refused."""
    if unknown := sorted(unmodelled(before)):
        raise Refused(f"it could not be taken back: this boto3 does not know {', '.join(unknown)}")
    return before


def younger(check: Check, moment: datetime) -> bool:
    """Whether the resource was made later; a time that has no zone is taken as UTC."""
    created = check.created
    if created is None:
        return False
    return (created if created.tzinfo else created.replace(tzinfo=UTC)) > moment


def shown(target: Target, remediation: Remediation, aws: Aws) -> str:
    """The digest of the part of the resource that a fix changes; '' if it cannot be read."""
    state = state_now(target, remediation, aws)
    return "" if state is None else digest(state)


def state_now(target: Target, remediation: Remediation, aws: Aws) -> Json | None:
    """That part as it is now; None if it cannot be read."""
    try:
        return remediation.before(target, aws)
    except (Refused, *AwsError):
        return None


LOST = "the resource has settings that this boto3 does not know, and that a change would delete"


def failure(error: Exception) -> tuple[Outcome, str]:
    """What an error of AWS makes of it. Raises Retry if it may pass."""
    if passing(error):
        raise Retry(said(error)) from error
    if is_unmodelled(error):
        return Outcome.REFUSED, f"{LOST}: {said(error)}"
    return (Outcome.DENIED if denied(error) else Outcome.FAILED), said(error)

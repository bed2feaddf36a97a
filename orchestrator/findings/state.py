"""What has been done about a finding so far, and whether an event means anything new.

One state for each key (account, region, control, resource). An event claims it before anything is
done, for as long as its invocation can live; what another one holds is not touched. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from orchestrator.findings.finding import Finding

FLAPPING = timedelta(days=1)
"""Fixes of a resource that passes in between still count together for so long."""


class Status(StrEnum):
    """How far it got."""

    OPEN = "open"
    """Begun, and not finished: an event that comes again goes on with it."""
    HELD = "held"
    """Waits for the budget of another hour."""
    ON_ITS_WAY = "on its way"
    """Fixed; AWS shows it later, and it is looked at again with what is held."""
    TOLD = "told"
    FIXED = "fixed"
    FAILING = "failing"
    """Fixed or tried, and it still fails."""
    UNDONE = "undone"
    """Taken back by a person, whose word holds until it passes, or a person asks again."""
    CLOSED = "closed"
    """Passes, is archived, or somebody has settled it."""


@dataclass(frozen=True, slots=True)
class State:
    """`updated` is the last update of the finding that was acted on."""

    status: Status
    updated: datetime
    attempts: int = 0
    attempted: datetime | None = None
    record: str = ""
    told: str = ""
    """What was last told, so that it is not told twice."""
    asked: str = ""
    holder: str = ""
    """The message whose invocation works on it."""
    until: datetime | None = None
    """When that invocation is over, however it went."""


class Claim(StrEnum):
    """What an event may do."""

    TAKEN = "taken"
    DUPLICATE = "duplicate"
    LATE = "late"
    """An older update, that comes after a newer one."""
    BUSY = "busy"
    """Somebody is at it; come again."""


@dataclass(frozen=True, slots=True)
class Message:
    """The queue's message that brought an event, and when this invocation ends at the latest."""

    id: str
    until: datetime
    waited: bool = False
    """Whether it brings a finding that was held until now."""


def claim(
    state: State | None, finding: Finding, message: Message, now: datetime
) -> tuple[Claim, State | None]:
    """Whether to act, and the state to write before that; None if there is nothing to write."""
    if state is None:
        return Claim.TAKEN, _held(State(Status.OPEN, finding.updated), finding, message)
    repeated = _repeated(state, finding)
    if state.until and now < state.until:
        other = repeated is not None and state.holder != message.id
        return (repeated or Claim.BUSY) if other else Claim.BUSY, None
    waits = state.status in (Status.HELD, Status.ON_ITS_WAY)
    goes_on = state.status is Status.OPEN or (waits and message.waited)
    if repeated is Claim.LATE or (repeated and not goes_on):
        return repeated, None
    return Claim.TAKEN, _held(_again(state, finding, now), finding, message)


def _repeated(state: State, finding: Finding) -> Claim | None:
    """DUPLICATE or LATE, if the state knows of this update already."""
    if finding.asked:
        return Claim.DUPLICATE if finding.asked == state.asked else None
    if finding.updated < state.updated:
        return Claim.LATE
    return Claim.DUPLICATE if finding.updated == state.updated else None


def _again(state: State, finding: Finding, now: datetime) -> State:
    rested = state.attempted is None or now - state.attempted > FLAPPING
    passed = state.status is Status.CLOSED
    fresh = bool(finding.asked) or (passed and rested)
    return replace(
        state,
        updated=max(state.updated, finding.updated),
        attempts=0 if fresh else state.attempts,
        told="" if passed or finding.asked else state.told,
        record=state.record if state.status in (Status.OPEN, Status.ON_ITS_WAY) else "",
        status=Status.OPEN if state.status is not Status.UNDONE or fresh else Status.UNDONE,
    )


def _held(state: State, finding: Finding, message: Message) -> State:
    return replace(
        state, holder=message.id, until=message.until, asked=finding.asked or state.asked
    )


def closed(state: State, finding: Finding) -> State | None:
    """The state once `finding` says that it is over; None if that is no news."""
    if finding.ours or finding.updated < state.updated or state.status is Status.CLOSED:
        return None
    return replace(state, status=Status.CLOSED, updated=finding.updated, told="")


def released(state: State, status: Status) -> State:
    """The state when the work on it has ended."""
    return replace(state, status=status, holder="", until=None)

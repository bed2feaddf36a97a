"""From messages to results: one look at each stack that they concern, and then they are done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.drift.events import Unreadable, drift_event
from orchestrator.errors import AwsDenied
from orchestrator.model.drift import DriftEvent, Suspect
from orchestrator.model.drift_calls import may_be_ours, own_roles
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.resource_types import TYPES
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import CallQueue, Message

log = logging.getLogger(__name__)

POLL = 5
"""Seconds of one poll: whoever wants to stop waits so long at most."""

BURST = 100
"""Messages of one round. Who scripts makes many calls, and each stack is looked at once."""

UNDONE = frozenset({Outcome.DENIED, Outcome.FAILED, Outcome.INTERRUPTED})
"""Nothing is known of such a stack, so that the message has to come again."""

Suspects = tuple[Suspect, ...] | None
"""None: it is not known what a call was about."""

Cases = Mapping[StackKey, tuple[DriftEvent, ...]]


@dataclass(frozen=True, slots=True)
class Means:
    """What a round works with. `tell` says whether everybody was told."""

    queue: CallQueue
    examine: Callable[[Mapping[StackKey, Suspects]], Sequence[StackResult]]
    emit: Callable[[Sequence[StackResult], Cases], bool]


@dataclass(slots=True)
class Sorted:
    """Messages by what is to be done about them: receipts, and the calls of each stack."""

    done: list[str] = field(default_factory=list)
    waiting: dict[str, list[StackKey]] = field(default_factory=dict)
    cases: dict[StackKey, list[DriftEvent]] = field(default_factory=dict)


def one_round(
    organization: Organization, stacks: Sequence[StackKey], means: Means, seconds: int
) -> tuple[StackResult, ...]:
    """Wait for calls, look at the stacks that they concern, tell, and take them off the queue.

    What could not be looked at or told stays there, and comes again. Raises AwsDenied.
    """
    messages = _received(means.queue, seconds)
    found = sort(messages, organization, stacks)
    if not found.cases:
        _finish(means.queue, found.done)
        return ()
    cases = {key: tuple(calls) for key, calls in found.cases.items()}
    results = tuple(means.examine({key: suspects(calls) for key, calls in cases.items()}))
    told = means.emit(results, cases)
    good = frozenset(r.key for r in results if told and r.outcome not in UNDONE)
    over = [receipt for receipt, keys in found.waiting.items() if good.issuperset(keys)]
    _finish(means.queue, [*found.done, *over])
    return results


def sort(
    messages: Iterable[Message], organization: Organization, stacks: Sequence[StackKey]
) -> Sorted:
    """Which messages are no news, and which stacks the others concern.

    One that cannot be read is neither: it comes again until the queue puts it aside.
    """
    found = Sorted()
    accounts = {account.id: account for account in organization.accounts}
    for message in messages:
        try:
            call = drift_event(message.body)
        except Unreadable as error:
            log.warning("a message is left in the queue: %s", error)
            continue
        account = accounts.get(call.account) if call else None
        keys = concerned(call, stacks) if call else ()
        if call is None or not keys or account is None:
            found.done.append(message.receipt)
        elif call.issuer in own_roles(organization, account):
            log.debug("%s %s: our own", call.account, call.call)
            found.done.append(message.receipt)
        elif message.time < 2 and may_be_ours(call, organization):
            log.debug("%s %s: perhaps our own, looked at later", call.account, call.call)
        else:
            log.info("%s %s by %s", call.account, call.call, call.who)
            found.waiting[message.receipt] = list(keys)
            for key in keys:
                found.cases.setdefault(key, []).append(call)
    return found


def concerned(call: DriftEvent, stacks: Iterable[StackKey]) -> tuple[StackKey, ...]:
    """The stacks of the account that may have what the call is about."""
    own = (key for key in stacks if key.account_id == call.account)
    if call.suspect is None or not call.suspect.types:
        return tuple(own)
    types = call.suspect.types
    return tuple(key for key in own if not types.isdisjoint(TYPES.get(key.stack, types)))


def suspects(calls: Iterable[DriftEvent]) -> Suspects:
    """Of all calls together; None as soon as one of them may have been about anything."""
    found = tuple(dict.fromkeys(call.suspect for call in calls))
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(found) else None


def _received(queue: CallQueue, seconds: int) -> tuple[Message, ...]:
    """With the first message come those that wait behind it."""
    found = list(queue.receive(seconds))
    while found and len(found) < BURST and (more := queue.receive(0)):
        found += more
    return tuple(found)


def _finish(queue: CallQueue, receipts: Sequence[str]) -> None:
    """A message that is not taken off comes again: what was told is not told twice."""
    if not receipts:
        return
    try:
        queue.done(receipts)
    except AwsDenied as error:
        log.warning("messages stay in the queue: %s", error)

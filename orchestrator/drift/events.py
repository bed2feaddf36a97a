"""From messages of EventBridge to results: the call that each tells of, and one look at each stack.

A message is done once the stacks that it concerns were looked at.
Source: EventBridge user guide, "AWS service events delivered via CloudTrail"; CloudTrail User
Guide, "CloudTrail record contents".
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from orchestrator.errors import AwsDenied
from orchestrator.model import drift
from orchestrator.model.call_table import Calls
from orchestrator.model.drift import DriftEvent, Suspect, may_be_ours, own_roles
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.resource_types import TYPES
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import CallQueue, Message

SSO = "AWSReservedSSO_"
"""How IAM Identity Center calls its roles; it calls the session after the person."""

Tree = Mapping[str, object]


def who(identity: Tree) -> str:
    """The person, where there is one; otherwise the service, the user or the session."""
    context = branch(identity, "sessionContext")
    role = text(branch(context, "sessionIssuer"), "userName")
    session = text(identity, "arn").rpartition("/")[2] if role else ""
    if text(identity, "type") == "Root":
        return f"root user of {text(identity, 'accountId')}"
    if person := text(context, "sourceIdentity"):
        return person
    if person := text(branch(identity, "onBehalfOf"), "userId"):
        return f"user {person} of IAM Identity Center"
    if role.startswith(SSO) and session:
        return session
    if service := text(identity, "invokedBy"):
        return service
    named = text(identity, "userName") or (f"{session} as {role}" if role else "")
    return named or text(identity, "principalId") or "an actor that the event does not name"


def text(tree: Tree, name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""


def branch(tree: Tree, name: str) -> Tree:
    value = tree.get(name)
    return value if isinstance(value, Mapping) else {}


KIND = "AWS API Call via CloudTrail"
ACCOUNT = re.compile(r"\d{12}")
SHOWN = 80


class Unreadable(ValueError):
    """A message that is no such event."""


def drift_event(body: str) -> DriftEvent | None:
    """The call; None for one that AWS refused, so that it has changed nothing.

    Raises Unreadable. Account and region are what EventBridge says of where the event comes from.
    """
    event = _mapping(body)
    detail = branch(event, "detail")
    account = text(event, "account")
    if event.get("detail-type") != KIND or not ACCOUNT.fullmatch(account):
        raise Unreadable(f"no call of CloudTrail's: {body[:SHOWN]!r}")
    if detail.get("errorCode"):
        return None
    identity = branch(detail, "userIdentity")
    service, name = _said(detail, "eventSource"), _said(detail, "eventName")
    region = text(detail, "awsRegion") or text(event, "region")
    return DriftEvent(
        _said(detail, "eventID"),
        AccountId(account),
        region,
        service,
        name,
        _time(_said(detail, "eventTime")),
        who(identity),
        text(identity, "arn"),
        text(detail, "sourceIPAddress"),
        text(branch(branch(identity, "sessionContext"), "sessionIssuer"), "arn"),
        suspect(service, name, region, branch(detail, "requestParameters")),
    )


def suspect(service: str, name: str, region: str, request: Tree) -> Suspect | None:
    """What the call may have changed; None where the table or the event does not say."""
    known = drift.find(service, name)
    if known is None:
        return None
    types = frozenset(known.types)
    where = "" if service in drift.GLOBAL or types <= drift.EVERYWHERE else region
    if not known.by:
        return Suspect(types, region=where)
    names = frozenset(said for key in known.by for said in _names(request.get(key)))
    if not names or any(each.startswith("alias/") for each in names - _aliases(known, names)):
        return None
    return Suspect(types, names, where)


def _aliases(known: Calls, names: frozenset[str]) -> frozenset[str]:
    """A key may be called by an alias, which does not say what key it is."""
    return names if "aws_kms_alias" in known.types else frozenset()


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


def _mapping(body: str) -> Tree:
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Unreadable(f"no JSON: {body[:SHOWN]!r}") from error
    if not isinstance(event, Mapping):
        raise Unreadable(f"no object: {body[:SHOWN]!r}")
    return event


def _said(detail: Tree, name: str) -> str:
    found = text(detail, name)
    if not found:
        raise Unreadable(f"the event has no {name}")
    return found


def _time(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise Unreadable(f"'{said[:SHOWN]}' is not a time") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


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
    """What a round works with. `notify` says whether every target has it."""

    queue: CallQueue
    examine: Callable[[Mapping[StackKey, Suspects]], Sequence[StackResult]]
    notify: Callable[[Sequence[StackResult], Cases], bool]


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
    notified = means.notify(results, cases)
    good = frozenset(r.key for r in results if notified and r.outcome not in UNDONE)
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

"""What can happen to an account, as a value, and the messages of AWS that say so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO, TypeAlias

from orchestrator.errors import UsageError
from orchestrator.model.names import AccountId


class What(StrEnum):
    """What an event says has happened."""

    CREATED = "created"
    CLOSED = "closed"
    """Or removed from the organization."""
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One event about one account. Only a reason to look: Organizations has the last word.

    `ready` is False where an account that is new may still be on its way: AWS Control Tower makes
    it in the root, moves it, and says itself when it has enrolled it.
    """

    what: What
    account: AccountId
    at: datetime
    """When it was completed, in UTC."""
    source: str
    """Whose event it is, by its name: 'CreateManagedAccount'."""
    ready: bool = True


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that asks for nothing, and why."""

    why: str


Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"
Body = Mapping[str, Json]

ACCOUNT_ID = re.compile(r"[0-9]{12}")
TIMES = ("%b %d, %Y %I:%M:%S %p", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%SZ")
"""Organizations writes 'Sep 16, 2020 9:20:50 PM', Control Tower ISO 8601; both are UTC."""


class Unreadable(ValueError):
    """Not an event, or one that does not say what it must."""


def read(document: Json) -> AccountEvent | Ignored:
    """The event in `document`: as EventBridge sends it, or the CloudTrail record within.

    Raises Unreadable.
    """
    outer = _mapping(document, "the event")
    detail = _mapping(outer["detail"], "detail") if "detail" in outer else outer
    name = detail.get("eventName")
    if not isinstance(name, str):
        raise Unreadable("there is no eventName")
    reader = READERS.get((str(detail.get("eventSource")), name))
    if reader is None:
        return Ignored(f"'{name}' says nothing about an account that is new, moved or closed")
    if detail.get("errorCode"):
        return Ignored(f"'{name}' was refused by AWS")
    return reader(name, detail, outer)


def _managed(name: str, detail: Body, outer: Body) -> AccountEvent | Ignored:
    """Control Tower has enrolled an account; after a failed try, by an update."""
    status = _status(detail, f"{name[0].lower()}{name[1:]}Status")
    if status.get("state") != "SUCCEEDED":
        return Ignored(f"'{name}' has ended as {status.get('state')}: {status.get('message')}")
    account = _mapping(status.get("account"), "account")
    return AccountEvent(What.CREATED, _account(account), _time(status, detail, outer), name)


def _result(what: What, status_key: str) -> Callable[[str, Body, Body], AccountEvent | Ignored]:
    def reader(name: str, detail: Body, outer: Body) -> AccountEvent | Ignored:
        status = _status(detail, status_key)
        if status.get("state") != "SUCCEEDED":
            why = status.get("failureReason") or status.get("message") or "no reason given"
            return Ignored(f"'{name}' has ended as {status.get('state')}: {why}")
        ready = what is not What.CREATED
        return AccountEvent(what, _account(status), _time(status, detail, outer), name, ready)

    return reader


def _call(what: What) -> Callable[[str, Body, Body], AccountEvent | Ignored]:
    """A call of somebody's, which names the account it is about."""

    def reader(name: str, detail: Body, outer: Body) -> AccountEvent | Ignored:
        asked = _mapping(detail.get("requestParameters"), "requestParameters")
        at, ready = _time({}, detail, outer), what is What.CLOSED
        return AccountEvent(what, _account(asked), at, name, ready)

    return reader


def _membership(what: What, when: str) -> Callable[[str, Body, Body], AccountEvent | Ignored]:
    """Who came or went, by invitation or by itself too, which no other event says.

    AWS documents the fields joinedMethod, joinedTime, departedMethod and departedTime, and not
    what they stand in: the account is looked for where it may be, and an event without is none.
    Source: AWS Organizations API Reference, CreateAccount, AcceptHandshake, LeaveOrganization.
    """

    def reader(name: str, detail: Body, outer: Body) -> AccountEvent | Ignored:
        told = _mapping(detail.get("serviceEventDetails"), "serviceEventDetails")
        inner = (value for value in told.values() if isinstance(value, dict))
        body = next((each for each in (told, *inner) if "accountId" in each), told)
        at = _time({"eventTime": body.get(when)}, detail, outer)
        return AccountEvent(what, _account(body), at, name, what is What.CLOSED)

    return reader


READERS: Mapping[tuple[str, str], Callable[[str, Body, Body], AccountEvent | Ignored]] = {
    ("controltower.amazonaws.com", "CreateManagedAccount"): _managed,
    ("controltower.amazonaws.com", "UpdateManagedAccount"): _managed,
    ("organizations.amazonaws.com", "CreateAccountResult"): _result(
        What.CREATED, "createAccountStatus"
    ),
    ("organizations.amazonaws.com", "CloseAccountResult"): _result(
        What.CLOSED, "closeAccountStatus"
    ),
    ("organizations.amazonaws.com", "AccountJoinedOrganization"): _membership(
        What.CREATED, "joinedTime"
    ),
    ("organizations.amazonaws.com", "AccountDepartedOrganization"): _membership(
        What.CLOSED, "departedTime"
    ),
    ("organizations.amazonaws.com", "MoveAccount"): _call(What.MOVED),
    ("organizations.amazonaws.com", "RemoveAccountFromOrganization"): _call(What.CLOSED),
}


def _status(detail: Body, key: str) -> Body:
    details = _mapping(detail.get("serviceEventDetails"), "serviceEventDetails")
    return _mapping(details.get(key), key)


def _account(body: Body) -> AccountId:
    found = body.get("accountId")
    if not isinstance(found, str) or not ACCOUNT_ID.fullmatch(found):
        raise Unreadable("accountId is not twelve digits")
    return AccountId(found)


def _time(*bodies: Body) -> datetime:
    """When it was completed; else when it was written down."""
    for body in bodies:
        for key in ("completedTimestamp", "eventTime", "time"):
            text = body.get(key)
            if isinstance(text, str):
                return _parsed(text)
    raise Unreadable("it does not say when it happened")


def _parsed(text: str) -> datetime:
    for form in TIMES:
        try:
            found = datetime.strptime(text, form)
        except (ValueError, OverflowError):
            continue
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    raise Unreadable("its time is written in a way that is not known here")


def _mapping(value: Json, what: str) -> Body:
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is missing, or not an object")
    return value


LARGEST = 1 << 24
"""Characters. An event has a few thousand."""


def events(stream: TextIO, shown: str) -> tuple[AccountEvent | Ignored, ...]:
    """Every event in `stream`. Raises UsageError, naming the event, if one cannot be read."""
    text = stream.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise UsageError(f"{shown} is larger than {LARGEST >> 20} MiB", "hand over fewer events")
    if not text.strip():
        raise UsageError(f"{shown} is empty", "hand over an event, as EventBridge has it")
    return tuple(
        _event(document, f"{shown}: {where}") for where, document in _documents(text, shown)
    )


def _documents(text: str, shown: str) -> Iterator[tuple[str, Json]]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(text, shown)
        return
    if isinstance(whole, list):
        yield from ((f"event {number}", each) for number, each in enumerate(whole, 1))
    else:
        yield "event 1", whole


def _lines(text: str, shown: str) -> Iterator[tuple[str, Json]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except (ValueError, RecursionError) as error:
                raise UsageError(
                    f"{shown}: line {number} is not JSON", "hand over events"
                ) from error


def _event(document: Json, where: str) -> AccountEvent | Ignored:
    try:
        return read(document)
    except Unreadable as error:
        fix = "hand over events of AWS Control Tower or AWS Organizations as they came"
        raise UsageError(f"{where}: {error}", fix) from error

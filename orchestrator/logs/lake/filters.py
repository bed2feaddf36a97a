"""Conditions on an event's fields, and what they mean.

`holds` is the meaning. The queries of the engines let through every event for which it holds, and
perhaps more: an engine that lacks a field leaves more to be looked at, and the answer is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from string import ascii_lowercase, ascii_uppercase

from orchestrator.logs.event import Event


@dataclass(frozen=True, slots=True)
class Is:
    """The field has one of these values, exactly."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """The text stands somewhere in the field, whatever the case of its letters A to Z.

    Of those alone, because engines differ about the case of all others: one makes two letters of a
    letter, and another leaves it as it is.
    """

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Within:
    """The call came from an address of the network."""

    network: IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Failed:
    """The call was denied, or ended in an error."""


@dataclass(frozen=True, slots=True)
class Changing:
    """The call was not one that only reads."""


@dataclass(frozen=True, slots=True)
class Every:
    """All of them."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of them."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    part: Filter


Filter = Is | Has | Within | Failed | Changing | Every | Some | Not

Values = Callable[[Event], tuple[str, ...]]


def _one(get: Callable[[Event], str]) -> Values:
    return lambda event: (get(event),)


OF_EVENT: Mapping[str, Values] = {
    "operation": _one(lambda e: e.name),
    "service": _one(lambda e: e.service),
    "account": _one(lambda e: e.account),
    "region": _one(lambda e: e.region),
    "class": _one(lambda e: str(e.class_uid)),
    "error": _one(lambda e: e.error),
    "address": _one(lambda e: e.source),
    "user_agent": _one(lambda e: e.agent),
    "actor_type": _one(lambda e: e.actor.kind),
    "actor_arn": _one(lambda e: e.actor.arn),
    "actor_id": _one(lambda e: e.actor.principal_id),
    "actor_name": _one(lambda e: e.actor.name),
    "access_key": _one(lambda e: e.actor.access_key),
    "role_arn": _one(lambda e: e.actor.issuer),
    "role_name": _one(lambda e: e.actor.role),
    "invoked_by": _one(lambda e: e.actor.invoked_by),
    "request": _one(lambda e: e.request),
    "response": _one(lambda e: e.response),
    "resources": lambda e: e.resources,
}
"""What an event has in each field that a filter may name."""


def holds(event: Event, wanted: Filter) -> bool:  # noqa: PLR0911  # one for each kind
    """Whether the filter fits the event: its meaning, for every engine."""
    match wanted:
        case Is(field, values):
            return any(value in values for value in OF_EVENT[field](event))
        case Has(field, text):
            sought = lower(text)
            return any(sought in lower(value) for value in OF_EVENT[field](event))
        case Within(network):
            address = _address(event.source)
            return address is not None and address in network
        case Failed():
            return bool(event.error)
        case Changing():
            return not event.read_only
        case Every(parts):
            return all(holds(event, part) for part in parts)
        case Some(parts):
            return any(holds(event, part) for part in parts)
        case Not(part):
            return not holds(event, part)


def lower(text: str) -> str:
    """With the letters A to Z in lower case, and all others as they are."""
    return text.translate(_LOWER)


_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None

"""What a look at an organization has found, before anything of ours is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar


class State(StrEnum):
    """Whether a service is on. What cannot be read is never taken for on, nor for off."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SurveyedAccount:
    """An account. `ou` is the path of its OU: 'Workloads/Prod', '' for the root or if unknown."""

    id: str
    name: str = ""
    ou: str = ""
    standing: str = ""
    """'ACTIVE', 'SUSPENDED' and so on, as AWS Organizations says; '' if it did not."""
    looked_into: bool = False
    """Whether there were credentials to look at its services."""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A service in an account and region; `region` is '' for what is global."""

    account: str
    region: str
    service: str
    state: State
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A control that a resource fails. `days` is the age of the finding."""

    control: str
    title: str
    severity: str
    account: str
    region: str
    days: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """What could not be read: the call, where, and what AWS said."""

    call: str
    account: str
    region: str
    why: str


@dataclass(frozen=True, slots=True)
class Survey:
    """All of it. Everything is sorted."""

    at: datetime
    caller: str
    account: str
    regions: tuple[str, ...]
    organization: str = ""
    """The id; '' if it could not be read, or there is none."""
    management: str = ""
    mode: str = ""
    """How Security Hub is governed: 'central', 'local' or 'policy'; '' if unknown."""
    accounts: tuple[SurveyedAccount, ...] = ()
    services: tuple[ServiceState, ...] = ()
    policies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Type of organization policy → names of the policies."""
    findings: tuple[OpenFinding, ...] = ()
    cut: bool = False
    """Whether there are more findings than were read."""
    unread: tuple[Unseen, ...] = ()


AGES = ((7, "less than a week"), (30, "a week to a month"), (90, "one to three months"))
OLDEST = "more than three months"


def age(days: int) -> str:
    """How old a finding is, in words."""
    return next((words for most, words in AGES if days < most), OLDEST)


What = TypeVar("What", bound=Hashable)


def counted(
    findings: Iterable[OpenFinding], by: Callable[[OpenFinding], What]
) -> tuple[tuple[What, int], ...]:
    """How many findings there are of each, the most first."""
    found = Counter(map(by, findings))
    return tuple(sorted(found.items(), key=lambda each: (-each[1], str(each[0]))))

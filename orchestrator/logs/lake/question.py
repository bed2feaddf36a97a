"""Questions as values, and the test that says whether an event answers one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from orchestrator.errors import UsageError
from orchestrator.logs.event import Event
from orchestrator.logs.json_path import strings
from orchestrator.logs.lake.filters import Filter, holds


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to just before `end`, both with a time zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window needs times with a time zone")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    @property
    def milliseconds(self) -> tuple[int, int]:
        """Both ends since 1970, as OCSF counts time."""
        return int(self.start.timestamp() * 1000), int(self.end.timestamp() * 1000)

    @property
    def last_day(self) -> str:
        return f"{(self.end - timedelta(milliseconds=1)).astimezone(UTC):%Y%m%d}"

    @property
    def first_day(self) -> str:
        return f"{self.start.astimezone(UTC):%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Accounts and regions to look in; none named is all of them."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def holds(self, account: str, region: str) -> bool:
        return (not self.accounts or account in self.accounts) and (
            not self.regions or region in self.regions
        )


@dataclass(frozen=True, slots=True)
class Touching:
    """Events in whose parameters, answer or resources one of these names stands as a value."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class By:
    """Events of principals.

    An ARN is that of a user, of a session, or of the role whose sessions are meant; a name is that
    of a user or a session, or a source identity.
    """

    arns: tuple[str, ...] = ()
    access_keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WithId:
    """Events by their ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calls:
    """Events of these names, such as StopLogging: for what belongs to an account as a whole."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """All events."""


@dataclass(frozen=True, slots=True)
class Where:
    """Events whose fields fit a filter, and nothing else of them."""

    filter: Filter


About = Touching | By | WithId | Calls | Where | Anything


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, for when and where. At most `limit` events come back, the first in time."""

    about: About
    window: Window
    scope: Scope = field(default_factory=Scope)
    limit: int = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """Events in order of time, each once. `more` says that the limit has cut some off."""

    events: tuple[Event, ...]
    more: bool = False


def matches(event: Event, question: Question) -> bool:
    """Whether `event` answers `question`: the meaning of a question, for every engine."""
    return (
        event.time in question.window
        and question.scope.holds(event.account, event.region)
        and _is_about(event, question.about)
    )


def answer(candidates: Iterable[Event], question: Question) -> Answer:
    """Those of the candidates that match, in order and each once, and no more than asked for."""
    found = {each.uid: each for each in candidates if matches(each, question)}
    ordered = sorted(found.values(), key=lambda each: (each.time, each.uid))
    return Answer(tuple(ordered[: question.limit]), len(ordered) > question.limit)


def _is_about(event: Event, about: About) -> bool:
    match about:
        case Touching(names):
            return touches(event, names)
        case By():
            return is_by(event, about)
        case WithId(ids):
            return event.uid in ids
        case Calls(names):
            return event.name in names
        case Where(wanted):
            return holds(event, wanted)
        case Anything():
            return True


def touches(event: Event, names: Iterable[str]) -> bool:
    wanted = frozenset(names)
    if not wanted.isdisjoint(event.resources):
        return True
    return any(
        value in wanted for tree in (event.parameters, event.answer) for value in strings(tree)
    )


def is_by(event: Event, who: By) -> bool:
    actor = event.actor
    return bool(
        {actor.arn, actor.issuer} & set(who.arns)
        or actor.access_key in who.access_keys
        or {actor.name, actor.session_name, actor.source_identity, actor.principal_id}
        & set(who.names)
    )


class NoLake(UsageError):
    """A place without events."""


class Lake(Protocol):
    """Events that can be asked for. Raises an OrchestratorError when it cannot be read."""

    def ask(self, question: Question) -> Answer:
        """The events, in order of time."""
        ...

    def count(self, question: Question) -> Mapping[str, int]:
        """How many events of each name there are, the limit left aside."""
        ...

    @property
    def limits(self) -> tuple[str, ...]:
        """What this engine cannot see or do, in sentences for the reader of an answer."""
        ...

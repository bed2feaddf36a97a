"""What a principal did, at any hop: as itself, and in the sessions that it took from there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.logs.event import Event
from orchestrator.logs.investigate.principals import GIVERS, HOPS, IDENTITY_CENTER
from orchestrator.logs.json_path import text
from orchestrator.logs.lake.question import By, Lake, Question, Window


@dataclass(frozen=True, slots=True)
class Acts:
    """Events in order of time, each once. `more` says that a limit has cut some off."""

    events: tuple[Event, ...]
    more: bool


def acts(lake: Lake, who: By, window: Window, limit: int) -> Acts:
    """Everything by `who`, and by the sessions whose keys they were given, role after role.

    A session is followed by its access key, which nobody else has; by its ARN where the record
    has no key. Of a user of IAM Identity Center, events without a name are found by the user's id.
    """
    found: dict[str, Event] = {}
    more, asked = False, who
    known = {*who.arns, *who.access_keys, *who.names}
    for _ in range(HOPS + 1):
        answer = lake.ask(Question(asked, window, limit=limit))
        found |= {each.uid: each for each in answer.events}
        more = more or answer.more
        asked = taken_from(answer.events, known)
        if asked == By():
            break
        known |= {*asked.arns, *asked.access_keys, *asked.names}
    ordered = sorted(found.values(), key=lambda each: (each.time, each.uid))
    return Acts(tuple(ordered), more)


def taken_from(events: Iterable[Event], known: set[str]) -> By:
    """The sessions whose keys these events gave, and people by their ids, but for those known."""
    arns: list[str] = []
    keys: list[str] = []
    ids: list[str] = []
    for each in events:
        if each.actor.kind == IDENTITY_CENTER and each.actor.principal_id:
            ids.append(each.actor.principal_id)
        if each.name in GIVERS and not each.error:
            key = text(each.answer, "credentials.accessKeyId")
            (keys if key else arns).append(key or text(each.answer, "assumedRoleUser.arn"))
    return By(_new(arns, known), _new(keys, known), _new(ids, known))


def _new(values: Iterable[str], known: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in values if each and each not in known))

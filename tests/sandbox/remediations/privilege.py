"""The requests of a role against its policies: were they enough, and was every word of them needed?

A request needs its own action, on the resource that it names, and what AWS asks for besides (to
pass a role, to write a log's delivery). Most of it is what the sandbox has judged; what it does not
ask for is taken from the reference, and of its resource and conditions nothing is known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from orchestrator.sandbox.policy import Effect, Question, ask
from tests.unit.findings.services.permissions import IMPLIED

FREE = "sts:GetCallerIdentity"
Entry = Mapping[str, Any]


def refused(entries: Iterable[Entry]) -> set[str]:
    """Actions that were asked for and that no statement allowed."""
    return {str(e.get("refused", e["action"])) for e in entries if e.get("allowed") is False}


def unallowed(policies: Iterable[str], entries: Iterable[Entry]) -> set[str]:
    """Actions that the role's policies, all together, do not allow."""
    texts = list(policies)
    return {need.question.action for need in needs(entries) if not _met(need, texts)}


def idle(policies: Iterable[str], entries: Iterable[Entry]) -> set[str]:
    """Pairs of statement and action without which every request had still been allowed."""
    texts, asked = list(policies), needs(entries)
    return {
        f"{sid}: {action}"
        for sid, action, rest in _without_one(texts)
        if all(_met(need, rest) for need in asked if need.question.action == action)
    }


@dataclass(frozen=True)
class Need:
    question: Question
    besides: bool = False
    """Not what was asked for, but what AWS wants for it."""


def needs(entries: Iterable[Entry]) -> list[Need]:
    """Each once."""
    found = {repr(need): need for entry in entries for need in _needed(entry)}
    return list(found.values())


def _needed(entry: Entry) -> Iterator[Need]:
    if "action" not in entry or entry["action"] == FREE:
        return
    judged = entry.get("needs") or [[entry["action"], entry["resource"], {}]]
    for action, resource, keys in judged:
        yield Need(Question(action, resource, keys))
    given = {**entry["parameters"], **_unfolded(entry["parameters"])}
    besides = IMPLIED.get((str(entry["service"]), str(entry["operation"])))
    known = {action for action, _, _ in judged}
    for action in besides(given) if besides else ():
        if action not in known:
            yield Need(Question(action), besides=True)


def _unfolded(parameters: Mapping[str, object]) -> dict[str, object]:
    """Lists that the query protocol writes one by one: 'TagSpecification.1.Tag.1.Key'."""
    return {f"{name.partition('.')[0]}s": True for name in parameters if "." in name}


def _met(need: Need, texts: list[str]) -> bool:
    asked = list(map(_unconditional, texts)) if need.besides else texts
    return ask(asked, need.question) is Effect.ALLOW


@cache
def _unconditional(text: str) -> str:
    document = json.loads(text)
    statements = [{**s, "Condition": {}, "Resource": "*"} for s in document["Statement"]]
    return json.dumps({**document, "Statement": statements})


def _without_one(texts: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """The policies without one action of one statement, for each there is."""
    for index, text in enumerate(texts):
        document = json.loads(text)
        for number, statement in enumerate(document["Statement"]):
            for action in statement["Action"]:
                left = [each for each in statement["Action"] if each != action]
                changed = [*document["Statement"]]
                changed[number : number + 1] = [{**statement, "Action": left}] if left else []
                rest = json.dumps({**document, "Statement": changed})
                yield statement["Sid"], action, [*texts[:index], rest, *texts[index + 1 :]]

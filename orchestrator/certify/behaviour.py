"""A behaviour of AWS that the product relies on, with the evidence for it; and asking it of an AWS.

Whichever AWS it is, the answer is whether it behaves as is written.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import jmespath

from orchestrator.certify.recordings import Answer, Exchange, Recording, without_ids

Json = Mapping[str, Any]


class Place(StrEnum):
    """Whose credentials a call is made with, and in whose account."""

    MANAGEMENT = "management"
    MEMBER = "member"
    """A member account without a role in the organization: nothing in it is of value."""


class Kind(StrEnum):
    """What stands behind a behaviour; only a recording is more than somebody's word."""

    RECORDED = "recorded on AWS"
    DOCUMENTED = "documented"
    REPORTED = "reported"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a behaviour is written. A recording is not told here: it is a file."""

    kind: Kind
    source: str = ""


@dataclass(frozen=True, slots=True)
class Like:
    """A text that matches a regular expression, where the text itself is drawn by AWS."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request and what is expected of its answer.

    Texts in `parameters` may hold `<name>`: `<run>` (letters and digits, other ones in every run),
    `<management>`, `<member>`, `<organization>`, `<region>`, or what an earlier call kept.
    `refused` is the error code expected, '' where the call is expected to be answered; `answers`
    are values by JMESPath, `keeps` JMESPaths by name. A call is asked again for `within` seconds
    until it is answered as expected: AWS is consistent only eventually.
    """

    service: str
    operation: str
    parameters: Json = field(default_factory=dict)
    refused: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)
    place: Place = Place.MEMBER
    region: str = ""
    within: float = 0.0
    tolerates: tuple[str, ...] = ()
    """Error codes that a preparation may end with: what it makes was there already."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`before` makes what the calls need, `after` removes it whatever came of them."""

    id: str
    says: str
    evidence: Evidence
    calls: tuple[Call, ...]
    before: tuple[Call, ...] = ()
    after: tuple[Call, ...] = ()

    @property
    def service(self) -> str:
        return self.id.partition(".")[0]


def documented(source: str) -> Evidence:
    return Evidence(Kind.DOCUMENTED, source)


def reported(source: str) -> Evidence:
    return Evidence(Kind.REPORTED, source)


def document(*statements: Json) -> str:
    """A policy as the text that AWS takes."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


NAME = re.compile(r"<([a-z_]+)>")
PAUSE = 0.5
"""Seconds before the second time of asking; twice as long before each further one."""


class Aws(Protocol):
    """An AWS with an organization: real, or an emulation."""

    origin: str

    def names(self) -> Mapping[str, str]:
        """management, member, organization and region."""
        ...

    def ask(
        self, place: Place, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Answer:
        """One request; a refusal is an answer, whatever refuses."""
        ...


class Standing(StrEnum):
    """How AWS answered."""

    AS_WRITTEN = "as written"
    OTHERWISE = "otherwise"
    NOT_ASKED = "not asked"
    """What the calls need could not be made: nothing is known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one behaviour. `reasons` say why it is not as written; `left` what remains."""

    behaviour: Behaviour
    standing: Standing
    recording: Recording
    reasons: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


GONE = ("NotFound", "NoSuch", "NonExistent", "no call before")
UNKNOWN = "no call before has answered"


class Unnamed(KeyError):
    """A call uses `<name>`, and nothing of that name was kept."""


@dataclass(slots=True)
class _Run:
    aws: Aws
    ids: dict[str, str]
    sleep: Callable[[float], None]
    exchanges: list[Exchange] = field(default_factory=list)

    def expected(self, call: Call, *, record: bool) -> str:
        """Ask until the answer is as expected, or the time is over; '' or how it differs."""
        until, pause = time.monotonic() + call.within, PAUSE
        while True:
            try:
                answer = self._asked(call)
            except Unnamed as missing:
                return f"{UNKNOWN} {missing}"
            wrong = mismatch(call, answer, self.ids)
            if not wrong or time.monotonic() >= until:
                break
            self.sleep(pause)
            pause *= 2
        if record:
            self.exchanges.append(self._noted(call, answer))
        for name, path in call.keeps.items():
            self.ids[name] = str(jmespath.search(path, answer.content) or "")
        return wrong

    def _asked(self, call: Call) -> Answer:
        parameters = filled(call.parameters, self.ids)
        region = str(filled(call.region, self.ids)) or self.ids["region"]
        return self.aws.ask(call.place, call.service, call.operation, region, parameters)

    def _noted(self, call: Call, answer: Answer) -> Exchange:
        clean = Answer(
            answer.code,
            str(without_ids(answer.message, self.ids)),
            without_ids(answer.content, self.ids),
        )
        asked = without_ids(filled(call.parameters, self.ids), self.ids)
        return Exchange(call.service, call.operation, call.place.value, asked, clean)


def certify(
    aws: Aws,
    behaviours: Iterable[Behaviour],
    run: str,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Outcome]:
    """Ask each behaviour, one after the other. `run` is letters and digits, new for every run."""
    for number, behaviour in enumerate(behaviours):
        yield _one(aws, behaviour, f"{run}{number}", sleep)


def _one(aws: Aws, behaviour: Behaviour, run: str, sleep: Callable[[float], None]) -> Outcome:
    current = _Run(aws, {**aws.names(), "run": run}, sleep)
    try:
        missing = _prepared(current, behaviour)
        reasons = [] if missing else _reasons(current, behaviour)
    finally:
        left = _cleaned(current, behaviour)
    standing = Standing.AS_WRITTEN
    if missing or reasons:
        standing = Standing.NOT_ASKED if missing else Standing.OTHERWISE
    moment = datetime.now(UTC).date().isoformat()
    recording = Recording(behaviour.id, aws.origin, moment, tuple(current.exchanges))
    return Outcome(behaviour, standing, recording, tuple(missing or reasons), tuple(left))


def _prepared(current: _Run, behaviour: Behaviour) -> list[str]:
    for call in behaviour.before:
        wrong = current.expected(call, record=False)
        if wrong:
            return [f"{call.service}:{call.operation}: {wrong}"]
    return []


def _reasons(current: _Run, behaviour: Behaviour) -> list[str]:
    said = ((call, current.expected(call, record=True)) for call in behaviour.calls)
    return [f"{call.service}:{call.operation}: {wrong}" for call, wrong in said if wrong]


def _cleaned(current: _Run, behaviour: Behaviour) -> list[str]:
    """Best effort: what was never made cannot be removed, and that is no news."""
    left = []
    for call in behaviour.after:
        wrong = current.expected(call, record=False)
        if wrong and not any(word in wrong for word in GONE):
            left.append(f"{call.service}:{call.operation}: {wrong}")
    return left


def mismatch(call: Call, answer: Answer, ids: Mapping[str, str]) -> str:
    """'' where the answer is as expected, else how it differs."""
    if answer.code in call.tolerates and answer.code:
        return ""
    if answer.code != call.refused:
        expected = call.refused or "an answer"
        return f"{answer.code or 'an answer'}, not {expected} ({answer.message or 'no message'})"
    for path, value in call.answers.items():
        found = jmespath.search(path, answer.content)
        if not _is(found, filled(value, ids)):
            return f"{path} is {found!r}, not {value!r}"
    return ""


def _is(found: object, expected: object) -> bool:
    if isinstance(expected, Like):
        return isinstance(found, str) and re.fullmatch(expected.pattern, found) is not None
    return found == expected


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """`value` with every `<name>` in its texts replaced. Raises Unnamed."""
    if isinstance(value, Mapping):
        return {key: filled(each, ids) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, ids) for each in value]
    if not isinstance(value, str):
        return value

    def named(match: re.Match[str]) -> str:
        if not ids.get(match[1]):
            raise Unnamed(match[1])
        return ids[match[1]]

    return NAME.sub(named, value)

"""A behaviour of AWS that the product relies on, with the evidence for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

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

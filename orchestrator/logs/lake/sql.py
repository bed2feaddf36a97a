"""A question as a condition in SQL, with everything that comes from outside in parameters.

The condition lets through every event that matches, and may let through more: `asking.matches`
has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.logs.lake.question import About, Anything, By, Calls, Touching, WithId

Parameter = str | int

ARNS = ("actor.user.uid", "actor.user.uuid", "actor.session.issuer")
KEYS = ("actor.user.credential_uid",)
NAMES = ("actor.user.name", "user.name")
SESSIONS = ("actor.user.uid", "actor.user.uuid")
BODIES = ("api.request.data", "api.response.data", "resources", "unmapped")
IDS = ("metadata.uid",)
OPERATIONS = ("api.operation",)
"""Where OCSF of 1.1 and of rc.2 has them. A table may lack some."""


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL with a `?` for each parameter, in order."""

    sql: str
    parameters: tuple[Parameter, ...] = ()


class Dialect(Protocol):
    """What differs between engines that speak SQL."""

    def column(self, path: str) -> str | None:
        """The column at an OCSF path; None where the table has none."""
        ...

    def text(self, path: str) -> str | None:
        """The same as text, whatever its type is."""
        ...

    def contains(self, text: str) -> str:
        """A condition that `text` contains the parameter `?`."""
        ...

    def ends_with(self, text: str) -> str: ...


def condition(about: About, dialect: Dialect) -> Condition:
    """The narrowing of `about`. One that fits nothing in the table is false."""
    match about:
        case Touching(names):
            return either(_bodies(names, dialect))
        case By():
            return either(_principals(about, dialect))
        case WithId(ids):
            return either(_among(IDS, ids, dialect))
        case Calls(names):
            return either(_among(OPERATIONS, names, dialect))
        case Anything():
            return Condition("true")


def either(conditions: Iterable[Condition]) -> Condition:
    found = list(conditions)
    if not found:
        return Condition("false")
    parameters = tuple(each for one in found for each in one.parameters)
    return Condition(f"({' OR '.join(one.sql for one in found)})", parameters)


def _bodies(names: Sequence[str], dialect: Dialect) -> Iterable[Condition]:
    for path in BODIES:
        column = dialect.text(path)
        if column is not None:
            for needle in needles(names, quoted=path.startswith("api.")):
                yield Condition(dialect.contains(column), (needle,))


def needles(names: Iterable[str], *, quoted: bool = True) -> tuple[str, ...]:
    """How the names may be written in JSON, with or without escapes for what is not ASCII."""
    written = (json.dumps(name, ensure_ascii=ascii) for name in names for ascii in (False, True))
    return tuple(dict.fromkeys(each if quoted else each[1:-1] for each in written))


def _principals(who: By, dialect: Dialect) -> Iterable[Condition]:
    yield from _among(ARNS, who.arns, dialect)
    yield from _among(KEYS, who.access_keys, dialect)
    yield from _among(NAMES, who.names, dialect)
    for path in SESSIONS:
        column = dialect.column(path)
        if column is not None:
            for name in who.names:
                yield Condition(dialect.ends_with(column), (f"/{name}",))
                yield Condition(dialect.ends_with(column), (f":{name}",))
    extra = dialect.text("unmapped")
    if extra is not None:
        for needle in needles(who.names, quoted=False):
            yield Condition(dialect.contains(extra), (needle,))


def _among(paths: Iterable[str], values: Sequence[str], dialect: Dialect) -> Iterable[Condition]:
    for path in paths:
        column = dialect.column(path)
        if column is not None and values:
            marks = ", ".join("?" for _ in values)
            yield Condition(f"{column} IN ({marks})", tuple(values))

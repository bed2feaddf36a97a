"""A question as a condition of SQL, in any dialect.

A condition in SQL has everything from outside in parameters. It lets through every event that
matches, and perhaps more: `question.matches` has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from orchestrator.logs.lake.dialects import Condition, Dialect, among, either
from orchestrator.logs.lake.filter_queries import narrowing
from orchestrator.logs.lake.question import About, Anything, By, Calls, Touching, Where, WithId

ARNS = ("actor.user.uid", "actor.user.uuid", "actor.session.issuer")
KEYS = ("actor.user.credential_uid",)
NAMES = ("actor.user.name", "actor.user.uid_alt", "user.name")
SESSIONS = ("actor.user.uid", "actor.user.uuid")
BODIES = ("api.request.data", "api.response.data", "resources", "unmapped")
IDS = ("metadata.uid",)
OPERATIONS = ("api.operation",)
"""Where OCSF of 1.1 and of rc.2 has them. A table may lack some."""


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
        case Where(wanted):
            return narrowing(wanted, dialect)
        case Anything():
            return Condition("true")


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
            yield among(column, values)

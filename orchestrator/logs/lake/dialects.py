"""The two dialects of SQL that lakes are asked in: DuckDB's and Athena's.

A dialect gives expressions for the fields of `columns`, and conditions on them. What comes from
outside is a parameter, `?` in the text; names and paths are of this package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

from orchestrator.errors import UsageError
from orchestrator.logs.lake.columns import FIELDS, SECURITY_LAKE, Columns, Kind
from orchestrator.logs.lake.question import Scope, Window
from orchestrator.model.facts.logs import LakeSource

Parameter = str | int
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL with a `?` for each parameter, in order."""

    sql: str
    parameters: tuple[Parameter, ...] = ()


def either(conditions: Iterable[Condition]) -> Condition:
    """At least one of them; false if there are none."""
    return _joined(conditions, " OR ", "false")


def every(conditions: Iterable[Condition]) -> Condition:
    """All of them; true if there are none."""
    return _joined(conditions, " AND ", "true")


def _joined(conditions: Iterable[Condition], word: str, none: str) -> Condition:
    found = list(conditions)
    if not found:
        return Condition(none)
    parameters = tuple(each for one in found for each in one.parameters)
    return Condition(f"({word.join(one.sql for one in found)})", parameters)


def among(expression: str, values: Sequence[Parameter]) -> Condition:
    """That an expression is one of some values; false if there are none."""
    if not values:
        return Condition("false")
    return Condition(f"{expression} IN ({', '.join('?' for _ in values)})", tuple(values))


class Dialect(Protocol):
    """What differs between engines that speak SQL."""

    def column(self, path: str) -> str | None:
        """The column at an OCSF path; None where the table has none."""
        ...

    def text(self, path: str) -> str | None:
        """The same as text, for a column of any type."""
        ...

    def contains(self, text: str) -> str:
        """A condition that `text` contains the parameter `?`."""
        ...

    def ends_with(self, text: str) -> str:
        """A condition that `text` ends with the parameter `?`."""
        ...

    def member(self, path: str, *names: str) -> str | None:
        """The value at `names` in a column of JSON, as text; null where it is not there."""
        ...

    def unplaced(self, name: str) -> str | None:
        """The value under a dotted name of the record in `unmapped`, as text."""
        ...

    def within(self, text: str, network: Network) -> Condition:
        """That `text` is an address of `network`; false for what is no address."""
        ...

    def window(self, window: Window) -> Condition:
        """That an event is of the window, by the column that prunes partitions where one does."""
        ...

    def scope(self, scope: Scope) -> Condition:
        """That an event is of the accounts and regions, as far as a table knows."""
        ...


class DuckDialect:
    """SQL over the row `e` of a table whose columns are known.

    `maps` are those of the columns that are maps: Security Lake's `unmapped` is one, while our own
    lake has a tree of JSON there.
    """

    def __init__(self, paths: Iterable[str], maps: Iterable[str] = ()) -> None:
        self._paths, self._maps = frozenset(paths), frozenset(maps)

    def column(self, path: str) -> str | None:
        if path not in self._paths:
            return None
        return "e." + ".".join(f'"{name}"' for name in path.split("."))

    def text(self, path: str) -> str | None:
        column = self.column(path)
        return None if column is None else f"CAST({column} AS VARCHAR)"

    def contains(self, text: str) -> str:
        return f"contains({text}, ?)"

    def ends_with(self, text: str) -> str:
        return f"ends_with({text}, ?)"

    def member(self, path: str, *names: str) -> str | None:
        text = self.text(path)
        if text is None:
            return None
        return f"CASE WHEN json_valid({text}) THEN json_extract_string({text}, '{_way(names)}') END"

    def unplaced(self, name: str) -> str | None:
        if "unmapped" in self._maps:
            return f"{self.column('unmapped')}['{_plain(name)}']"
        return self.member("unmapped", *name.split("."))

    def within(self, text: str, network: Network) -> Condition:
        return _within(text, network, _duck_parts)

    def window(self, window: Window) -> Condition:
        return Condition("(e.time >= ? AND e.time < ?)", window.milliseconds)

    def scope(self, scope: Scope) -> Condition:
        """Files are of one account and region; what a row does not say, its file does."""
        pairs = (("cloud.account.uid", scope.accounts), ("cloud.region", scope.regions))
        found = ((self.column(path), values) for path, values in pairs if values)
        return every(
            either((Condition(f"{column} IS NULL"), among(column, values)))
            for column, values in found
            if column is not None
        )


ATHENA_TEXTS: Mapping[str, str] = {
    "resources": "array_join(transform(resources, r -> r.uid), ' ')",
    "unmapped": "json_format(CAST(unmapped AS JSON))",
}


class AthenaDialect:
    """Trino's SQL over a table of Security Lake, of source version 2.

    Source: Athena User Guide, "Functions in Amazon Athena"; Trino's documentation, functions.
    """

    def __init__(self, source: LakeSource = LakeSource.CLOUD_TRAIL_MGMT) -> None:
        self._columns: Columns = SECURITY_LAKE[source]

    def column(self, path: str) -> str | None:
        return path if path in self._columns else None

    def text(self, path: str) -> str | None:
        column = self.column(path)
        if column is None or self._columns[path] is Kind.TEXT:
            return column
        return ATHENA_TEXTS.get(path, f"CAST({column} AS varchar)")

    def contains(self, text: str) -> str:
        return f"strpos({text}, ?) > 0"

    def ends_with(self, text: str) -> str:
        """Athena has no function for it; a text's end turned round is a beginning."""
        return f"strpos(reverse({text}), reverse(?)) = 1"

    def member(self, path: str, *names: str) -> str | None:
        column = self.column(path)
        return None if column is None else f"json_extract_scalar({column}, '{_way(names)}')"

    def unplaced(self, name: str) -> str | None:
        column = self.column("unmapped")
        return None if column is None else f"element_at({column}, '{_plain(name)}')"

    def within(self, text: str, network: Network) -> Condition:
        return _within(text, network, _athena_parts)

    def window(self, window: Window) -> Condition:
        """By whole seconds of `time_dt`, whose days are partitions, and exactly by `time`.

        A parameter is a text, which Athena does not compare with a timestamp by itself.
        """
        days = [
            (f"time_dt {sign} CAST(? AS timestamp)", f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
            for sign, moment in ((">=", window.start), ("<=", window.end + timedelta(seconds=1)))
        ]
        (first, start), (last, end) = days
        sql = f"({first} AND {last} AND time >= ? AND time < ?)"
        return Condition(sql, (start, end, *window.milliseconds))

    def scope(self, scope: Scope) -> Condition:
        pairs = (("account", scope.accounts), ("region", scope.regions))
        return every(among(FIELDS[name].lake, values) for name, values in pairs if values)


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


def _plain(name: str) -> str:
    """A name of ours that may stand in SQL. Raises UsageError for any other."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' is not a name of a field", "use letters, digits, dots, dashes and _"
        )
    return name


def _way(names: Sequence[str]) -> str:
    """A JSON path. Each name is in quotes, so that a dot in it stays a part of it."""
    return "$" + "".join(f'."{_plain(name)}"' for name in names)


def _duck_parts(text: str, separator: str, width: int, joined: str) -> str:
    parts = f"list_filter(string_split({text}, '{separator}'), lambda x: x <> '')"
    return f"array_to_string(list_transform({parts}, lambda x: lpad(x, {width}, '0')), '{joined}')"


def _athena_parts(text: str, separator: str, width: int, joined: str) -> str:
    parts = f"filter(split({text}, '{separator}'), x -> x <> '')"
    return f"array_join(transform({parts}, x -> lpad(x, {width}, '0')), '{joined}')"


class _Parts(Protocol):
    def __call__(self, text: str, separator: str, width: int, joined: str) -> str:
        """The parts of a text, each padded with zeros, put together again."""
        ...


def _within(text: str, network: Network, parts: _Parts) -> Condition:
    """Addresses written at full length are in order as texts, so a network is a range."""
    first, last = network[0], network[-1]
    if isinstance(network, IPv4Network):
        low, high = (".".join(f"{int(n):03}" for n in str(a).split(".")) for a in (first, last))
        full = parts(text, ".", 3, ".")
        return Condition(f"(strpos({text}, ':') = 0 AND {full} BETWEEN ? AND ?)", (low, high))
    low, high = (f"{int(address):032x}" for address in (first, last))
    left = parts(f"split_part({text}, '::', 1)", ":", 4, "")
    right = parts(f"coalesce(split_part({text}, '::', 2), '')", ":", 4, "")
    zeros = f"substr('{'0' * 32}', 1, greatest(0, 32 - length({left}) - length({right})))"
    full = f"lower(concat({left}, {zeros}, {right}))"
    return Condition(f"(strpos({text}, ':') > 0 AND {full} BETWEEN ? AND ?)", (low, high))

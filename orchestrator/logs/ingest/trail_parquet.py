# ruff: noqa: S608  # relations and columns are our own
"""CloudTrail's records straight into Parquet, for batches in which every record is a usual one.

Nearly all are. A table in memory between JSON and Parquet would cost as much as all the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestrator.logs.lake.records import NotALogFile, source
from orchestrator.logs.lake.writing import DAY, OPTIONS, Place
from orchestrator.logs.ocsf.cloudtrail_sql import USUAL, names, select, typed

REGION, ACCOUNT, DATE = (
    re.compile(pattern) for pattern in (r"[a-z0-9-]{1,40}", r"[0-9]{12}", r"[0-9]{8}")
)
GROUPS = f"""SELECT cloud.region, cloud.account.uid, {DAY}, class_uid, count(*),
  bool_or(time IS NULL OR nullif(metadata.uid, '') IS NULL OR nullif(api.operation, '') IS NULL
    OR nullif(api.service.name, '') IS NULL)
FROM read_parquet($1) GROUP BY ALL"""


@dataclass(frozen=True, slots=True)
class Whole:
    """A file of events, where they belong, and how many there are of each class."""

    file: Path
    places: Sequence[Place]
    events: Mapping[str, int]

    @property
    def read(self) -> int:
        return sum(self.events.values())


def written(data: bytes, lines: Path, connection: DuckDBPyConnection) -> Whole | None:
    """The records in `data`, one a line, as Parquet beside `lines`; None if one of them is odd:
    no JSON, no record, with an unknown name, or of a place that may not stand in a path.
    """
    file = lines.with_suffix(".parquet")
    lines.write_bytes(data)
    try:
        relation = source(lines, data)
        if not _usual(connection, relation):
            return None
        query = select(source(lines, data, typed()), usual=True)
        escaped = str(file).replace("'", "''")
        connection.execute(f"COPY ({query}) TO '{escaped}' ({OPTIONS})")
        groups = connection.execute(GROUPS, [str(file)]).fetchall()
    except (duckdb.Error, NotALogFile):
        return None
    return _whole(file, groups)


def _usual(connection: DuckDBPyConnection, relation: str) -> bool:
    """Whether every record is an object with names that are known, none of them twice."""
    found = [keys for (keys,) in connection.execute(names(relation)).fetchall()]
    return bool(found) and all(
        keys and USUAL.issuperset(keys) and len({*keys}) == len(keys) for keys in found
    )


def _whole(file: Path, groups: Sequence[tuple[object, ...]]) -> Whole | None:
    places, events = set(), Counter[str]()
    for region, account, day, class_uid, count, bad in groups:
        place = Place(str(region), str(account), str(day))
        fits = zip((REGION, ACCOUNT, DATE), (place.region, place.account, place.day), strict=True)
        if bad or not all(pattern.fullmatch(value) for pattern, value in fits):
            return None
        places.add(place)
        assert isinstance(count, int)  # noqa: S101
        events[str(class_uid)] += count
    return Whole(file, sorted(places, key=lambda place: place.folder), events)

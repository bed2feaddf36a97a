"""What is kept of each report, so that the next one can show how things have gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Score:
    """Of the controls with data, how many have passed."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0

    @property
    def share(self) -> float | None:
        """Percent; None without any data."""
        all_ = self.passed + self.failed + self.unknown
        return 100 * self.passed / all_ if all_ else None


@dataclass(frozen=True, slots=True)
class Point:
    """One day. Scores by team's name, OU's path and account's id; numbers by their names."""

    at: datetime
    organization: Score
    teams: Mapping[str, Score] = field(default_factory=dict)
    units: Mapping[str, Score] = field(default_factory=dict)
    accounts: Mapping[str, Score] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


def monthly(points: tuple[Point, ...], most: int) -> tuple[Point, ...]:
    """The last point of each of the last months, the oldest first."""
    last = {f"{point.at:%Y-%m}": point for point in sorted(points, key=lambda each: each.at)}
    return tuple(last.values())[-most:]


def document(point: Point) -> Mapping[str, Any]:
    return {
        "version": VERSION,
        "at": point.at.isoformat(timespec="seconds"),
        "organization": _numbers(point.organization),
        "teams": {name: _numbers(score) for name, score in point.teams.items()},
        "units": {name: _numbers(score) for name, score in point.units.items()},
        "accounts": {name: _numbers(score) for name, score in point.accounts.items()},
        "numbers": dict(point.numbers),
    }


def read(found: Any) -> Point:
    """Raises KeyError, TypeError and ValueError for anything that was not written like this."""
    if found["version"] != VERSION:
        raise ValueError(f"it is of version {found['version']}, not {VERSION}")
    return Point(
        datetime.fromisoformat(found["at"]),
        _score(found["organization"]),
        _scores(found["teams"]),
        _scores(found["units"]),
        _scores(found["accounts"]),
        {str(name): int(number) for name, number in found["numbers"].items()},
    )


def _numbers(score: Score) -> list[int]:
    return [score.passed, score.failed, score.unknown]


def _score(numbers: list[int]) -> Score:
    passed, failed, unknown = map(int, numbers)
    return Score(passed, failed, unknown)


def _scores(found: Mapping[str, list[int]]) -> dict[str, Score]:
    return {str(name): _score(numbers) for name, numbers in found.items()}

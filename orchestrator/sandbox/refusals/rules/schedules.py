"""Schedule expressions: `rate(5 minutes)` and `cron(0 8 ? * MON-FRI *)`.

Source: Amazon EventBridge User Guide, "Rate expressions" and "Cron expressions".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
CRON = re.compile(r"cron\((.+)\)")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS: Sequence[tuple[int, int, Sequence[str]]] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, MONTHS),
    (1, 7, DAYS),
    (1970, 2199, ()),
)
"""Minutes, hours, day of the month, month, day of the week, year."""

DAY, WEEKDAY = 2, 4
ONE = f"(?:[1-7]|{'|'.join(DAYS)})"
SPECIAL = {DAY: r"L|LW|L-\d+|\d{1,2}W", WEEKDAY: rf"L|{ONE}L|{ONE}#[1-5]"}
"""The last day, the weekday nearest to a day, the nth of a weekday."""


def valid_schedule(expression: str) -> bool:
    """Whether EventBridge takes it: one is singular, and one of the two days is `?`."""
    if rate := RATE.fullmatch(expression):
        return (rate[1] == "1") == (rate[3] == "")
    cron = CRON.fullmatch(expression)
    fields = cron[1].split() if cron else []
    if len(fields) != len(FIELDS):
        return False
    if (fields[DAY] == "?") == (fields[WEEKDAY] == "?"):
        return False
    return all(_field(index, text) for index, text in enumerate(fields))


def _field(index: int, text: str) -> bool:
    if text == "?":
        return index in (DAY, WEEKDAY)
    return all(_part(index, part) for part in text.split(","))


def _part(index: int, part: str) -> bool:
    low, high, names = FIELDS[index]
    special = SPECIAL.get(index)
    if special and re.fullmatch(special, part):
        return True
    start, slash, step = part.partition("/")
    if slash and not (step.isdigit() and int(step) > 0):
        return False
    if start == "*":
        return True
    numbers = {name: low + offset for offset, name in enumerate(names)}
    ends = [_number(text, numbers) for text in start.split("-")]
    return len(ends) <= 2 and all(end is not None and low <= end <= high for end in ends)


def _number(text: str, names: Mapping[str, int]) -> int | None:
    return int(text) if text.isdigit() else names.get(text.upper())

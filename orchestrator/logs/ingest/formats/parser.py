"""What all parsers share: their context, how they refuse a record, and the frame of an event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from ipaddress import ip_address

from orchestrator.logs.ocsf.classes import VERSION, classification

Ocsf = dict[str, object]

FUTURE, OLD = timedelta(days=1), timedelta(days=3650)


class Unparsed(ValueError):
    """A record that is not an event, with the reason.

    Reasons are few and have no values in them, so that they can be counted.
    """


class Skipped(Exception):
    """A record that is no event and is not to be one: a header, an interval without traffic.

    It is counted by its reason, which has no values in it.
    """


@dataclass(frozen=True, slots=True)
class Context:
    """What a record does not say itself."""

    zone: tzinfo
    now: datetime
    year: int
    """For times without one: that of the file."""
    head: str = ""
    """The first lines of the file: some formats name their fields there."""


@dataclass(frozen=True, slots=True)
class Product:
    vendor: str
    name: str


def frame(
    class_uid: int, activity: int, moment: datetime, product: Product, context: Context
) -> Ocsf:
    """An event with all that every class requires; a clock that cannot be right is labelled."""
    metadata: Ocsf = {
        "version": VERSION,
        "product": {"vendor_name": product.vendor, "name": product.name},
        "profiles": ["datetime", "host"],
    }
    if wrong := wrong_clock(moment, context):
        metadata["labels"] = [f"clock:{wrong}"]
    return {
        **classification(class_uid, activity),
        "metadata": metadata,
        "severity_id": 1,
        "time": int(moment.timestamp() * 1000),
        "time_dt": moment.astimezone(UTC).isoformat(timespec="milliseconds"),
    }


def wrong_clock(moment: datetime, context: Context) -> str:
    if moment > context.now + FUTURE:
        return "future"
    return "old" if moment < context.now - OLD else ""


MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_BSD = re.compile(r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)")


def iso(text: str, context: Context) -> datetime:
    """An ISO 8601 time; without an offset it is in the declared zone. Raises Unparsed."""
    try:
        moment = datetime.fromisoformat(_seven_digits(text.strip()))
    except ValueError as error:
        raise Unparsed("the time cannot be read") from error
    return _sane(moment if moment.tzinfo else moment.replace(tzinfo=context.zone))


def _seven_digits(text: str) -> str:
    """Windows writes seven to nine digits of a second, Python reads six."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)


def bsd(text: str, context: Context) -> datetime:
    """`Mar  1 10:00:00` in the declared zone; the year that brings it nearest to the file's."""
    match = _BSD.fullmatch(text)
    if match is None or match["month"] not in MONTHS:
        raise Unparsed("the time cannot be read")
    hours, minutes, seconds = map(int, match["clock"].split(":"))
    try:
        moment = datetime(
            context.year,
            MONTHS[match["month"]],
            int(match["day"]),
            hours,
            minutes,
            min(seconds, 59),
            tzinfo=context.zone,
        )
        late = moment - context.now > timedelta(days=2) and context.year == context.now.year
        return _sane(moment.replace(year=context.year - 1) if late else moment)
    except ValueError as error:
        raise Unparsed("the time cannot be read") from error


def epoch(text: str) -> datetime:
    """Seconds since 1970, with a fraction; milliseconds if there are that many. Raises Unparsed."""
    try:
        seconds = float(text)
        return _sane(datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise Unparsed("the time cannot be read") from error


def _sane(moment: datetime) -> datetime:
    """A time that stays within the calendar in every time zone."""
    try:
        if 1970 <= moment.astimezone(UTC).year < 9000:
            return moment
    except OverflowError:
        pass
    raise Unparsed("the time cannot be read")


def endpoint(ip: str = "", port: str = "", name: str = "") -> Ocsf:
    """A network endpoint. One of which nothing is known is called so, since OCSF wants a name."""
    found: Ocsf = {}
    if is_ip(ip):
        found["ip"] = ip
    elif ip and ip != "-":
        found["hostname"] = ip
    if name and name != "-":
        found.setdefault("hostname", name)
    if port.isdigit() and 0 < int(port) < 65536:
        found["port"] = int(port)
    return found if {"ip", "hostname"} & set(found) else {**found, "name": "unknown"}


def is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def host(name: str) -> Ocsf:
    """A device of which the type is not known."""
    return {"hostname": name or "unknown", "type_id": 0}


def number(text: str) -> int | None:
    """Decimal, or hexadecimal as Windows writes it; None for anything else or too large."""
    try:
        value = int(text, 16) if text.lower().startswith("0x") else int(text)
    except ValueError:
        return None
    return value if -(2**63) <= value < 2**63 else None


def rest(values: Mapping[str, object], used: tuple[str, ...]) -> Ocsf:
    """What no field of the class takes."""
    return {name: value for name, value in values.items() if name not in used}

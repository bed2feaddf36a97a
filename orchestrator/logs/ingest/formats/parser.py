"""What all parsers share: their context, how they refuse a record, and the frame of an event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from ipaddress import ip_address

from orchestrator.logs.ocsf.classes import BASE, VERSION, classification

Ocsf = dict[str, object]

FUTURE, OLD = timedelta(days=1), timedelta(days=3650)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
APART = timedelta(minutes=5)
"""Two clocks of one record that are further apart than this disagree."""


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
    """Of times that name none."""
    now: datetime
    written: datetime
    """When the file was last written, for times without a year: none is later than that."""
    head: str = ""
    """The first lines of the file: some formats name their fields there."""
    log_format: str = ""
    """Apache's LogFormat of access logs that are neither common nor combined."""


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
    if wrong := wrong_clock(moment, context.now):
        metadata["labels"] = [f"clock:{wrong}"]
    milliseconds, said = _stamps(moment)
    return {
        **_classification(class_uid, activity),
        "metadata": metadata,
        "severity_id": 1,
        "time": milliseconds,
        "time_dt": said,
    }


_classification = cache(classification)


@lru_cache(4096)
def _stamps(moment: datetime) -> tuple[int, str]:
    # Of floats, the last millisecond may be lost.
    since = moment - EPOCH
    milliseconds = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
    return milliseconds, moment.astimezone(UTC).isoformat(timespec="milliseconds")


@lru_cache(4096)
def wrong_clock(moment: datetime, now: datetime) -> str:
    if moment > now + FUTURE:
        return "future"
    return "old" if moment < now - OLD else ""


def compared(event: Ocsf, own: datetime, other: datetime | None) -> Ocsf:
    """The event, labelled if a second clock of the same record disagrees with its own."""
    if other is not None and abs(own - other) > APART:
        metadata = event["metadata"]
        assert isinstance(metadata, dict)  # noqa: S101
        metadata["labels"] = [*metadata.get("labels", ()), "clock:disagrees"]
    return event


MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_BSD = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)(?P<part>\.\d{1,9})?"
)


def iso(text: str, context: Context) -> datetime:
    """An ISO 8601 time; without an offset it is in the declared zone. Raises Unparsed."""
    return _iso(text, context.zone)


@lru_cache(4096)
def _iso(text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(_seven_digits(text.strip()))
    except ValueError as error:
        raise Unparsed("the time cannot be read") from error
    return _sane(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def has_zone(text: str) -> bool:
    """Whether an ISO 8601 time says its offset from UTC."""
    return re.search(r"(Z|[+-]\d\d:?\d\d)$", text.strip()) is not None


_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")


def _seven_digits(text: str) -> str:
    """Windows writes seven to nine digits of a second, Python reads six."""
    return _LONG_FRACTION.sub(r"\1", text) if len(text) > 26 else text


def bsd(text: str, context: Context) -> datetime:
    """`Mar  1 10:00:00` in the declared zone, in the last year that the file's own time allows.

    A line is not from after its file was written; two days are left for clocks that differ.
    """
    return _bsd(text, context.zone, context.written)


@lru_cache(4096)
def _bsd(text: str, zone: tzinfo, written: datetime) -> datetime:
    match = _BSD.fullmatch(text)
    if match is None or match["month"] not in MONTHS:
        raise Unparsed("the time cannot be read")
    for year in range(written.year + 1, written.year - 8, -1):
        try:
            moment = dated(year, match["month"], match["day"], match["clock"], zone)
        except ValueError:
            continue  # the 29th of February
        if moment <= written + timedelta(days=2):
            part = int(float(match["part"] or 0) * 1_000_000)
            return _sane(moment.replace(microsecond=part))
    raise Unparsed("the time cannot be read")


def dated(year: int, month: str, day: str, clock: str, zone: tzinfo) -> datetime:
    """A time of its parts. A leap second is the one before. Raises ValueError."""
    hours, minutes, seconds = map(int, clock.split(":"))
    return datetime(
        year, MONTHS[month], int(day), hours, minutes, 59 if seconds == 60 else seconds, tzinfo=zone
    )


def epoch(text: str) -> datetime:
    """Since 1970: seconds with a fraction, or milli-, micro- or nanoseconds, by how many digits.

    Raises Unparsed.
    """
    try:
        seconds = float(text)
        while abs(seconds) > 1e11:
            seconds /= 1000
        return _sane(datetime.fromtimestamp(seconds, UTC))
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
    """A network endpoint. One of which nothing is known is called so, since OCSF wants a name.

    `ip` may be an address, a host name, or either with a port behind a colon.
    """
    if not port and not is_ip(ip) and (match := _WITH_PORT.fullmatch(ip)):
        ip, port = match["host"].strip("[]"), match["port"]
    found: Ocsf = {}
    if is_ip(ip):
        found["ip"] = ip
    elif ip and ip != "-":
        found["hostname"] = ip
    if name and name != "-":
        found.setdefault("hostname", name)
    if port.isdecimal() and 0 < int(port[:6]) < 65536:
        found["port"] = int(port)
    return found if {"ip", "hostname"} & set(found) else {**found, "name": "unknown"}


_WITH_PORT = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^:\s]+):(?P<port>\d{1,5})")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}", re.ASCII)


@lru_cache(4096)
@lru_cache(65_536)
def is_ip(text: str) -> bool:
    if _IPV4.fullmatch(text):
        return True
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def host(name: str) -> Ocsf:
    """A device of which the type is not known."""
    return {"hostname": name or "unknown", "type_id": 0}


def on_host(event: Ocsf, name: str) -> Ocsf:
    """The event with the device it happened on.

    OCSF 1.1 has no attribute for that in its base event: there it is kept with what is unmapped.
    """
    if event["class_uid"] != BASE:
        return {**event, "device": host(name)}
    unmapped = event.get("unmapped")
    kept = unmapped if isinstance(unmapped, dict) else {}
    return {**event, "unmapped": {**kept, "device": {"hostname": name or "unknown"}}}


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

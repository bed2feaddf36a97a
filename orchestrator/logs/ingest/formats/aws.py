"""What the parsers of AWS's own logs share: the frame of their events, times and observables.

The attributes are those of AWS's own mappings for Security Lake.
Source: github.com/ocsf/examples, mappings/markdown/AWS/v1.1.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from ipaddress import ip_address

from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed, is_ip, wrong_clock
from orchestrator.logs.json_path import compact
from orchestrator.logs.ocsf.classes import (
    DETECTION,
    DNS,
    HTTP,
    NETWORK,
    VERSION,
    classification,
)

EPOCH, MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
CONTROLLED = frozenset({NETWORK, HTTP, DNS, DETECTION})
"""Classes with the profile security_control, which wants an action."""

SEVERITIES = ("Unknown", "Informational", "Low", "Medium", "High", "Critical", "Fatal")
ALLOWED: Ocsf = {
    "action": "Allowed",
    "action_id": 1,
    "disposition": "Allowed",
    "disposition_id": 1,
    "status": "Success",
    "status_id": 1,
}
BLOCKED: Ocsf = {
    "action": "Denied",
    "action_id": 2,
    "disposition": "Blocked",
    "disposition_id": 2,
    "status": "Failure",
    "status_id": 2,
}
FAILED: Ocsf = {**ALLOWED, "status": "Failure", "status_id": 2}
"""Let through, and has failed behind: a status of 500."""

METHODS = {
    name: number
    for number, name in enumerate(
        ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE"), 1
    )
}
PORTION = 20_000
"""No longer line is looked at: a pattern takes time by the length of what it does not fit."""

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(?= |$)|\S+')
ESCAPED = re.compile(rb'\\x([0-9A-Fa-f]{2})|\\(["\\])')


@dataclass(frozen=True, slots=True)
class Origin:
    """The product of AWS that has written a log, as AWS's mappings name it."""

    name: str
    feature: str = ""
    vendor: str = "AWS"


def words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


@cache
def _kind(class_uid: int, activity: int) -> Ocsf:
    return classification(class_uid, activity)


@cache
def _profiles(class_uid: int) -> tuple[str, ...]:
    return (
        ("cloud", "security_control", "datetime")
        if class_uid in CONTROLLED
        else ("cloud", "datetime")
    )


def frame(
    class_uid: int,
    activity: int,
    moment: datetime,
    origin: Origin,
    context: Context,
    version: str = "",
) -> Ocsf:
    """An event with all that its class requires of AWS's logs; a wrong clock is labelled."""
    product: Ocsf = {"vendor_name": origin.vendor, "name": origin.name}
    if origin.feature:
        product["feature"] = {"name": origin.feature}
    if version:
        product["version"] = version
    metadata: Ocsf = {
        "version": VERSION,
        "product": product,
        "profiles": list(_profiles(class_uid)),
    }
    if wrong := wrong_clock(moment, context.now):
        metadata["labels"] = [f"clock:{wrong}"]
    return {
        **_kind(class_uid, activity),
        "metadata": metadata,
        "severity": "Informational",
        "severity_id": 1,
        "time": milliseconds(moment),
        "time_dt": moment.isoformat(),
        "cloud": {"provider": "AWS"},
    }


def milliseconds(moment: datetime) -> int:
    """Since 1970, exactly: a float would lose one now and then."""
    return (moment - EPOCH) // MILLISECOND


@lru_cache(4096)
def seconds(said: str) -> datetime:
    """Seconds since 1970. Raises Unparsed."""
    try:
        return _in_calendar(datetime.fromtimestamp(int(said), UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise Unparsed("the time cannot be read") from error


def moment(milliseconds: int) -> datetime:
    """Milliseconds since 1970. Raises Unparsed."""
    try:
        return _in_calendar(EPOCH + milliseconds * MILLISECOND)
    except OverflowError as error:
        raise Unparsed("the time cannot be read") from error


def utc(said: str) -> datetime:
    """An ISO 8601 time. AWS writes UTC where it names no zone. Raises Unparsed."""
    try:
        moment = datetime.fromisoformat(said)
        return _in_calendar(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise Unparsed("the time cannot be read") from error


def _in_calendar(moment: datetime) -> datetime:
    if 1970 <= moment.year < 9000:
        return moment
    raise Unparsed("the time cannot be read")


def moved(when: object) -> str | None:
    """The same time in UTC, for attributes that end with _dt; None for what is no time."""
    try:
        return utc(str(when)).isoformat() if when else None
    except Unparsed:
        return None


def integer(said: str) -> int | None:
    """A number of digits alone that fits a column; None for anything else."""
    if not (said.isascii() and said.isdigit()):
        return None
    value = int(said[:20])
    return value if value < 2**63 else None


def port(said: str) -> int | None:
    value = integer(said)
    return value if value is not None and value < 65536 else None


def place(ip: str, said_port: str = "") -> Ocsf:
    """An endpoint by its address, or by its name; of nothing, it is called unknown."""
    found: Ocsf = {}
    if is_ip(ip):
        found["ip"] = one_spelling(ip) if ":" in ip else ip
    elif ip and ip != "-":
        found["hostname"] = ip
    else:
        found["name"] = "unknown"
    if (number := port(said_port)) is not None:
        found["port"] = number
    return found


@lru_cache(4096)
def one_spelling(ip: str) -> str:
    """IPv6 as RFC 5952 writes it, so that an address is found however a log spells it."""
    return str(ip_address(ip))


def address(said: str) -> Ocsf:
    """`192.0.2.1:443` or `2001:db8::1:443`, with brackets or without, as an endpoint."""
    ip, colon, number = said.rpartition(":")
    ip = ip.removeprefix("[").removesuffix("]")
    return place(ip, number) if colon and number.isdigit() else place(said)


def addresses(listed: str) -> list[str]:
    """The IP addresses of X-Forwarded-For. A client may write anything else into it."""
    return [each for said in listed.split(",") if is_ip(each := said.strip())]


def tokens(text: str) -> list[str]:
    """What blanks part, and quotes hold together; without the quotes."""
    return [
        each[1:-1] if len(each) > 1 and each[0] == each[-1] == '"' else each
        for each in TOKEN.findall(text)
    ]


def unescaped(said: str) -> str:
    r"""What `\x22` and `\"` stand for. Bytes that are no text stay as they are written."""
    if "\\" not in said:
        return said
    read = ESCAPED.sub(
        lambda m: bytes([int(m[1], 16)]) if m[1] else m[2], said.encode("utf-8", "surrogatepass")
    )
    try:
        return read.decode()
    except UnicodeDecodeError:
        return said


def request_of(line: str) -> tuple[Ocsf, int, Ocsf]:
    """`GET https://example.com/ HTTP/1.1` → request, activity, and what OCSF has no value for."""
    parts = line.split(" ")
    if len(parts) < 2:
        return {"url": url_of(line)}, 99, {"request": line}
    method, version = parts[0], parts[-1] if len(parts) > 2 else "-"
    if not version.startswith("HTTP/"):
        version = "-"
    target = " ".join(parts[1:-1]) if len(parts) > 2 else parts[1]
    request: Ocsf = {"url": url_of(target)}
    if method in METHODS:
        request["http_method"] = method
    if version != "-":
        request["version"] = version
    other: Ocsf = {} if method in METHODS else {"http_method": method}
    return request, METHODS.get(method, 99), other


def located(event: Ocsf, account: object = "", region: object = "", zone: object = "") -> None:
    """Write where it happened into the event's cloud."""
    cloud = event["cloud"]
    assert isinstance(cloud, dict)  # noqa: S101
    if account and account != "-":
        cloud["account"] = {"uid": str(account)}
    if region and region != "-":
        cloud["region"] = str(region)
    if zone and zone != "-":
        cloud["zone"] = str(zone)


def located_by(event: Ocsf, arn: str) -> None:
    """The same, of an ARN."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        located(event, parts[4], parts[3])


KINDS = {
    1: "Hostname",
    2: "IP Address",
    4: "User Name",
    6: "URL String",
    8: "Hash",
    9: "Process Name",
    10: "Resource UID",
}
"""Source: OCSF 1.1.0, observable, type_id."""


Observed = tuple[tuple[str, int, tuple[str, ...]], ...]


def observables(paths: Mapping[str, int]) -> Observed:
    """What an analyst looks for: path → type. `[]` in a path is for each of a list."""
    return tuple((path, kind, tuple(path.split("."))) for path, kind in paths.items())


def observe(event: Ocsf, observed: Observed) -> None:
    """List it beside the attributes, as AWS's mappings do."""
    found: list[Ocsf] = [
        {"name": path, "type": KINDS[kind], "type_id": kind, "value": value}
        for path, kind, parts in observed
        for value in _values(event, parts)
    ]
    if found:
        event["observables"] = found


def _values(tree: object, parts: tuple[str, ...]) -> Sequence[str]:
    """Plain loops: this is done some times for each event."""
    for number, part in enumerate(parts):
        if not isinstance(tree, dict):
            return ()
        if part[-1] == "]":
            inner = tree.get(part[:-2])
            rest = parts[number + 1 :]
            listed = inner if isinstance(inner, list) else ()
            return [value for each in listed for value in _values(each, rest)]
        tree = tree.get(part)
    return (tree,) if isinstance(tree, str) and tree else ()


def unmapped(event: Ocsf, values: Mapping[str, object]) -> Ocsf:
    """The event with what has no attribute; `-` says that there is nothing."""
    kept = said(**values)
    if kept:
        event["unmapped"] = kept
    return event


def json_object(source: str) -> dict[str, object]:
    """The one object that the record is. Raises Unparsed."""
    try:
        tree = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise Unparsed("no well-formed JSON") from error
    if not isinstance(tree, dict):
        raise Unparsed("no JSON object")
    return tree


def without(tree: Mapping[str, object], *names: str) -> Ocsf:
    return {name: value for name, value in tree.items() if name not in names}


def said(**values: object) -> Ocsf:
    """The attributes that have a value."""
    return {n: value for n, value in values.items() if (value or value == 0) and value != "-"}


def json_text(value: object) -> str | None:
    """A tree as the text of an attribute that takes any JSON."""
    return compact(value) if value not in (None, "", {}, []) else None


def url_of(target: str, host: str = "") -> Ocsf:
    """The parts of a URL, or of a path; a URL without a path has `/`."""
    scheme, colon, rest = target.partition("://")
    url: Ocsf = {"url_string": target}
    path = target
    if colon:
        authority, slash, path = rest.partition("/")
        path = f"{slash}{path}"
        authority = authority.rpartition("@")[2]
        name, _, number = authority.rstrip("-").rpartition(":")
        if not (name and (number.isdigit() or not number)) or authority.endswith("]"):
            name, number = authority, ""
        url |= said(scheme=scheme, hostname=name or host, port=port(number))
    elif host:
        url["hostname"] = host
    path, mark, query = path.partition("?")
    url["path"] = path or "/"
    if mark and query:
        url["query_string"] = query
    return url

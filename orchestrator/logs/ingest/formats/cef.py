"""ArcSight's Common Event Format, as Check Point, Forcepoint, Fortinet and Palo Alto write it.

Source: Micro Focus, Implementing ArcSight CEF, version 25: severities, date formats; FortiOS Log
Reference, CEF support; PAN-OS CEF configuration guide; Check Point, Log Exporter, actions.
Judged by: SEKOIA-IO/intake-formats CEF.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from orchestrator.logs.ingest.formats.parser import (
    Context,
    Ocsf,
    Product,
    Unparsed,
    bsd,
    compared,
    dated,
    endpoint,
    epoch,
    frame,
    iso,
    number,
    rest,
)
from orchestrator.logs.ocsf.classes import AUTHENTICATION, BASE, HTTP, NETWORK

HEADER = re.compile(r"(?:[^|\\]|\\.)*\|")
EXTENSION = re.compile(r"(?:^|(?<=\s))([A-Za-z0-9_.\[\]-]{1,100})=")
ENDS = re.compile(r"\b(?:close|end|timeout)\b", re.IGNORECASE)
DENIES = re.compile(
    r"(?<!not )\b(?:den(?:y|ied)|drop(?:ped)?|block(?:ed)?|reject(?:ed)?|refuse[ds]?|prevent(?:ed)?"
    r"|discard(?:ed)?|reset(?:-\w+)?|terminate[ds]?|permission denied)\b",
    re.IGNORECASE,
)
FAILS = re.compile(r"\bfail(?:s|ed|ure)?\b", re.IGNORECASE)
ALLOWS = re.compile(
    r"\b(?:accept(?:ed)?|allow(?:ed)?|permit(?:ted)?|pass(?:ed|through)?|success(?:ful)?|encrypt"
    r"|decrypt|bypass|start|close|end|timeout)\b",
    re.IGNORECASE,
)
TIMES = (
    *("rt", "deviceReceiptTime", "FTNTFGTeventtime", "FortinetFortiGateeventtime"),
    *("start", "startTime", "end", "endTime"),
)
SEVERITIES = {
    **{"low": 2, "medium": 3, "high": 4, "very-high": 5, "unknown": 0},
    **{str(n): 2 if n < 4 else 3 if n < 7 else 4 if n < 9 else 5 for n in range(11)},
}
"""CEF's words and numbers, 0-3 low, 4-6 medium, 7-8 high, 9-10 very high → OCSF."""

PROTOCOLS = {
    "icmp": 1,
    "igmp": 2,
    "tcp": 6,
    "udp": 17,
    "gre": 47,
    "esp": 50,
    "icmpv6": 58,
    "sctp": 132,
}
NAMED = {str(number): name for name, number in PROTOCOLS.items()}
ZONES = {
    **dict.fromkeys(("GMT", "UTC", "Z", "UT", "WET"), 0),
    **{"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "WEST": 1, "MSK": 3},
    **{"JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "HKT": 8, "SGT": 8},
}
"""Abbreviations that mean one thing only. Any other is not guessed at."""

LOGGED = re.compile(
    r"log[- ]?(?:in|on|out|off)\b|logged (?:in|on|out|off)\b|authenticat", re.IGNORECASE
)
OUT = re.compile(r"log(?:ged)?[- ]?(?:out|off)\b", re.IGNORECASE)
WRITTEN = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}),?(?: (?P<year>\d{4}))? (?P<clock>\d\d:\d\d:\d\d)"
    r"(?P<part>\.\d{1,9})?(?: (?P<zone>\S+))?"
)
ASCTIME = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)"
    r"(?P<part>\.\d{1,9})?(?: (?P<zone>[A-Z]{1,5}))? (?P<year>\d{4})"
)
USED = (
    *("src", "dst", "spt", "dpt", "shost", "dhost", "proto", "in", "out", "msg", "request"),
    *("requestMethod", "requestClientApplication", "suser", "duser", "dvchost"),
)


def parse(text: str, context: Context, received: datetime | None = None) -> Ocsf:
    """`received` is the time of the line in which it came, for events without one of their own."""
    vendor, product, version, signature, name, severity, extension = _header(text)
    values = _extension(extension)
    own = _moment(values, context)
    moment = own or received
    if moment is None:
        raise Unparsed("no time, neither in the event nor around it")
    event = _of_class(
        values, name, moment, Product(vendor or "unknown", product or "unknown"), context
    )
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata["event_code"] = signature
    metadata["product"]["version"] = version
    event["severity_id"] = SEVERITIES.get(severity.strip().lower(), 0)
    event["message"] = values.get("msg") or name
    event["unmapped"] = {"name": name, **rest(values, USED)}
    if values.get("dvchost") and event["class_uid"] != BASE:
        event["device"] = {"hostname": values["dvchost"], "type_id": 0}
    return compared(event, moment, received if own else None)


def _header(text: str) -> tuple[str, ...]:
    """Seven parts between bars; a bar inside one has a backslash before it."""
    start = text.find("CEF:")
    if start < 0:
        raise Unparsed("no CEF header")
    place, parts = start + 4, []
    for number_of_part in range(7):
        match = HEADER.match(text, place)
        if match is None and number_of_part == 6 and place < len(text):
            parts.append(text[place:])  # no extension, and no bar before it
            place = len(text)
            continue
        if match is None:
            raise Unparsed("the CEF header is cut off")
        parts.append(re.sub(r"\\(.)", r"\1", match[0][:-1]))
        place = match.end()
    return (*parts[1:], text[place:])


def _extension(text: str) -> dict[str, str]:
    """`key=value` pairs; a value may have blanks, so it ends where the next key begins."""
    text = text.replace("\\\\", "\1").replace("\\=", "\0")
    found = list(EXTENSION.finditer(text))
    values: dict[str, str] = {}
    for here, after in zip(found, [*found[1:], None], strict=True):
        value = text[here.end() : after.start() if after else len(text)].strip()
        value = value.replace("\\n", "\n").replace("\\r", "\r")
        value = re.sub(r"\\(.)", r"\1", value).replace("\0", "=").replace("\1", "\\")
        values.setdefault(here[1], value)
    return values


def _moment(values: dict[str, str], context: Context) -> datetime | None:
    """The event's own time; one without a zone is in the device's, if that is said."""
    zone = _zone(values.get("dtz") or values.get("deviceTimeZone") or "", context)
    if zone is not None:
        context = Context(zone, context.now, context.written)
    for name in TIMES:
        said = values.get(name, "").strip()
        for read in (epoch, lambda t: iso(t, context), lambda t: _written(t, context)):
            try:
                if said:
                    return read(said)
            except (Unparsed, ValueError):
                continue
    return None


def _written(text: str, context: Context) -> datetime:
    """`Mar 01 2026 10:00:00.123 GMT`, or without year, fraction or zone. Raises Unparsed."""
    match = WRITTEN.fullmatch(text) or ASCTIME.fullmatch(text)
    if match is None:
        raise Unparsed("the time cannot be read")
    zone = context.zone if match["zone"] is None else _zone(match["zone"], context)
    if zone is None:
        raise Unparsed("a time zone that is not known")
    if match["year"] is None:
        short = f"{match['month']} {match['day']} {match['clock']}{match['part'] or ''}"
        return bsd(short, Context(zone, context.now, context.written))
    try:
        moment = dated(int(match["year"]), match["month"], match["day"], match["clock"], zone)
    except (ValueError, KeyError) as error:
        raise Unparsed("the time cannot be read") from error
    return moment + timedelta(seconds=float(match["part"] or 0))


def _zone(text: str, context: Context) -> tzinfo | None:
    """A zone by its abbreviation, offset or name; None if it is not known for certain."""
    if text in ZONES:
        return timezone(timedelta(hours=ZONES[text]))
    if match := re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d\d)?", text):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-offset if match[1] == "-" else offset) if offset < timedelta(1) else None
    if context.now.astimezone(context.zone).tzname() == text:
        return context.zone
    if re.fullmatch(r"[A-Za-z]+/[A-Za-z_/+-]+", text):
        try:
            return ZoneInfo(text)
        except (LookupError, ValueError, OSError):
            return None
    return None


def _of_class(
    values: dict[str, str], name: str, moment: datetime, product: Product, context: Context
) -> Ocsf:
    said = " ".join(values.get(each, "") for each in ("act", "outcome", "categoryOutcome"))
    denied = DENIES.search(said) is not None
    failed = FAILS.search(said) is not None
    source = endpoint(
        values.get("src", "") or values.get("c6a2", ""),
        values.get("spt", ""),
        values.get("shost", ""),
    )
    target = endpoint(
        values.get("dst", "") or values.get("c6a3", ""),
        values.get("dpt", ""),
        values.get("dhost", ""),
    )
    user = values.get("duser") or values.get("suser")
    if user and LOGGED.search(name):
        wrong = denied or failed or FAILS.search(name) or DENIES.search(name)
        return {
            **frame(AUTHENTICATION, 2 if OUT.search(name) else 1, moment, product, context),
            "user": {"name": user},
            "src_endpoint": source,
            "dst_endpoint": target,
            "status_id": 2 if wrong else 1,
        }
    status = 2 if denied or failed else 1 if ALLOWS.search(said) else 0
    if values.get("request") and values.get("src"):
        event = frame(HTTP, _method(values.get("requestMethod", "")), moment, product, context)
        return {**_web(values, source, target, event), "status_id": status}
    if values.get("src") or values.get("dst"):
        activity = 5 if denied else 2 if ENDS.search(said) else 6
        return {
            **frame(NETWORK, activity, moment, product, context),
            "src_endpoint": source,
            "dst_endpoint": target,
            "connection_info": _connection(values),
            "traffic": {
                n: v
                for n, key in (("bytes_in", "in"), ("bytes_out", "out"))
                if (v := number(values.get(key, ""))) is not None and v >= 0
            },
            "status_id": status,
        }
    return {**frame(BASE, 99, moment, product, context), "status_id": status}


def _connection(values: dict[str, str]) -> Ocsf:
    said = values.get("proto", "").strip().lower()
    name = NAMED.get(said, said)
    numbered = int(said) if said.isdecimal() and int(said[:4]) < 256 else PROTOCOLS.get(said, -1)
    found: Ocsf = {"direction_id": _direction(values), "protocol_num": numbered}
    return {**found, "protocol_name": name} if name else found


def _direction(values: dict[str, str]) -> int:
    """0 inbound, 1 outbound, as CEF counts; OCSF counts from 1."""
    return {"0": 1, "1": 2, "inbound": 1, "outbound": 2}.get(
        values.get("deviceDirection", "").lower(), 0
    )


METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE")


def _method(said: str) -> int:
    return METHODS.index(said.upper()) + 1 if said.upper() in METHODS else 99


def _web(values: dict[str, str], source: Ocsf, target: Ocsf, event: Ocsf) -> Ocsf:
    request: Ocsf = {"url": {"url_string": values["request"]}}
    if agent := values.get("requestClientApplication"):
        request["user_agent"] = agent
    if method := values.get("requestMethod"):
        request["http_method"] = method
    return {
        **event,
        "src_endpoint": source,
        "dst_endpoint": target,
        "http_request": request,
        "http_response": {"code": number(values.get("status", "")) or 0},
    }

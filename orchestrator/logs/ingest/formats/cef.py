"""ArcSight's Common Event Format, as Fortinet and Palo Alto firewalls write it.

Source: Micro Focus, Implementing ArcSight CEF, version 25; FortiOS Log Reference, CEF support;
PAN-OS CEF configuration guide.
"""

from __future__ import annotations

import re
from datetime import datetime

from orchestrator.logs.ingest.formats.parser import (
    Context,
    Ocsf,
    Product,
    Unparsed,
    bsd,
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
ENDS, DENIES = ("close", "end", "timeout"), ("deny", "denied", "drop", "block", "reset", "blocked")
TIMES = ("rt", "start", "end", "FTNTFGTeventtime")
SEVERITIES = {"low": 2, "medium": 3, "high": 4, "very-high": 5, "unknown": 0}
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "6": 6, "17": 17, "1": 1}
USED = (
    "src",
    "dst",
    "spt",
    "dpt",
    "shost",
    "dhost",
    "proto",
    "in",
    "out",
    "msg",
    "request",
    "requestMethod",
    "requestClientApplication",
    "suser",
    "duser",
)


def parse(text: str, context: Context, received: datetime | None = None) -> Ocsf:
    """`received` is the time of the line in which it came, for events without one of their own."""
    vendor, product, version, signature, name, severity, extension = _header(text)
    values = _extension(extension)
    moment = _moment(values, context) or received
    if moment is None:
        raise Unparsed("no time, neither in the event nor around it")
    event = _of_class(
        values, name, moment, Product(vendor or "unknown", product or "unknown"), context
    )
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata["event_code"] = signature
    metadata["product"]["version"] = version
    event["severity_id"] = _severity(severity)
    event["message"] = values.get("msg") or name
    event["unmapped"] = {"name": name, **rest(values, USED)}
    return event


def _header(text: str) -> tuple[str, ...]:
    """Seven parts between bars; a bar inside one has a backslash before it."""
    start = text.find("CEF:")
    if start < 0:
        raise Unparsed("no CEF header")
    body, parts = text[start + 4 :], []
    for _ in range(7):
        match = HEADER.match(body)
        if match is None:
            raise Unparsed("the CEF header is cut off")
        parts.append(re.sub(r"\\(.)", r"\1", match[0][:-1]))
        body = body[match.end() :]
    return (*parts[1:], body)


def _extension(text: str) -> dict[str, str]:
    """`key=value` pairs; a value may have blanks, so it ends where the next key begins."""
    text = text.replace("\\=", "\0")
    found = list(EXTENSION.finditer(text))
    values = {}
    for here, after in zip(found, [*found[1:], None], strict=True):
        value = text[here.end() : after.start() if after else len(text)].strip()
        values[here[1]] = re.sub(r"\\(.)", r"\1", value.replace("\0", "="))
    return values


def _moment(values: dict[str, str], context: Context) -> datetime | None:
    for name in TIMES:
        said = values.get(name, "")
        for read in (epoch, lambda t: iso(t, context), lambda t: _with_year(t, context)):
            try:
                if said:
                    return read(said[:13] if said.isdigit() else said)
            except Unparsed:
                continue
    return None


def _with_year(text: str, context: Context) -> datetime:
    """`Mar 01 2026 10:00:00 GMT`, or without the year."""
    match = re.match(r"([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d)", text)
    if match is None:
        return bsd(text, context)
    moment = bsd(
        f"{match[1]} {match[2]} {match[4]}", Context(context.zone, context.now, int(match[3]))
    )
    return moment.replace(year=int(match[3]))


def _of_class(
    values: dict[str, str], name: str, moment: datetime, product: Product, context: Context
) -> Ocsf:
    action = f"{values.get('act', '')} {values.get('outcome', '')}".lower()
    denied = any(word in action for word in DENIES)
    source = endpoint(values.get("src", ""), values.get("spt", ""), values.get("shost", ""))
    target = endpoint(values.get("dst", ""), values.get("dpt", ""), values.get("dhost", ""))
    user = values.get("duser") or values.get("suser")
    if user and re.search(r"log[- ]?(in|on|out|off)|authenticat", name, re.IGNORECASE):
        failed = denied or "fail" in f"{name} {action}".lower()
        activity = 2 if re.search(r"log[- ]?(out|off)", name, re.IGNORECASE) else 1
        return {
            **frame(AUTHENTICATION, activity, moment, product, context),
            "user": {"name": user},
            "src_endpoint": source,
            "dst_endpoint": target,
            "status_id": 2 if failed else 1,
        }
    if values.get("request") and values.get("src"):
        return _web(values, source, target, frame(HTTP, 99, moment, product, context))
    if values.get("src") or values.get("dst"):
        activity = 5 if denied else 2 if any(word in action for word in ENDS) else 6
        protocol = values.get("proto", "").lower()
        connection: Ocsf = {"direction_id": 0, "protocol_num": PROTOCOLS.get(protocol, -1)}
        if protocol:
            connection["protocol_name"] = protocol
        return {
            **frame(NETWORK, activity, moment, product, context),
            "src_endpoint": source,
            "dst_endpoint": target,
            "connection_info": connection,
            "traffic": {
                n: v
                for n, key in (("bytes_in", "in"), ("bytes_out", "out"))
                if (v := number(values.get(key, ""))) is not None
            },
            "status_id": 2 if denied else 1,
        }
    return frame(BASE, 99, moment, product, context)


def _web(values: dict[str, str], source: Ocsf, target: Ocsf, event: Ocsf) -> Ocsf:
    request: Ocsf = {"url": {"url_string": values["request"]}}
    if agent := values.get("requestClientApplication"):
        request["user_agent"] = agent
    return {
        **event,
        "src_endpoint": source,
        "dst_endpoint": target,
        "http_request": request,
        "http_response": {"code": number(values.get("status", "")) or 0},
    }


def _severity(text: str) -> int:
    if text.isdigit():
        return min(int(text) // 2 + 1, 5)
    return SEVERITIES.get(text.lower(), 0)

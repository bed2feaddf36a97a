"""Access logs of Apache and nginx in the combined and the common format.

Source: Apache mod_log_config, Custom Log Formats; nginx ngx_http_log_module.
"""

from __future__ import annotations

import re
from datetime import datetime

from orchestrator.logs.ingest.formats.parser import (
    MONTHS,
    Context,
    Ocsf,
    Product,
    Unparsed,
    endpoint,
    frame,
)
from orchestrator.logs.ocsf.classes import HTTP

PRODUCT = Product("Apache or nginx", "access log")
METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE")
LINE = re.compile(
    r"(?:(?P<vhost>\S+:\d+) )?(?P<ip>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]{20,32})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?(?P<more>.*)'
)
TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})")
PORTION = 20_000
"""No longer line is looked at: a pattern takes time by the length of what it does not fit."""


def looks(text: str) -> bool:
    return '" ' in text[:PORTION] and "[" in text[:200] and LINE.match(text[:PORTION]) is not None


def parse(text: str, context: Context) -> Ocsf:
    match = LINE.fullmatch(text)
    if match is None:
        raise Unparsed("no line of an access log")
    request = match["request"].split(" ")
    method = request[0] if request[0] in METHODS else ""
    target = request[1] if len(request) > 1 else match["request"]
    path, _, query = target.partition("?")
    event = frame(
        HTTP, METHODS.index(method) + 1 if method else 99, _time(match["time"]), PRODUCT, context
    )
    url: Ocsf = {"path": path or "/", "url_string": target or "/"}
    if query:
        url["query_string"] = query
    http: Ocsf = {"url": url}
    if method:
        http["http_method"] = method
    for name, said in (("user_agent", match["agent"]), ("referrer", match["referrer"])):
        if said and said != "-":
            http[name] = said
    if len(request) > 2:
        http["version"] = request[2]
    response: Ocsf = {"code": int(match["status"])}
    if match["bytes"] != "-":
        response["length"] = min(int(match["bytes"]), 2**63 - 1)
    server, _, port = (match["vhost"] or "").partition(":")
    event |= {
        "src_endpoint": endpoint(match["ip"]),
        "dst_endpoint": endpoint(name=server, port=port),
        "http_request": http,
        "http_response": response,
        "status_id": 1 if int(match["status"]) < 400 else 2,
    }
    extra = {
        "user": match["user"],
        "more": match["more"].strip(),
        "request": match["request"] if not method else "",
    }
    event["unmapped"] = {n: v for n, v in extra.items() if v and v != "-"}
    return event


def _time(text: str) -> datetime:
    match = TIME.fullmatch(text)
    if match is None or match[2] not in MONTHS:
        raise Unparsed("the time cannot be read")
    day, month, year, *clock, zone = match.groups()
    try:
        return datetime.fromisoformat(
            f"{year}-{MONTHS[month]:02d}-{day}T{':'.join(clock)}{zone[:3]}:{zone[3:]}"
        )
    except ValueError as error:
        raise Unparsed("the time cannot be read") from error

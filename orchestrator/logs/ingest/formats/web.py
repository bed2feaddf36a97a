"""Access logs of Apache and nginx: common, combined, with the virtual host, and of any LogFormat.

Error logs are events of the base class: they have a time, a severity and a text.
Source: Apache mod_log_config, Custom Log Formats; core, ErrorLogFormat; nginx
ngx_http_log_module, error_log.
Judged by: logpai/loghub Apache; SEKOIA-IO/intake-formats Apache and NGINX.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from orchestrator.logs.ingest.formats.parser import (
    MONTHS,
    Context,
    Ocsf,
    Product,
    Unparsed,
    dated,
    endpoint,
    frame,
    iso,
)
from orchestrator.logs.ocsf.classes import BASE, HTTP

PRODUCT = Product("Apache or nginx", "access log")
METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE")
LINE = re.compile(
    r"(?:(?P<vhost>\S+:\d+) )?(?P<ip>\S+) \S+ "
    r'(?P<user>[^\[\]"]{1,200}?) \[(?P<time>[^\]]{20,32})\] '
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?(?P<more>.*)'
)
TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)")
PORTION = 20_000
"""No longer line is looked at: a pattern takes time by the length of what it does not fit."""

APACHE_ERROR = re.compile(
    r"\[[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>[ \d]\d) (?P<clock>\d\d:\d\d:\d\d)"
    r"(?P<part>\.\d{1,6})? (?P<year>\d{4})\] \[(?:(?P<module>[^\]:]*):)?(?P<level>[a-z]+\d?)\] "
    r"(?:\[pid (?P<pid>\d+)(?::tid \d+)?\] )?(?P<text>.*)",
    re.DOTALL,
)
NGINX_ERROR = re.compile(
    r"(?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?P<level>[a-z]+)\] (?P<pid>\d+)#\d+: "
    r"(?P<text>.*)",
    re.DOTALL,
)
SEVERITY = {"emerg": 6, "alert": 5, "crit": 5, "error": 4, "warn": 3, "notice": 2}


def looks(text: str) -> bool:
    if text[:1] == "[":
        return APACHE_ERROR.match(text[:PORTION]) is not None
    if text[4:5] == "/" and NGINX_ERROR.match(text[:PORTION]):
        return True
    return '" ' in text[:PORTION] and "[" in text[:600] and LINE.match(text[:PORTION]) is not None


def parse(text: str, context: Context) -> Ocsf:
    if context.log_format:
        from orchestrator.logs.ingest import log_format  # noqa: PLC0415  # not in the Lambda

        return log_format.parse(text, context)
    match = LINE.fullmatch(text)
    if match is None:
        return _error(text, context)
    extra = {"user": match["user"], "more": match["more"].strip()}
    return access(
        _time(match["time"]),
        endpoint(match["ip"]),
        endpoint(match["vhost"] or ""),
        match["request"],
        (match["status"], match["bytes"]),
        {"user_agent": match["agent"] or "", "referrer": match["referrer"] or ""},
        {name: value for name, value in extra.items() if value and value != "-"},
        context,
    )


def access(
    moment: datetime,
    source: Ocsf,
    target: Ocsf,
    line: str,
    response: tuple[str, str],
    headers: dict[str, str],
    unmapped: Ocsf,
    context: Context,
) -> Ocsf:
    """The event of a request, whose first line is `line`, and its response: status and bytes."""
    request = line.split(" ")
    method = request[0] if request[0] in METHODS else ""
    goal = request[1] if len(request) > 1 else line
    path, _, query = goal.partition("?")
    url: Ocsf = {"path": path or "/", "url_string": goal or "/"}
    if query:
        url["query_string"] = query
    http: Ocsf = {"url": url}
    if method:
        http["http_method"] = method
    http |= {name: said for name, said in headers.items() if said and said != "-"}
    if len(request) > 2:
        http["version"] = request[2]
    status, size = response
    code = int(status) if status.isdecimal() else 0
    answered: Ocsf = {"code": code}
    if size.isdecimal():
        answered["length"] = min(int(size[:20]), 2**63 - 1)
    return {
        **frame(HTTP, METHODS.index(method) + 1 if method else 99, moment, PRODUCT, context),
        "src_endpoint": source,
        "dst_endpoint": target,
        "http_request": http,
        "http_response": answered,
        "status_id": 0 if not code else 1 if code < 400 else 2,
        "unmapped": {**unmapped, **({"request": line} if not method and line else {})},
    }


def _error(text: str, context: Context) -> Ocsf:
    if match := APACHE_ERROR.fullmatch(text):
        try:
            moment = dated(
                int(match["year"]), match["month"], match["day"], match["clock"], context.zone
            )
        except (ValueError, KeyError) as error:
            raise Unparsed("the time cannot be read") from error
        moment = moment.replace(microsecond=int(float(match["part"] or 0) * 1_000_000))
        product = Product("Apache", "httpd error log")
    elif match := NGINX_ERROR.fullmatch(text):
        moment = iso(match["time"].replace("/", "-"), context)
        product = Product("nginx", "nginx error log")
    else:
        raise Unparsed("no line of an access log")
    said = match.groupdict(default="")
    kept = {name: said[name] for name in ("module", "pid", "level") if said.get(name)}
    return {
        **frame(BASE, 99, moment, product, context),
        "severity_id": SEVERITY.get(match["level"], 1),
        "message": match["text"],
        "unmapped": kept,
    }


@lru_cache(4096)
def _time(text: str) -> datetime:
    match = TIME.fullmatch(text)
    if match is None or match[2] not in MONTHS:
        raise Unparsed("the time cannot be read")
    day, month, year, clock, hours, minutes = match.groups()
    try:
        return datetime.fromisoformat(f"{year}-{MONTHS[month]:02d}-{day}T{clock}{hours}:{minutes}")
    except ValueError as error:
        raise Unparsed("the time cannot be read") from error

"""Syslog of RFC 3164 and RFC 5424, and of files as rsyslog writes them; what is inside is read too.

Messages of sshd, sudo, su, PAM and of the programs that change users become sign-ins, processes
and account changes, CEF and audit records what they are; any other is an event of the base class.
Judged by: logpai/loghub Linux, OpenSSH, Mac, Thunderbird.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from orchestrator.logs.ingest.formats import auditd, cef, pam, sshd, sudo, users
from orchestrator.logs.ingest.formats.message import Message
from orchestrator.logs.ingest.formats.parser import (
    Context,
    Ocsf,
    Product,
    Unparsed,
    bsd,
    frame,
    iso,
    on_host,
)
from orchestrator.logs.ocsf.classes import BASE

RFC5424 = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) (?P<pid>\S+) (?P<id>\S+) "
    r"(?P<data>-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: (?P<message>.*))?",
    re.DOTALL,
)
RFC3164 = re.compile(
    r"(?:<(?P<pri>\d{1,3})>)?"
    r"(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?"
    r"|\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)?) "
    r"(?P<host>\S+) (?P<message>.*)",
    re.DOTALL,
)
TAG = re.compile(
    r"(?P<app>[^\s:\[(]{1,64})(?:\((?P<module>[^)\s]{1,64})\))?(?:\[(?P<pid>[^\]\s]{1,32})\])?:\s?"
)
REPEATED = re.compile(r"message repeated (?P<count>\d{1,9}) times: \[\s?(?P<text>.*)\]", re.DOTALL)
SEVERITY = (6, 5, 5, 4, 3, 2, 1, 1)
"""Syslog's eight → OCSF: fatal, critical, critical, high, medium, low, informational twice."""

Known = Callable[[Message, Context], Ocsf | None]


def _sshd(message: Message, context: Context) -> Ocsf | None:
    for pattern, make in sshd.RULES:
        if match := pattern.fullmatch(message.text):
            return make(message, match, context)
    return None


KNOWN: Mapping[str, Known] = {
    **dict.fromkeys(sshd.PROGRAMS, _sshd),
    "sudo": sudo.command,
    "su": sudo.switched,
    "login": users.logged_in,
    **dict.fromkeys(
        ("useradd", "adduser", "userdel", "usermod", "passwd", "chpasswd"), users.changed
    ),
}
"""By program; what PAM says is read from each."""


def looks(text: str) -> bool:
    return bool(RFC3164.match(text[:2000]) or RFC5424.match(text[:2000]))


def parse(text: str, context: Context) -> Ocsf:
    message = _message(text, context)
    event = _inside(message, context)
    if message.priority is not None:
        event["severity_id"] = SEVERITY[message.priority % 8]
        unmapped = event.get("unmapped")
        kept = unmapped if isinstance(unmapped, dict) else {}
        event["unmapped"] = {**kept, "facility": message.priority // 8, **message.extra}
    return event


def _message(text: str, context: Context) -> Message:
    if text[:1] == "<" and (match := RFC5424.fullmatch(text)):
        priority, time, host, app, pid, name, data, inner = (
            "" if value in ("-", None) else value for value in match.groups()
        )
        if not time:
            raise Unparsed("a syslog message without a time")
        kept: Ocsf = {"msgid": name} if name else {}
        if data:
            kept["structured_data"] = data
        app = app.rpartition("/")[2]
        pri: int | None = _priority(priority)
        inner = inner.removeprefix("\ufeff")
        return Message(iso(time, context), host, app, pid, pri, inner, kept)
    match = RFC3164.fullmatch(text)
    if match is None:
        raise Unparsed("no syslog header")
    stamp = match["time"]
    moment = iso(stamp.replace(",", "."), context) if stamp[0].isdigit() else bsd(stamp, context)
    rest, app, pid, module = match["message"], "", "", ""
    if (tag := TAG.match(rest)) and tag["app"] != "CEF":
        rest = rest[tag.end() :]
        app, pid, module = tag["app"], tag["pid"] or "", tag["module"] or ""
    pri = _priority(match["pri"]) if match["pri"] else None
    return Message(moment, match["host"], app.rpartition("/")[2], pid, pri, rest, {}, module)


def _priority(text: str) -> int:
    if int(text) > 191:
        raise Unparsed("a priority above 191")
    return int(text)


def _inside(message: Message, context: Context) -> Ocsf:
    if message.text.startswith("CEF:"):
        event = cef.parse(message.text, context, message.time)
        return event if "device" in event else on_host(event, message.host)
    if auditd.looks(message.text):
        return auditd.parse(message.text, context, message.host, message.time)
    if repeated := REPEATED.fullmatch(message.text):
        again = Message(
            *(message.time, message.host, message.app, message.pid, message.priority),
            *(repeated["text"], message.extra, message.module),
        )
        return {**_said(again, context), "count": int(repeated["count"]), "message": message.text}
    return _said(message, context)


def _said(message: Message, context: Context) -> Ocsf:
    known = KNOWN.get(message.app)
    event = known(message, context) if known else None
    if event is None:
        event = pam.inside(message, context)
    if event is None:
        event = frame(BASE, 99, message.time, Product("unknown", message.app or "syslog"), context)
        if message.pid:
            event["unmapped"] = {"pid": message.pid}
    event["message"] = message.text
    return on_host(event, message.host)

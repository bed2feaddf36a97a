"""Syslog of RFC 3164 and RFC 5424, and of files as rsyslog writes them; what is inside is read too.

sshd's and sudo's messages become sign-ins and processes, CEF and audit records what they are;
every other message is an event of the base class.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from orchestrator.logs.ingest.formats import auditd, cef
from orchestrator.logs.ingest.formats.parser import (
    Context,
    Ocsf,
    Product,
    Unparsed,
    bsd,
    endpoint,
    frame,
    host,
    iso,
    number,
)
from orchestrator.logs.ocsf.classes import AUTHENTICATION, BASE, PROCESS

RFC5424 = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) (?P<pid>\S+) (?P<id>\S+) "
    r"(?P<data>-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: (?P<message>.*))?",
    re.DOTALL,
)
RFC3164 = re.compile(
    r"(?:<(?P<pri>\d{1,3})>)?"
    r"(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)?) "
    r"(?P<host>\S+) (?P<message>.*)",
    re.DOTALL,
)
TAG = re.compile(r"(?P<app>[^\s:\[]{1,64})(?:\[(?P<pid>[^\]\s]{1,32})\])?:\s?")
SEVERITY = (6, 5, 5, 4, 3, 2, 1, 1)
"""Syslog's eight → OCSF: fatal, critical, critical, high, medium, low, informational twice."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the header says, and what follows it."""

    time: datetime
    host: str
    app: str
    pid: str
    priority: int | None
    text: str
    extra: Ocsf


def looks(text: str) -> bool:
    return bool(RFC5424.match(text[:2000]) or RFC3164.match(text[:2000]))


def parse(text: str, context: Context) -> Ocsf:
    message = _message(text, context)
    event = _inside(message, context)
    if message.priority is not None:
        event["severity_id"] = SEVERITY[message.priority % 8]
        event.setdefault("unmapped", {})
        unmapped = event["unmapped"]
        assert isinstance(unmapped, dict)  # noqa: S101
        unmapped |= {"facility": message.priority // 8, **message.extra}
    event.setdefault("device", host(message.host))
    return event


def _message(text: str, context: Context) -> Message:
    if match := RFC5424.fullmatch(text):
        said = {
            name: "" if value in ("-", None) else value for name, value in match.groupdict().items()
        }
        extra: Ocsf = {"msgid": said["id"], "structured_data": said["data"]}
        if not said["time"]:
            raise Unparsed("a syslog message without a time")
        message = said["message"].removeprefix("\ufeff")
        kept = {name: value for name, value in extra.items() if value}
        pri: int | None = _priority(match["pri"])
        return Message(
            iso(said["time"], context), said["host"], said["app"], said["pid"], pri, message, kept
        )
    match = RFC3164.fullmatch(text)
    if match is None:
        raise Unparsed("no syslog header")
    stamp = match["time"]
    moment = iso(stamp.replace(",", "."), context) if stamp[0].isdigit() else bsd(stamp, context)
    tag = TAG.match(match["message"])
    rest = match["message"][tag.end() :] if tag else match["message"]
    app, pid = (tag["app"], tag["pid"] or "") if tag else ("", "")
    if app == "CEF":
        rest, app = match["message"], ""
    pri = _priority(match["pri"]) if match["pri"] else None
    return Message(moment, match["host"], app, pid, pri, rest, {})


def _priority(text: str) -> int:
    if int(text) > 191:
        raise Unparsed("a priority above 191")
    return int(text)


def _inside(message: Message, context: Context) -> Ocsf:
    if message.text.startswith("CEF:"):
        return cef.parse(message.text, context, message.time)
    if auditd.looks(message.text):
        return {**auditd.parse(message.text, context), "device": host(message.host)}
    for pattern, program, make in KNOWN:
        if message.app.rpartition("/")[2] == program and (match := pattern.match(message.text)):
            return {**make(message, match, context), "message": message.text}
    product = Product("unknown", message.app or "syslog")
    event = frame(BASE, 99, message.time, product, context)
    return {**event, "message": message.text}


def _sign_in(message: Message, match: re.Match[str], context: Context) -> Ocsf:
    said = match.groupdict(default="")
    activity = 2 if said.get("end") else 1
    product = Product("OpenSSH", "sshd")
    event = frame(AUTHENTICATION, activity, message.time, product, context)
    return {
        **event,
        "user": {"name": said["user"] or "unknown"},
        "service": {"name": message.app},
        "src_endpoint": endpoint(said.get("ip", ""), said.get("port", "")),
        "is_remote": True,
        "status_id": 2 if said.get("failed") else 1,
        "unmapped": {
            "pid": message.pid,
            **({"method": said["method"]} if said.get("method") else {}),
        },
    }


def _command(message: Message, match: re.Match[str], context: Context) -> Ocsf:
    event = frame(PROCESS, 1, message.time, Product("Linux", "sudo"), context)
    command = match["command"]
    pid = number(message.pid)
    process: Ocsf = {"cmd_line": command, "name": command.partition(" ")[0].rpartition("/")[2]}
    process |= {"pid": pid} if pid is not None else {"uid": "unknown"}
    return {
        **event,
        "process": {**process, "user": {"name": match["target"]}},
        "actor": {"user": {"name": match["user"]}},
        "device": host(message.host),
        "status_id": 2 if match["refused"] else 1,
        "unmapped": {"pwd": match["pwd"] or ""},
    }


Make = Callable[[Message, re.Match[str], Context], Ocsf]
FROM = r" from (?P<ip>\S+) port (?P<port>\d+)"
SUDO = re.compile(
    r"\s*(?P<user>\S+) : "
    r"(?:(?P<refused>[^;]*not (?:allowed|in sudoers)[^;]*|\d+ incorrect password[^;]*) ; )?"
    r"TTY=\S+ ; (?:PWD=(?P<pwd>[^;]*) ; )?USER=(?P<target>\S+) ; (?:[A-Z]+=[^;]* ; )*"
    r"COMMAND=(?P<command>.*)",
    re.DOTALL,
)
SSHD = (
    rf"Accepted (?P<method>\S+) for (?P<user>\S+){FROM}",
    rf"(?P<failed>Failed) (?P<method>\S+) for (?:invalid user )?(?P<user>\S*){FROM}",
    rf"(?P<failed>Invalid) user (?P<user>\S*){FROM}",
    r"(?P<end>Disconnected) from (?:invalid |authenticating )?(?:user )?(?P<user>\S*) ?"
    r"(?P<ip>\S+) port (?P<port>\d+)",
    r"pam_unix\(sshd:session\): session (?P<end>closed) for user (?P<user>\S+)",
)
KNOWN: tuple[tuple[re.Pattern[str], str, Make], ...] = (
    *((re.compile(pattern), "sshd", _sign_in) for pattern in SSHD),
    (SUDO, "sudo", _command),
)

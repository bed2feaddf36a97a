"""What OpenSSH says of sign-ins.

Since 9.8 the process of a session is called sshd-session, since 10.0 that of a sign-in sshd-auth.
A user's name may be anything, so a pattern holds the end of the line and not the first ` from `.
Source: OpenSSH auth.c, auth2.c, sshd-session.c; release notes 9.8 and 10.0.
Judged by: logpai/loghub OpenSSH; SEKOIA-IO/intake-formats OpenSSH.
"""

from __future__ import annotations

import re

from orchestrator.logs.ingest.formats.message import (
    FAILURE,
    LOGOFF,
    LOGON,
    SUCCESS,
    Make,
    Message,
    Rule,
    sign_in,
    user,
)
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Product, endpoint

PROGRAMS = ("sshd", "sshd-session", "sshd-auth")
PRODUCT = Product("OpenSSH", "sshd")
FROM = r" from (?P<ip>\S+)(?: port (?P<port>\d+))?"
END = r"(?: ssh\d?)?(?:: (?P<more>.*))?(?: \[preauth\])?\s*"
INVALID = r"(?:(?P<invalid>(?:invalid|illegal) user) ?)?"


def _made(activity: int, status: int) -> Make:
    def make(message: Message, match: re.Match[str], context: Context) -> Ocsf:
        said = match.groupdict(default="")
        event = sign_in(message, activity, status, PRODUCT, context)
        unmapped = event["unmapped"]
        assert isinstance(unmapped, dict)  # noqa: S101
        for name in ("method", "more", "invalid"):
            if said.get(name):
                unmapped[name] = said[name]
        event["user"] = user(said.get("user", ""))
        event["src_endpoint"] = endpoint(said.get("ip", ""), said.get("port", ""))
        event["is_remote"] = True
        if status == FAILURE:
            event["status_detail"] = message.text.strip()
        return event

    return make


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern, re.DOTALL), make)
    for pattern, make in (
        (rf"\s*Accepted (?P<method>\S+) for (?P<user>.*?){FROM}{END}", _made(LOGON, SUCCESS)),
        (r"\s*Accepted (?P<method>\S+) for (?P<user>\S+)\s*", _made(LOGON, SUCCESS)),
        (rf"\s*Failed (?P<method>\S+) for {INVALID}(?P<user>.*){FROM}{END}", _made(LOGON, FAILURE)),
        (
            rf"\s*(?P<invalid>(?:Invalid|Illegal) user) (?P<user>.*?){FROM}\s*",
            _made(LOGON, FAILURE),
        ),
        (
            rf"\s*(?:error: )?maximum authentication attempts exceeded for {INVALID}"
            rf"(?P<user>.*){FROM}{END}",
            _made(LOGON, FAILURE),
        ),
        (rf"\s*User (?P<user>.*){FROM} not allowed because .*", _made(LOGON, FAILURE)),
        (rf"\s*(?:ROOT LOGIN REFUSED)(?P<user>){FROM.upper()}.*", _made(LOGON, FAILURE)),
        (
            r"\s*(?:fatal: )?Access denied for user (?P<user>.*) by PAM account configuration.*",
            _made(LOGON, FAILURE),
        ),
        (
            r"\s*Disconnected from user (?P<user>.*) (?P<ip>\S+) port (?P<port>\d+)",
            _made(LOGOFF, SUCCESS),
        ),
    )
)

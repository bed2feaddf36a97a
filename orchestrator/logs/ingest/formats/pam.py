"""What modules of PAM say, in whichever program they are: `pam_unix(sshd:auth): …`.

Source: Linux-PAM, pam_unix, pam_faillock and pam_tally2 manuals; sudo and su write the same lines.
Judged by: logpai/loghub Linux; SEKOIA-IO/intake-formats OpenSSH.
"""

from __future__ import annotations

import re

from orchestrator.logs.ingest.formats.message import (
    FAILURE,
    LOGOFF,
    LOGON,
    SUCCESS,
    Message,
    account_change,
    sign_in,
    user,
)
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Product, endpoint

MODULE = re.compile(
    r"\s*(?P<module>pam_\w+)\((?P<service>[^:)]*):(?P<kind>\w+)\): (?P<text>.*)", re.DOTALL
)
OLD_MODULE = re.compile(r"\(?(?P<module>pam_\w+)\)?")
NAMED = r"(?P<user>[^(\s]*)(?:\(uid=(?P<uid>\d+)\))?"
OPENED = re.compile(
    rf"session opened for user {NAMED}(?: by (?P<by>[^(\s]*)\(?(?:uid=(?P<by_uid>\d+)\)?)?)?.*"
)
CLOSED = re.compile(rf"session closed for user {NAMED}.*")
FAILED = re.compile(r"(?:(?P<count>\d+) more )?authentication failures?;(?P<pairs>.*)")
MORE = re.compile(r"\s*PAM (?P<text>\d+ more authentication failures?;.*)")
PAIR = re.compile(r"(\w+)=(\S*)")
CHANGED = re.compile(r"password changed for (?P<user>\S+)")
LOCKED = re.compile(r"Consecutive login failures for user (?P<user>\S+) account temporarily locked")
REFUSED = re.compile(
    r"(?:check pass; user unknown|User unknown|user unknown|could not identify user.*"
    r"|account (?P<user>\S+) has expired.*|user '(?P<other>[^']*)' denied access.*)"
)


def inside(message: Message, context: Context) -> Ocsf | None:
    """The event, if the message is one of PAM's about a sign-in, session or password."""
    if "pam_" in message.text or " more auth" in message.text:
        if match := MODULE.fullmatch(message.text):
            return _said(message, match["module"], match["service"], match["text"], context)
        if match := MORE.fullmatch(message.text):
            return _said(message, "pam", message.app, match["text"], context)
    if message.module:
        return _said(message, message.module, message.app, message.text, context)
    return None


def _said(message: Message, module: str, service: str, text: str, context: Context) -> Ocsf | None:
    product = Product("Linux-PAM", module)
    if match := OPENED.fullmatch(text):
        event = sign_in(message, LOGON, SUCCESS, product, context)
        if match["by"] or match["by_uid"]:
            event["actor"] = {"user": user(match["by"] or "", match["by_uid"] or "")}
        return _of(event, match["user"], match["uid"] or "", service)
    if match := CLOSED.fullmatch(text):
        event = sign_in(message, LOGOFF, SUCCESS, product, context)
        return _of(event, match["user"], match["uid"] or "", service)
    if match := FAILED.fullmatch(text):
        return _failed(message, match, service, product, context)
    if match := REFUSED.fullmatch(text):
        event = sign_in(message, LOGON, FAILURE, product, context)
        name = match["user"] or match["other"] or ""
        return {**_of(event, name, "", service), "status_detail": text}
    for pattern, activity in ((CHANGED, 3), (LOCKED, 9)):
        if match := pattern.fullmatch(text):
            return account_change(message, activity, user(match["user"]), product, context)
    return None


def _failed(
    message: Message, match: re.Match[str], service: str, product: Product, context: Context
) -> Ocsf:
    pairs = dict(PAIR.findall(match["pairs"]))
    event = _of(
        sign_in(message, LOGON, FAILURE, product, context), pairs.get("user", ""), "", service
    )
    event["status_detail"] = "authentication failure"
    unmapped = event["unmapped"]
    assert isinstance(unmapped, dict)  # noqa: S101
    event["unmapped"] = {**unmapped, **pairs}
    if match["count"]:
        event["count"] = int(match["count"])
    if pairs.get("rhost"):
        event |= {"src_endpoint": endpoint(pairs["rhost"]), "is_remote": True}
    by = pairs.get("ruser") or pairs.get("logname") or ""
    if by and by != "LOGIN":
        event["actor"] = {"user": user(by, pairs.get("uid", ""))}
    return event


def _of(event: Ocsf, name: str, uid: str, service: str) -> Ocsf:
    event["user"] = user(name, uid)
    if service:
        event["service"] = {"name": service}
    return event

"""Users that are made, changed and removed: useradd, userdel, usermod, passwd, and login's words.

Source: shadow-utils, messages of useradd, userdel, usermod and passwd; util-linux login.
Judged by: logpai/loghub Linux.
"""

from __future__ import annotations

import re

from orchestrator.logs.ingest.formats.message import (
    FAILURE,
    LOGON,
    SUCCESS,
    Message,
    account_change,
    sign_in,
    user,
)
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Product, endpoint

PRODUCT = Product("Linux", "shadow")
CHANGES: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), activity)
    for pattern, activity in (
        (r"new (?:user|account): (?:name|account)=(?P<user>[^,]+), (?:UID|uid)=(?P<uid>\d+).*", 1),
        (r"delete user [`'](?P<user>[^']+)'.*", 6),
        (
            r"(?:change user [`'](?P<user>[^']+)' password"
            r"|password for [`'](?P<other>[^']+)' changed by .*)",
            3,
        ),
        (r"lock user [`'](?P<user>[^']+)' password", 9),
        (r"change user [`'](?P<user>[^']+)' .*", 99),
        (
            r"(?:unlock user [`'](?P<user>[^']+)' password|changed user [`'](?P<other>[^']+)' .*)",
            99,
        ),
    )
)
"""Activities of Account Change: 1 Create, 3 Password Change, 6 Delete, 9 Lock, 99 Other."""

BY = re.compile(r".* changed by [`'](?P<by>[^']+)'")
LOGINS: tuple[tuple[re.Pattern[str], int], ...] = (
    (
        re.compile(
            r"FAILED LOGIN (?:SESSION )?(?:\(?\d+\)? )?FROM (?P<where>\S+)?\s*"
            r"FOR (?P<user>[^,]*), .*"
        ),
        FAILURE,
    ),
    (re.compile(r"(?P<user>ROOT) LOGIN\s+ON \S+(?: FROM (?P<where>\S+))?"), SUCCESS),
    (re.compile(r"LOGIN ON \S+ BY (?P<user>\S+)(?: FROM (?P<where>\S+))?"), SUCCESS),
)


def changed(message: Message, context: Context) -> Ocsf | None:
    """A user was made, changed or removed; groups are no users, and stay events of the base."""
    text = message.text.strip()
    for pattern, activity in CHANGES:
        if match := pattern.fullmatch(text):
            said = match.groupdict(default="")
            who = user(said["user"] or said.get("other", ""), said.get("uid", ""))
            event = account_change(message, activity, who, PRODUCT, context)
            if by := BY.fullmatch(text):
                event["actor"] = {"user": user(by["by"])}
            return event
    return None


def logged_in(message: Message, context: Context) -> Ocsf | None:
    """A sign-in at a terminal, by login's own words."""
    for pattern, status in LOGINS:
        if match := pattern.fullmatch(message.text.strip()):
            event = sign_in(message, LOGON, status, Product("Linux", "login"), context)
            event["user"] = user(
                match["user"].lower() if match["user"] == "ROOT" else match["user"]
            )
            where = match["where"] or ""
            if where and where != "(null)":
                event |= {"src_endpoint": endpoint(where), "is_remote": True}
            if status == FAILURE:
                event["status_detail"] = message.text.strip()
            return event
    return None

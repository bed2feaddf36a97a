"""A message of a program, whatever line has brought it: what its header says, and its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Product, frame, number
from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, AUTHENTICATION

LOGON, LOGOFF = 1, 2
UNKNOWN, SUCCESS, FAILURE = 0, 1, 2


@dataclass(slots=True)
class Message:
    """The program's name has no path, its module, such as `sshd(pam_unix)`, is apart."""

    time: datetime
    host: str
    app: str
    pid: str
    priority: int | None
    text: str
    extra: Ocsf
    module: str = ""


Make = Callable[[Message, re.Match[str], Context], Ocsf]
Rule = tuple[re.Pattern[str], Make]


def sign_in(
    message: Message, activity: int, status: int, product: Product, context: Context
) -> Ocsf:
    """The frame of a sign-in or a session, by the program that says so."""
    return {
        **frame(AUTHENTICATION, activity, message.time, product, context),
        "service": {"name": message.app},
        "status_id": status,
        "unmapped": {"pid": message.pid} if message.pid else {},
    }


def account_change(
    message: Message, activity: int, user: Ocsf, product: Product, context: Context
) -> Ocsf:
    """The frame of a change of a user, by the program that has made it."""
    return {
        **frame(ACCOUNT_CHANGE, activity, message.time, product, context),
        "user": user,
        "status_id": SUCCESS,
        "unmapped": {"pid": message.pid} if message.pid else {},
    }


def user(name: str = "", uid: str = "") -> Ocsf:
    """A user of a machine. One of whom nothing is known is called so."""
    found: Ocsf = {}
    if name:
        found["name"] = name
    if uid:
        found["uid"] = uid
    return found or {"name": "unknown"}


def process(command: str, pid: str, name: str = "") -> Ocsf:
    """A process by its command line; one without an id is called so, since OCSF wants one."""
    known = number(pid)
    short = name or command.partition(" ")[0].rpartition("/")[2]
    found: Ocsf = {"cmd_line": command, "name": short or "unknown"}
    return found | ({"pid": known} if known is not None and known >= 0 else {"uid": "unknown"})

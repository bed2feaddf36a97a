"""What sudo and su say: a command that was run is a process, one that was refused a failed sign-in.

Source: sudoers manual, Log format; su of util-linux and of shadow.
Judged by: logpai/loghub Linux.
"""

from __future__ import annotations

import re

from orchestrator.logs.ingest.formats.message import (
    FAILURE,
    LOGON,
    SUCCESS,
    Message,
    process,
    sign_in,
    user,
)
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Product, frame
from orchestrator.logs.ocsf.classes import PROCESS

PRODUCT = Product("Linux", "sudo")
HEAD = re.compile(r"\s*(?P<user>\S+) : (?P<rest>.*)", re.DOTALL)
FIELD = re.compile(r"(?P<name>[A-Z]{3,8})=(?P<value>.*)", re.DOTALL)
REFUSALS = re.compile(
    r"\d+ incorrect password attempts?|.*not in sudoers.*|.*not allowed.*|.*password is required.*"
    r"|.*no tty present.*|.*terminal is required.*|.*must have a tty.*|.*authentication.*",
    re.IGNORECASE,
)


def command(message: Message, context: Context) -> Ocsf | None:
    """`alice : [reason ;] TTY=… ; PWD=… ; USER=… ; [GROUP, TSID, ENV, …] COMMAND=…`."""
    head = HEAD.fullmatch(message.text)
    if head is None:
        return None
    reason, fields = _fields(head["rest"])
    if reason and REFUSALS.fullmatch(reason):
        return _refused(message, head["user"], reason, fields, context)
    if reason or "COMMAND" not in fields:
        return None
    unmapped = {name.lower(): value for name, value in fields.items() if name != "COMMAND"}
    target = fields.get("USER", "")
    return {
        **frame(PROCESS, 1, message.time, PRODUCT, context),
        "process": {
            **process(fields["COMMAND"], message.pid),
            **({"user": user(target)} if target else {}),
        },
        "actor": {"user": user(head["user"])},
        "status_id": SUCCESS,
        "unmapped": unmapped,
    }


def _fields(text: str) -> tuple[str, dict[str, str]]:
    """The reason in front, if there is one, and the fields; all after COMMAND= is the command."""
    reason, fields = "", dict[str, str]()
    while text:
        match = FIELD.match(text)
        if match and match["name"] == "COMMAND":
            fields["COMMAND"] = match["value"]
            break
        part, _, text = text.partition(" ; ")
        match = FIELD.match(part)
        if match:
            fields[match["name"]] = match["value"].rstrip()
        elif not fields and not reason:
            reason = part.strip()
    return reason, fields


def _refused(
    message: Message, name: str, reason: str, fields: dict[str, str], context: Context
) -> Ocsf:
    event = sign_in(message, LOGON, FAILURE, PRODUCT, context)
    target = fields.get("USER", "")
    unmapped = event["unmapped"]
    assert isinstance(unmapped, dict)  # noqa: S101
    return {
        **event,
        "user": user(target or name),
        "actor": {"user": user(name)},
        "is_remote": False,
        "status_detail": reason,
        "unmapped": {**unmapped, **{key.lower(): value for key, value in fields.items()}},
    }


SU_PRODUCT = Product("Linux", "su")
SU = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*(?P<failed>FAILED SU )?\(to (?P<user>\S+)\) (?P<by>\S+) on (?P<tty>\S+)",
        r"\s*(?P<failed>FAILED )?(?:Successful )?su for (?P<user>\S+) by (?P<by>\S+)",
        r"\s*(?P<failed>BAD )?SU (?P<by>\S+) to (?P<user>\S+) on (?P<tty>\S+)",
        r"\s*(?:\+|(?P<failed>-)) (?P<tty>\S+) (?P<by>[^\s:]+)[:-](?P<user>\S+)",
    )
)


def switched(message: Message, context: Context) -> Ocsf | None:
    """A switch of the user by su, or one that was refused."""
    for pattern in SU:
        if match := pattern.fullmatch(message.text):
            said = match.groupdict(default="")
            status = FAILURE if said.get("failed") else SUCCESS
            event = sign_in(message, LOGON, status, SU_PRODUCT, context)
            unmapped = event["unmapped"]
            assert isinstance(unmapped, dict)  # noqa: S101
            return {
                **event,
                "user": user(said["user"]),
                "actor": {"user": user(said["by"])},
                "is_remote": False,
                "unmapped": {**unmapped, **({"tty": said["tty"]} if said.get("tty") else {})},
            }
    return None

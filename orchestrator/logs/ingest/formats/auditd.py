"""Linux audit records, all lines of one serial number together.

Source: Linux audit documentation, record types and the field dictionary; audit_log_untrustedstring
and audit_log_execve_info of the kernel: text is in quotes, or hexadecimal if it holds a blank, a
quote or what cannot be printed; an argument that is too long comes in numbered pieces.
Judged by: records and expected fields of elastic/integrations auditd (execve, useradd, user login).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from orchestrator.logs.ingest.formats.message import process, user
from orchestrator.logs.ingest.formats.parser import (
    Context,
    Ocsf,
    Product,
    Unparsed,
    compared,
    endpoint,
    epoch,
    frame,
    number,
    on_host,
)
from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, AUTHENTICATION, BASE, PROCESS

PRODUCT = Product("Linux", "auditd")
STAMP = re.compile(r"audit\((?P<time>\d{1,12}(?:\.\d+)?):(?P<serial>\d+)\)")
TYPE = re.compile(r"type=(\S+)")
PAIR = re.compile(r"""([A-Za-z0-9_-]{1,64}(?:\[\d+\])?)=("[^"]*"|'[^']*'|[^\s\x1d]*)""")
HEX = re.compile(r"(?:[0-9A-F]{2})+")
ENCODED = frozenset(
    ("comm", "exe", "cmd", "proctitle", "name", "cwd", "acct", "data", "key", "path", "dir", "vm")
)
ARGUMENT = re.compile(r"a(?P<number>\d+)(?:\[(?P<piece>\d+)\])?")
UNSET = frozenset(("", "?", "(null)", "4294967295", "-1", "unset"))
MOST_ARGUMENTS = 10_000

SIGN_INS = {"USER_LOGIN": 1, "USER_AUTH": 1, "USER_START": 1, "USER_LOGOUT": 2, "USER_END": 2}
ACCOUNTS = {
    "ADD_USER": 1,
    "DEL_USER": 6,
    "USER_CHAUTHTOK": 3,
    "ACCT_LOCK": 9,
    "ACCT_UNLOCK": 99,
    "USER_MGMT": 99,
}
"""Record types about users → activity of Account Change; those about groups are of no class."""

EXECVE = {"c000003e": ("59", "322"), "40000003": ("11", "358"), "c00000b7": ("221", "281")}
"""Numbers of execve and execveat by architecture: x86-64, i386, AArch64."""

Values = Mapping[str, str]


def looks(text: str) -> bool:
    return "audit(" in text[:400] and "type=" in text[:400]


def key(line: str) -> str:
    """What the lines of one event have in common; empty for any other line."""
    match = STAMP.search(line[:400])
    return match[0] if match else ""


def parse(text: str, context: Context, host: str = "", received: datetime | None = None) -> Ocsf:
    """The event of its lines. `host` and `received` are what the line around it says."""
    stamp = STAMP.search(text)
    if stamp is None:
        raise Unparsed("no audit time and serial number")
    moment = epoch(stamp["time"])
    kinds: dict[str, list[Values]] = {}
    for line in text.splitlines():
        kind = TYPE.search(line)
        if kind is not None:
            kinds.setdefault(kind[1], []).append(_pairs(line[kind.end() :]))
    if not kinds:
        raise Unparsed("no audit record type")
    node = re.match(r"node=(\S+)", text)
    event = on_host(_event(kinds, moment, context), node[1] if node else host)
    metadata, unmapped = event["metadata"], event.get("unmapped")
    assert isinstance(metadata, dict)  # noqa: S101
    metadata["event_code"], metadata["correlation_uid"] = next(iter(kinds)), stamp["serial"]
    event["unmapped"] = {
        **(unmapped if isinstance(unmapped, dict) else {}),
        **{kind: found[0] if len(found) == 1 else found for kind, found in kinds.items()},
    }
    return compared(event, moment, received)


def _event(kinds: Mapping[str, Sequence[Values]], moment: datetime, context: Context) -> Ocsf:
    values: dict[str, str] = {}
    for kind, records in reversed([*kinds.items()]):
        for pairs in reversed(records):
            values |= {
                n: v for n, v in pairs.items() if kind == "EXECVE" or not ARGUMENT.fullmatch(n)
            }
    for name, activity in SIGN_INS.items():
        if name in kinds:
            return _sign_in(frame(AUTHENTICATION, activity, moment, PRODUCT, context), values)
    for name, activity in ACCOUNTS.items():
        if name in kinds:
            return _account(name, activity, values, moment, context)
    if "USER_CMD" in kinds or "EXECVE" in kinds or _runs(kinds):
        arguments = _arguments(kinds.get("EXECVE", ()))
        return _process(frame(PROCESS, 1, moment, PRODUCT, context), values, arguments)
    return {**frame(BASE, 99, moment, PRODUCT, context), "status_id": _status(values)}


def _runs(kinds: Mapping[str, Sequence[Values]]) -> bool:
    """Whether a call has started a program, also where its arguments are not there."""
    return any(
        pairs.get("syscall") in ("execve", "execveat", *EXECVE.get(pairs.get("arch", ""), ()))
        for pairs in kinds.get("SYSCALL", ())
    )


def _pairs(text: str) -> dict[str, str]:
    """`key=value` pairs, also those inside of msg='…'."""
    found: dict[str, str] = {}
    for name, value in PAIR.findall(text):
        if value[:1] == "'":
            found |= _pairs(value[1:-1])
        elif value[:1] == '"':
            found[name] = value[1:-1]
        elif name != "msg":
            argument = ARGUMENT.fullmatch(name) is not None
            found[name] = _decoded(value, name) if argument or name in ENCODED else value
    return found


def _decoded(value: str, name: str) -> str:
    """Hexadecimal text. Users' programs write accounts bare, and hexadecimal only where they must;
    the kernel writes nothing bare but hexadecimal.
    """
    if len(value) < 2 or not HEX.fullmatch(value):
        return value
    data = bytes.fromhex(value)
    if name == "acct" and not any(byte < 0x21 or byte > 0x7E or byte == 0x22 for byte in data):
        return value
    text = data.replace(b"\0", b" ").decode("utf-8", "replace")
    return text if all(each.isprintable() or each in "\t\r\n\v\f\x1b" for each in text) else value


def _arguments(records: Sequence[Values]) -> list[str]:
    """The command line's words, in order; pieces of one are put together."""
    found: dict[int, dict[int, str]] = {}
    for pairs in records:
        for name, value in pairs.items():
            if match := ARGUMENT.fullmatch(name):
                found.setdefault(int(match["number"]), {})[int(match["piece"] or 0)] = value
    return [
        "".join(piece for _, piece in sorted(found[word].items()))
        for word in sorted(found)[:MOST_ARGUMENTS]
    ]


def _known(values: Values, *names: str) -> str:
    return next((values[name] for name in names if values.get(name, "") not in UNSET), "")


def _sign_in(event: Ocsf, values: Values) -> Ocsf:
    """`hostname` is where the user came from, not where it happened."""
    name, uid = _known(values, "acct", "ID"), _known(values, "id")
    if uid and not uid.isdecimal():
        name, uid = name or uid, ""
    if not name and not uid:
        name, uid = _known(values, "AUID"), _known(values, "auid")
    address, origin = _known(values, "addr"), _known(values, "hostname")
    found: Ocsf = {
        "user": user(name, uid),
        "service": {"name": values.get("exe") or "audit"},
        "src_endpoint": endpoint(address or origin, name=origin),
        "is_remote": bool(address or origin),
        "status_id": _status(values),
    }
    return {**event, **found, **_other_than(found["user"], values)}


def _other_than(who: object, values: Values) -> Ocsf:
    """Who had signed in before, if that is known to be another: whoever calls su or sudo."""
    acting = _known(values, "AUID")
    if acting and isinstance(who, dict) and acting != who.get("name"):
        return _actor(values)
    switches = _known(values, "exe").rpartition("/")[2] in ("su", "sudo", "doas", "pkexec")
    return _actor(values) if switches and _known(values, "auid") else {}


def _account(kind: str, activity: int, values: Values, moment: datetime, context: Context) -> Ocsf:
    said = values.get("op", "")
    if kind == "USER_CHAUTHTOK" and said and not re.search(r"pass|chauthtok", said, re.IGNORECASE):
        activity = 99
    name, uid = _known(values, "acct", "ID"), _known(values, "id")
    if uid and not uid.isdecimal():
        name, uid = name or uid, ""
    return {
        **frame(ACCOUNT_CHANGE, activity, moment, PRODUCT, context),
        "user": user(name, uid),
        "status_id": _status(values),
        **_actor(values),
    }


def _actor(values: Values) -> Ocsf:
    """Who signed in before, and so acts: sudo and su do not change the audit id."""
    uid = _known(values, "auid") or _known(values, "uid")
    if not uid:
        return {}
    return {
        "actor": {"user": user(_known(values, "AUID" if _known(values, "auid") else "UID"), uid)}
    }


def _process(event: Ocsf, values: Values, arguments: Sequence[str]) -> Ocsf:
    command = (
        values.get("cmd")
        or " ".join(arguments)
        or values.get("proctitle")
        or _known(values, "exe", "comm")
    )
    # sudo's record has its own name and program beside the command it is about to run.
    own = (
        ""
        if values.get("cmd")
        else _known(values, "comm") or _known(values, "exe").rpartition("/")[2]
    )
    found = process(command, values.get("pid", ""), own)
    path = "" if values.get("cmd") else _known(values, "exe")
    if path:
        found["file"] = {"name": path.rpartition("/")[2] or path, "path": path, "type_id": 1}
    effective, named = _known(values, "euid", "uid"), _known(values, "EUID", "UID")
    if effective and not values.get("cmd"):
        found["user"] = user(named, effective)
    actor = _actor(values).get("actor") or {"user": user()}
    assert isinstance(actor, dict)  # noqa: S101
    parent = number(values.get("ppid", ""))
    if parent is not None:
        actor = {**actor, "process": {"pid": parent}}
    return {**event, "process": found, "actor": actor, "status_id": _status(values)}


def _status(values: Values) -> int:
    said = values.get("res") or values.get("success") or ""
    return {"success": 1, "yes": 1, "1": 1, "failed": 2, "no": 2, "0": 2}.get(said, 0)

"""Linux audit records, all lines of one serial number together.

Source: Linux audit documentation, record types and fields; auditd writes hexadecimal where a value
holds blanks or quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestrator.logs.ingest.formats.parser import (
    Context,
    Ocsf,
    Product,
    Unparsed,
    endpoint,
    epoch,
    frame,
    host,
    number,
)
from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, AUTHENTICATION, BASE, PROCESS

PRODUCT = Product("Linux", "auditd")
STAMP = re.compile(r"audit\((?P<time>\d{1,12}(?:\.\d+)?):(?P<serial>\d+)\)")
TYPE = re.compile(r"type=(\S+)")
PAIR = re.compile(r"""([A-Za-z0-9_-]{1,64})=("[^"]*"|'[^']*'|\S*)""")
HEX = re.compile(r"(?:[0-9A-F]{2})+")
ENCODED = ("comm", "exe", "cmd", "proctitle", "name", "cwd", "acct", "data")

SIGN_INS = {"USER_LOGIN": 1, "USER_AUTH": 1, "USER_START": 1, "USER_LOGOUT": 2, "USER_END": 2}
ACCOUNTS = {"ADD_USER": 1, "DEL_USER": 6, "USER_CHAUTHTOK": 3, "ACCT_LOCK": 9, "ADD_GROUP": 99}


def looks(text: str) -> bool:
    return "audit(" in text[:400] and "type=" in text[:400]


def key(line: str) -> str:
    """What the lines of one event have in common; empty for any other line."""
    match = STAMP.search(line[:400])
    return match[0] if match else ""


def parse(text: str, context: Context) -> Ocsf:
    stamp = STAMP.search(text)
    if stamp is None:
        raise Unparsed("no audit time and serial number")
    moment = epoch(stamp["time"])
    kinds: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        kind = TYPE.search(line)
        if kind is not None:
            kinds.setdefault(kind[1], {}).update(_pairs(line[kind.end() :]))
    if not kinds:
        raise Unparsed("no audit record type")
    values = {name: value for pairs in reversed(kinds.values()) for name, value in pairs.items()}
    node = re.match(r"node=(\S+)", text)
    device = host(node[1] if node else values.get("hostname", "").strip("?"))
    for name, activity in SIGN_INS.items():
        if name in kinds:
            event = _sign_in(frame(AUTHENTICATION, activity, moment, PRODUCT, context), values)
            return _completed(event, device, kinds, stamp["serial"])
    for name, activity in ACCOUNTS.items():
        if name in kinds:
            who = values.get("acct") or values.get("id") or values.get("grp") or "unknown"
            event = {
                **frame(ACCOUNT_CHANGE, activity, moment, PRODUCT, context),
                "user": {"name": who},
                "status_id": _status(values),
            }
            return _completed(event, device, kinds, stamp["serial"])
    if {"EXECVE", "USER_CMD"} & set(kinds):
        event = _process(frame(PROCESS, 1, moment, PRODUCT, context), values)
        return _completed(event, device, kinds, stamp["serial"])
    event = frame(BASE, 99, moment, PRODUCT, context)
    return _completed(event, device, kinds, stamp["serial"])


def _completed(
    event: Ocsf, device: Ocsf, kinds: Mapping[str, Ocsf | dict[str, str]], serial: str
) -> Ocsf:
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata["event_code"], metadata["correlation_uid"] = next(iter(kinds)), serial
    return {**event, "device": device, "unmapped": {kind: dict(v) for kind, v in kinds.items()}}


def _pairs(text: str) -> dict[str, str]:
    """`key=value` pairs, also those inside of msg='…'."""
    found: dict[str, str] = {}
    for name, value in PAIR.findall(text):
        if value[:1] == "'":
            found |= _pairs(value[1:-1])
        elif value[:1] == '"':
            found[name] = value[1:-1]
        elif name != "msg":
            found[name] = (
                _decoded(value) if name in ENCODED or re.fullmatch(r"a\d+", name) else value
            )
    return found


def _decoded(value: str) -> str:
    if len(value) < 4 or not HEX.fullmatch(value):
        return value
    return bytes.fromhex(value).replace(b"\0", b" ").decode("utf-8", "replace")


def _sign_in(event: Ocsf, values: dict[str, str]) -> Ocsf:
    name = values.get("acct") or values.get("id") or values.get("auid") or "unknown"
    address = values.get("addr", "").strip("?")
    return {
        **event,
        "user": {"name": name, **({"uid": values["auid"]} if values.get("auid") else {})},
        "service": {"name": values.get("exe") or "audit"},
        "src_endpoint": endpoint(address),
        "is_remote": bool(address),
        "status_id": _status(values),
    }


def _process(event: Ocsf, values: dict[str, str]) -> Ocsf:
    arguments = [
        values[f"a{n}"]
        for n in range(int(number(values.get("argc", "0")) or 0) % 1000)
        if f"a{n}" in values
    ]
    command = (
        values.get("cmd")
        or " ".join(arguments)
        or values.get("proctitle")
        or values.get("comm", "")
    )
    process: Ocsf = {"cmd_line": command, "name": values.get("comm") or command.partition(" ")[0]}
    pid = number(values.get("pid", ""))
    process |= {"pid": pid} if pid is not None else {"uid": values.get("ses") or "unknown"}
    user: Ocsf = {"uid": values.get("auid") or values.get("uid") or "unknown"}
    return {
        **event,
        "process": process,
        "actor": {"user": user},
        "status_id": _status(values),
    }


def _status(values: Mapping[str, str]) -> int:
    said = values.get("res") or values.get("success") or ""
    return {"success": 1, "yes": 1, "1": 1, "failed": 2, "no": 2, "0": 2}.get(said, 0)

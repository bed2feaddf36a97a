"""Events of the Windows logs: Security and Sysmon by their class, all others as they are.

Source: Microsoft, Windows security audit events, and NTSTATUS values; Sysmon schema 4.90.
Judged by: OTRF/Security-Datasets; sbousseaden/EVTX-ATTACK-SAMPLES; SEKOIA-IO/intake-formats Windows
and winlogbeat.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.logs.ingest.formats import windows_record
from orchestrator.logs.ingest.formats.parser import (
    Context,
    Ocsf,
    Product,
    compared,
    endpoint,
    frame,
    number,
    on_host,
)
from orchestrator.logs.ingest.formats.windows_record import Record, looks
from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, AUTHENTICATION, BASE, NETWORK, PROCESS

__all__ = ["looks", "parse"]

SIGN_INS = {
    4624: (1, 1),
    4625: (1, 2),
    4634: (2, 1),
    4647: (2, 1),
    4648: (1, 1),
    4768: (3, 0),
    4769: (4, 0),
    4770: (5, 0),
    4771: (3, 2),
    4772: (3, 2),
    4773: (4, 2),
    4776: (99, 0),
}
"""Event id → activity and status; 0 where the event's own Status says it."""

ACCOUNTS = {
    **{4720: 1, 4722: 2, 4723: 3, 4724: 4, 4725: 5, 4726: 6, 4740: 9, 4767: 99, 4738: 99},
    **{4741: 1, 4742: 99, 4743: 6, 4781: 99},
}
"""Event id → activity; a computer has an account as well. 2 Enable, 5 Disable, 9 Lock."""

FILTERED = {5156: 1, 5157: 5, 5152: 5}
"""What the filtering platform has let through or refused → activity of Network Activity."""

LOGON_TYPES = frozenset({0, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13})
SYSMON = "Microsoft-Windows-Sysmon"
SECURITY = "Microsoft-Windows-Security-Auditing"
REASONS = {
    "0xc0000064": "no such user",
    "0xc000006a": "wrong password",
    "0xc000006d": "wrong user name or password",
    "0xc000006e": "account restriction",
    "0xc000006f": "outside of the hours allowed",
    "0xc0000070": "workstation not allowed",
    "0xc0000071": "password expired",
    "0xc0000072": "account disabled",
    "0xc000015b": "logon type not granted",
    "0xc0000193": "account expired",
    "0xc0000224": "password must be changed",
    "0xc0000234": "account locked",
    "0x6": "no such user",
    "0x12": "account disabled, expired or locked",
    "0x17": "password expired",
    "0x18": "wrong password",
    "0x25": "clocks too far apart",
}


def parse(line: str, context: Context) -> Ocsf:
    record = windows_record.read(line, context)
    event = _event(record, context)
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata |= {
        "event_code": str(record.code),
        "correlation_uid": record.uid,
        "log_name": record.channel,
    }
    event = on_host({**event, "unmapped": dict(record.values)}, record.computer)
    return compared(event, record.time, record.other)


def product(record: Record) -> Product:
    """By its channel, or by its provider where the record does not say the channel."""
    if SYSMON in record.provider or "Sysmon" in record.channel:
        return Product("Microsoft", "Sysmon")
    if record.channel in ("Security", "System", "Application", "Setup"):
        return Product("Microsoft", f"Windows {record.channel}")
    if not record.channel and record.provider in (SECURITY, ""):
        return Product("Microsoft", "Windows Security" if record.provider else "Windows")
    name = (record.channel or record.provider).removeprefix("Microsoft-Windows-").partition("/")[0]
    return Product("Microsoft", name)


def _event(record: Record, context: Context) -> Ocsf:
    made = product(record)
    if made.name == "Sysmon":
        if record.code in (1, 5):
            activity = 1 if record.code == 1 else 2
            return _process(record, frame(PROCESS, activity, record.time, made, context))
        if record.code == 3:
            return _connection(record, frame(NETWORK, 1, record.time, made, context))
    elif made.name == "Windows Security" and record.provider in (SECURITY, ""):
        return _audited(record, made, context)
    return frame(BASE, 99, record.time, made, context)


def _audited(record: Record, made: Product, context: Context) -> Ocsf:
    """An event of the Security log; the same numbers mean something else in other logs."""
    if record.code in SIGN_INS:
        activity, status = SIGN_INS[record.code]
        return _sign_in(record, status, frame(AUTHENTICATION, activity, record.time, made, context))
    if record.code in ACCOUNTS:
        return {
            **frame(ACCOUNT_CHANGE, ACCOUNTS[record.code], record.time, made, context),
            "user": _user(record.values, "Target"),
            "actor": {"user": _user(record.values, "Subject")},
            "status_id": record.audited,
        }
    if record.code in (4688, 4689):
        activity = 1 if record.code == 4688 else 2
        event = _process(record, frame(PROCESS, activity, record.time, made, context))
        return {**event, "status_id": record.audited}
    if record.code in FILTERED:
        return _filtered(record, frame(NETWORK, FILTERED[record.code], record.time, made, context))
    return {**frame(BASE, 99, record.time, made, context), "status_id": record.audited}


def _sign_in(record: Record, status: int, event: Ocsf) -> Ocsf:
    values = record.values
    kind = number(values.get("LogonType", ""))
    code = values.get("Status", "0x0").lower()
    failed = code not in ("0x0", "0", "", "-")
    address = values.get("IpAddress", "").removeprefix("::ffff:")
    name = values.get("WorkstationName") or values.get("Workstation") or ""
    service = values.get("LogonProcessName") or values.get("ServiceName") or ""
    event |= {
        "user": _user(values, "Target"),
        "service": {"name": service.strip() if service.strip() not in ("", "-") else "Windows"},
        "src_endpoint": endpoint(address, values.get("IpPort", ""), name.strip("\\ ")),
        "is_remote": kind in (3, 8, 10) or address not in ("", "-", "127.0.0.1", "::1"),
        "status_id": status or (2 if failed else 1),
    }
    if record.code == 4648:
        event["actor"] = {"user": _user(values, "Subject")}
        event["dst_endpoint"] = endpoint(name=values.get("TargetServerName", ""))
    if kind in LOGON_TYPES:
        event["logon_type_id"] = kind
    if event["status_id"] == 2 and failed:
        part = values.get("SubStatus", "").lower()
        said = part if part not in ("", "-", "0x0") else code
        event["status_detail"] = REASONS.get(said) or REASONS.get(code) or said
    return event


def _user(values: Mapping[str, str], whose: str) -> Ocsf:
    names = {"name": f"{whose}UserName", "domain": f"{whose}DomainName", "uid": f"{whose}UserSid"}
    if whose == "Target" and "TargetSid" in values:
        names["uid"] = "TargetSid"
    found: Ocsf = {name: values[key] for name, key in names.items() if _said(values, key)}
    return found if found.get("name") or found.get("uid") else {**found, "name": "unknown"}


def _said(values: Mapping[str, str], key: str) -> str:
    value = values.get(key, "")
    return "" if value == "-" else value


def _process(record: Record, event: Ocsf) -> Ocsf:
    """The process that began or ended; who began it is the actor."""
    values = record.values
    new = record.code == 4688
    image = values.get("Image") or values.get("NewProcessName") or values.get("ProcessName") or ""
    process = _named(
        image,
        values.get("NewProcessId" if new else "ProcessId", ""),
        values.get("ProcessGuid", ""),
        values.get("CommandLine", ""),
    )
    if image:
        process["file"] = {"name": image.rpartition("\\")[2] or image, "path": image, "type_id": 1}
    domain, _, name = values.get("User", "").rpartition("\\")
    user: Ocsf = {"name": name, **({"domain": domain} if domain else {})}
    if new and _said(values, "TargetUserName"):
        process["user"] = _user(values, "Target")
    actor: Ocsf = {"user": user if name else _user(values, "Subject")}
    parent = _named(
        values.get("ParentImage") or values.get("ParentProcessName") or "",
        values.get("ProcessId" if new else "ParentProcessId", ""),
        values.get("ParentProcessGuid", ""),
        values.get("ParentCommandLine", ""),
    )
    if event["activity_id"] == 1 and parent != _named("", "", "", ""):
        actor["process"] = parent
    return {**event, "process": process, "actor": actor}


def _named(image: str, pid: str, uid: str, command: str) -> Ocsf:
    """A process of which no id is known is called so, since OCSF wants one."""
    found: Ocsf = {"name": image.rpartition("\\")[2] or "unknown"}
    known = number(pid)
    if known is not None and known >= 0:
        found["pid"] = known
    if uid or known is None:
        found["uid"] = uid or "unknown"
    if command:
        found["cmd_line"] = command
    return found


def _connection(record: Record, event: Ocsf) -> Ocsf:
    values = record.values
    inward = values.get("Initiated", "true").lower() == "false"
    protocol = values.get("Protocol", "").lower()
    actor: Ocsf = {
        "process": _named(
            values.get("Image", ""), values.get("ProcessId", ""), values.get("ProcessGuid", ""), ""
        )
    }
    domain, _, name = values.get("User", "").rpartition("\\")
    if name:
        actor["user"] = {"name": name, **({"domain": domain} if domain else {})}
    sides = {
        f"{ours}_endpoint": endpoint(
            values.get(f"{theirs}Ip", ""),
            values.get(f"{theirs}Port", ""),
            values.get(f"{theirs}Hostname", ""),
        )
        for ours, theirs in (("src", "Source"), ("dst", "Destination"))
    }
    link: Ocsf = {
        "direction_id": 1 if inward else 2,
        "protocol_num": {"tcp": 6, "udp": 17}.get(protocol, -1),
    }
    if protocol:
        link["protocol_name"] = protocol
    return {**event, **sides, "connection_info": link, "actor": actor}


def _filtered(record: Record, event: Ocsf) -> Ocsf:
    values = record.values
    way = {"%%14592": 1, "inbound": 1, "%%14593": 2, "outbound": 2}
    source, target = (
        endpoint(values.get(f"{side}Address", ""), values.get(f"{side}Port", ""))
        for side in ("Source", "Dest")
    )
    kind = number(values.get("Protocol", ""))
    path = values.get("Application", "")
    return {
        **event,
        "src_endpoint": source,
        "dst_endpoint": target,
        "connection_info": {
            "direction_id": way.get(values.get("Direction", "").lower(), 0),
            "protocol_num": kind if kind is not None and 0 <= kind < 256 else -1,
        },
        "actor": {
            "process": _named(
                path, values.get("ProcessID") or values.get("ProcessId") or "", "", ""
            )
        },
        "status_id": 2 if event["activity_id"] == 5 else 1,
    }

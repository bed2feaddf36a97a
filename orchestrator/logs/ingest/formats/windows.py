"""Events of the Windows Security and Sysmon logs, as XML or as JSON, one a record.

XML is what `wevtutil qe /f:xml` and Get-WinEvent's ToXml() give; JSON what Winlogbeat, NXLog and
Fluent Bit's winevtlog write. Source: Microsoft, Windows security audit events; Sysmon schema 4.90.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from orchestrator.logs.ingest.formats.parser import (
    Context,
    Ocsf,
    Product,
    Unparsed,
    endpoint,
    frame,
    host,
    iso,
    number,
)
from orchestrator.logs.json_path import as_text, at, branch, items, text
from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, AUTHENTICATION, BASE, NETWORK, PROCESS

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
    4776: (99, 0),
}
"""Event id → activity and status; 0 where the event's own Status says it."""

ACCOUNTS = {4720: 1, 4722: 2, 4723: 3, 4724: 4, 4725: 5, 4726: 6, 4740: 9, 4767: 99, 4738: 99}
LOGON_TYPES = frozenset({0, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13})
SYSMON = "Microsoft-Windows-Sysmon"


@dataclass(frozen=True, slots=True)
class Record:
    """What both forms have in common."""

    code: int
    provider: str
    channel: str
    computer: str
    uid: str
    time: datetime
    values: Mapping[str, str]


def looks(line: str) -> bool:
    start = line.lstrip("\ufeff \t")[:3000]
    return start.startswith("<Event") or (
        start.startswith("{") and ('"EventID"' in line or '"event_id"' in line or "winlog" in start)
    )


def parse(line: str, context: Context) -> Ocsf:
    line = line.lstrip("\ufeff \t")
    record = _xml(line, context) if line.startswith("<") else _json(line, context)
    event = _event(record, context)
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata |= {
        "event_code": str(record.code),
        "correlation_uid": record.uid,
        "log_name": record.channel,
    }
    return {**event, "device": host(record.computer), "unmapped": dict(record.values)}


def _event(record: Record, context: Context) -> Ocsf:  # noqa: PLR0911  # a line for each kind
    if SYSMON in record.provider or "Sysmon" in record.channel:
        product = Product("Microsoft", "Sysmon")
        if record.code in (1, 5):
            return _process(
                record, frame(PROCESS, 1 if record.code == 1 else 2, record.time, product, context)
            )
        if record.code == 3:
            return _connection(record, frame(NETWORK, 1, record.time, product, context))
        return frame(BASE, 99, record.time, product, context)
    product = Product("Microsoft", "Windows Security")
    if record.code in SIGN_INS:
        activity, status = SIGN_INS[record.code]
        return _sign_in(
            record, status, frame(AUTHENTICATION, activity, record.time, product, context)
        )
    if record.code in ACCOUNTS:
        event = frame(ACCOUNT_CHANGE, ACCOUNTS[record.code], record.time, product, context)
        return {**event, "user": _user(record.values, "Target"), "actor": _actor(record.values)}
    if record.code in (4688, 4689):
        return _process(
            record, frame(PROCESS, 1 if record.code == 4688 else 2, record.time, product, context)
        )
    return frame(BASE, 99, record.time, product, context)


def _sign_in(record: Record, status: int, event: Ocsf) -> Ocsf:
    values = record.values
    kind = number(values.get("LogonType", ""))
    failed = values.get("Status", "0x0") not in ("0x0", "0", "")
    address = values.get("IpAddress", "").removeprefix("::ffff:")
    event |= {
        "user": _user(values, "Target"),
        "service": {"name": values.get("LogonProcessName", "").strip() or "Windows"},
        "src_endpoint": endpoint(
            address, values.get("IpPort", ""), values.get("WorkstationName", "")
        ),
        "is_remote": kind in (3, 8, 10) or address not in ("", "-", "127.0.0.1", "::1"),
        "status_id": status or (2 if failed else 1),
    }
    if kind in LOGON_TYPES:
        event["logon_type_id"] = kind
    return event


def _user(values: Mapping[str, str], whose: str) -> Ocsf:
    names = {"name": f"{whose}UserName", "domain": f"{whose}DomainName", "uid": f"{whose}UserSid"}
    names = {**names, "uid": "TargetSid"} if "TargetSid" in values and whose == "Target" else names
    found: Ocsf = {name: values[key] for name, key in names.items() if values.get(key, "-") != "-"}
    return found if found.get("name") or found.get("uid") else {**found, "name": "unknown"}


def _actor(values: Mapping[str, str]) -> Ocsf:
    return {"user": _user(values, "Subject")}


def _process(record: Record, event: Ocsf) -> Ocsf:
    values = record.values
    image = values.get("Image") or values.get("NewProcessName") or values.get("ProcessName") or ""
    process: Ocsf = {"name": image.rpartition("\\")[2] or "unknown"}
    pid = number(values.get("NewProcessId") or values.get("ProcessId") or "")
    process |= {"pid": pid} if pid is not None else {"uid": values.get("ProcessGuid") or "unknown"}
    if values.get("ProcessGuid"):
        process["uid"] = values["ProcessGuid"]
    if values.get("CommandLine"):
        process["cmd_line"] = values["CommandLine"]
    if image:
        process["file"] = {"name": image.rpartition("\\")[2] or image, "path": image, "type_id": 1}
    domain, _, name = values.get("User", "").rpartition("\\")
    user = {"name": name, "domain": domain} if name else _user(values, "Subject")
    actor: Ocsf = {"user": user}
    parent = number(values.get("ParentProcessId", "")) if "ParentProcessId" in values else None
    if parent is not None:
        actor["process"] = {
            "pid": parent,
            "name": values.get("ParentImage", "").rpartition("\\")[2],
        }
    return {**event, "process": process, "actor": actor}


def _connection(record: Record, event: Ocsf) -> Ocsf:
    values = record.values
    inward = values.get("Initiated", "true").lower() == "false"
    event |= {
        "src_endpoint": endpoint(
            values.get("SourceIp", ""),
            values.get("SourcePort", ""),
            values.get("SourceHostname", ""),
        ),
        "dst_endpoint": endpoint(
            values.get("DestinationIp", ""),
            values.get("DestinationPort", ""),
            values.get("DestinationHostname", ""),
        ),
        "connection_info": {
            "direction_id": 1 if inward else 2,
            "protocol_name": values.get("Protocol", "").lower(),
            "protocol_num": {"tcp": 6, "udp": 17}.get(values.get("Protocol", "").lower(), -1),
        },
        "actor": {
            "process": {
                "pid": number(values.get("ProcessId", "")) or 0,
                "name": values.get("Image", "").rpartition("\\")[2],
            }
        },
    }
    return event


def _xml(source: str, context: Context) -> Record:
    if "<!" in source:
        raise Unparsed("XML with a document type or a comment")
    try:
        root = ElementTree.fromstring(source)  # noqa: S314  # see above
    except ElementTree.ParseError as error:
        raise Unparsed("no well-formed XML") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    system = root.find("System")
    if system is None:
        raise Unparsed("an event without System")
    created, provider = system.find("TimeCreated"), system.find("Provider")
    values = {
        element.get("Name") or element.tag: element.text or ""
        for part in ("EventData", "UserData")
        for element in (root.find(part) or ())
    }
    return Record(
        _code(system.findtext("EventID", "")),
        provider.get("Name", "") if provider is not None else "",
        system.findtext("Channel", ""),
        system.findtext("Computer", ""),
        system.findtext("EventRecordID", ""),
        iso(created.get("SystemTime", "") if created is not None else "", context),
        values,
    )


def _json(source: str, context: Context) -> Record:
    try:
        tree = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise Unparsed("no well-formed JSON") from error
    if not isinstance(tree, dict):
        raise Unparsed("no JSON object")
    event = branch(tree, "Event") or tree
    system = branch(event, "System") or branch(tree, "winlog") or event
    data = branch(event, "EventData") or branch(tree, "winlog.event_data")
    values = {name: as_text(value) for name, value in (data or event).items()}
    for each in items(data, "Data"):
        if text(each, "@Name"):
            values[text(each, "@Name")] = text(each, "#text")
    return Record(
        _code(_first(system, "EventID", "event_id", "EventID.#text", "Id")),
        _first(
            system, "Provider.Name", "Provider.@Name", "provider_name", "SourceName", "ProviderName"
        ),
        _first(system, "Channel", "channel", "LogName"),
        _first(system, "Computer", "computer_name", "Hostname", "MachineName"),
        _first(system, "EventRecordID", "record_id", "RecordNumber", "RecordId"),
        iso(_when(tree, system), context),
        values,
    )


def _when(tree: Mapping[str, object], system: Mapping[str, object]) -> str:
    own = _first(
        system,
        "TimeCreated.SystemTime",
        "TimeCreated.@SystemTime",
        "TimeCreated",
        "EventTime",
        "UtcTime",
    )
    return own or _first(tree, "@timestamp", "TimeCreated", "timestamp")


def _first(tree: Mapping[str, object], *paths: str) -> str:
    found = (at(tree, path) for path in paths)
    return next((as_text(v) for v in found if v not in (None, "") and not isinstance(v, dict)), "")


def _code(said: str) -> int:
    code = number(said)
    if code is None:
        raise Unparsed("no event id")
    return code

"""A record of a Windows log, whichever program has written it down, as one value.

XML is what `wevtutil qe /f:xml` and Get-WinEvent's ToXml() give; JSON what Winlogbeat, NXLog,
Fluent Bit, evtx_dump, EvtxECmd and PowerShell's ConvertTo-Json write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from orchestrator.logs.ingest.formats.parser import (
    Context,
    Unparsed,
    epoch,
    has_zone,
    iso,
    number,
)
from orchestrator.logs.json_path import Tree, as_text, at, branch, text

KEYWORDS = {"AUDIT_SUCCESS": 1, "AUDIT SUCCESS": 1, "AUDIT_FAILURE": 2, "AUDIT FAILURE": 2}
SUCCESS, FAILURE = 1 << 53, 1 << 52
"""Bits of Keywords in the Security log."""

CODES = ("EventID.#text", "EventID", "event_id", "EventId", "Id", "EventCode")
PROVIDERS = (
    *("Provider.#attributes.Name", "Provider.@Name", "Provider.Name", "provider_name"),
    *("SourceName", "ProviderName", "Provider"),
)
CHANNELS = ("Channel", "channel", "LogName", "log_name")
COMPUTERS = ("Computer", "computer_name", "Hostname", "MachineName", "ComputerName", "host.name")
NUMBERS = ("EventRecordID", "record_id", "RecordNumber", "EventRecordId", "RecordId")
OWN_TIMES = (
    *("TimeCreated.#attributes.SystemTime", "TimeCreated.@SystemTime", "TimeCreated.SystemTime"),
    *(
        "TimeCreated.value",
        "TimeCreated",
        "SystemTime",
        "EventTime",
        "TimeGenerated",
        "EventTimeUTC",
    ),
)
OTHER_TIMES = ("@timestamp", "TimeCreated", "timestamp", "time", "date")
IN_UTC = frozenset(name for name in OWN_TIMES if name.endswith(("SystemTime", "UTC")))


@dataclass(frozen=True, slots=True)
class Record:
    """What all forms have in common."""

    code: int
    provider: str
    channel: str
    computer: str
    uid: str
    time: datetime
    values: Mapping[str, str]
    audited: int = 0
    """OCSF's status, by what the Security log calls a success or failure."""
    other: datetime | None = None
    """A second clock of the record."""


def looks(line: str) -> bool:
    start = line.lstrip("\ufeff \t")[:3000]
    if start.startswith("<Event"):
        return True
    return start.startswith("{") and (
        any(f'"{name}"' in line for name in ("EventID", "event_id", "EventId"))
        or '"winlog"' in start
        or ('"ProviderName"' in line and '"Id"' in line)
    )


def read(line: str, context: Context) -> Record:
    """Raises Unparsed."""
    line = line.lstrip("\ufeff \t")
    return _xml(line, context) if line.startswith("<") else _json(line, context)


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
    data, user = root.find("EventData"), root.find("UserData")
    leaves = [*(data if data is not None else ())]
    leaves += [each for each in (user.iter() if user is not None else ()) if len(each) == 0]
    values = _named((each.get("Name") or each.tag, each.text or "") for each in leaves)
    own = iso(created.get("SystemTime", "") if created is not None else "", _utc(context))
    return Record(
        _code(system.findtext("EventID", "")),
        provider.get("Name", "") if provider is not None else "",
        system.findtext("Channel", ""),
        system.findtext("Computer", ""),
        system.findtext("EventRecordID", ""),
        own,
        values,
        _audited(system.findtext("Keywords", "")),
    )


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By name; values of the same name, as those without one, are lines of one."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found


def _json(source: str, context: Context) -> Record:
    try:
        tree = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise Unparsed("no well-formed JSON") from error
    if not isinstance(tree, dict):
        raise Unparsed("no JSON object")
    event = branch(tree, "Event") or _of_azure(tree) or tree
    system = branch(event, "System") or branch(tree, "winlog") or event
    values = _values(tree, event)
    said = _first(system, *NUMBERS)
    time, other = _times(tree, system, values, context)
    return Record(
        _code(_first(system, *CODES)),
        _first(system, *PROVIDERS),
        _first(system, *CHANNELS),
        _first(system, *COMPUTERS) or _first(tree, *COMPUTERS),
        said,
        time,
        values,
        _audited(_first(system, "EventType", "Keywords", "keywords"))
        or _audited(_first(system, "Keywords", "keywords"))
        or {"success": 1, "failure": 2}.get(_first(tree, "event.outcome"), 0),
        other,
    )


def _of_azure(tree: Tree) -> Tree:
    """Azure's diagnostics extension has the event in `properties`."""
    found = branch(tree, "properties")
    return found if {"EventID", "EventId"} & set(found) else {}


def _values(tree: Tree, event: Tree) -> dict[str, str]:
    """What is of this event alone: a mapping, a list of names and values, or the record itself."""
    found: list[tuple[str, str]] = []
    payload = branch(tree, "Payload")
    for place in (
        *(at(event, "EventData"), at(event, "UserData"), at(tree, "winlog.event_data")),
        *(at(tree, "winlog.user_data"), at(payload, "EventData"), at(payload, "UserData")),
    ):
        found += _pairs(place)
    if not found:
        found = [(name, as_text(value)) for name, value in event.items() if value is not None]
    return _named(found)


def _pairs(place: object, name: str = "Data") -> list[tuple[str, str]]:
    if isinstance(place, Mapping):
        named = text(place, "@Name") or text(place, "Name") or text(place, "#attributes.Name")
        if named and set(place) <= {"@Name", "#text", "Name", "Value", "#attributes"}:
            return [(named, text(place, "#text") or text(place, "Value"))]
        return [
            pair
            for inner, value in place.items()
            if inner not in ("#attributes", "@xmlns", "xmlns")
            for pair in _pairs(value, name if inner == "#text" else inner)
        ]
    if isinstance(place, list):
        return [pair for each in place for pair in _pairs(each, name)]
    return [] if place is None else [(name, as_text(place))]


def _times(
    tree: Tree, system: Tree, values: Mapping[str, str], context: Context
) -> tuple[datetime, datetime | None]:
    """The record's own time, and another clock's. Of several, one that says its zone is right.

    Times named after UTC are in UTC; what says no zone is in the declared one.
    """
    sure: list[datetime] = []
    local: list[datetime] = []
    utc = values.get("UtcTime") or _first(system, "UtcTime")
    for name, said in (
        *((name, _first(system, name)) for name in OWN_TIMES),
        ("UTC", utc),
        *((name, _first(tree, name)) for name in OTHER_TIMES),
    ):
        if not said:
            continue
        if date := re.fullmatch(r"/Date\((\d{1,15})(?:[+-]\d{4})?\)/", said):
            sure.append(epoch(f"{date[1]}e-3"))
        elif re.fullmatch(r"\d{9,19}(?:\.\d+)?", said):
            sure.append(epoch(said))
        else:
            joined = re.sub(r" ([+-]\d\d:?\d\d|Z)$", r"\1", said)
            if has_zone(joined) or name in IN_UTC or name == "UTC":
                sure.append(iso(joined, _utc(context)))
            else:
                local.append(iso(joined, context))
    found = [*sure, *local]
    if not found:
        raise Unparsed("the time cannot be read")
    other = local[0] if sure and local else None
    return found[0], other


def _utc(context: Context) -> Context:
    return Context(UTC, context.now, context.written)


def _audited(said: str) -> int:
    bits = number(said.strip('[]"'))
    if bits is None and said.lower().startswith("0x"):
        bits = int(said, 16) if re.fullmatch(r"0[xX][0-9a-fA-F]{1,16}", said) else None
    if bits is None:
        found = [KEYWORDS[name] for name in KEYWORDS if name in said.upper()]
        return found[0] if found else 0
    return 2 if bits & FAILURE else 1 if bits & SUCCESS else 0


def _first(tree: Tree, *paths: str) -> str:
    found = (at(tree, path) for path in paths)
    return next((as_text(v) for v in found if v not in (None, "") and not isinstance(v, dict)), "")


def _code(said: str) -> int:
    code = number(said)
    if code is None:
        raise Unparsed("no event id")
    return code

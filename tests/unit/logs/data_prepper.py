"""As much of Data Prepper as our pipelines use: what its processors make of a record.

Source: Data Prepper's documentation, processors and expression syntax.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]
TOKEN = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|/[A-Za-z_][A-Za-z_/]*|startsWith|and|or|not|in|null|==|!=|=~|\d+|[(){},])'
)


def processed(record: Mapping[str, object], steps: Iterable[Mapping[str, Any]]) -> Record:
    """What leaves the pipeline for `record`; nothing, where it is dropped."""
    made = copy.deepcopy(dict(record))
    for step in steps:
        ((name, settings),) = step.items()
        if name == "drop_events" and holds(settings["drop_when"], made):
            return {}
        PROCESSORS[name](made, settings)
    return made


def get(tree: object, pointer: str) -> Any:
    for name in pointer.strip("/").split("/"):
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def has(tree: object, pointer: str) -> bool:
    """Whether the key is there, be it with nothing."""
    for name in pointer.strip("/").split("/"):
        if not isinstance(tree, dict) or name not in tree:
            return False
        tree = tree[name]
    return True


def put(tree: Record, pointer: str, value: object) -> None:
    *above, name = pointer.strip("/").split("/")
    for each in above:
        tree = tree.setdefault(each, {})
    tree[name] = value


def add_entries(record: Record, settings: Mapping[str, Any]) -> None:
    for entry in settings["entries"]:
        free = entry.get("overwrite_if_key_exists") or not has(record, entry["key"])
        if free and holds(entry.get("add_when"), record):
            put(record, entry["key"], entry["value"])


def copy_values(record: Record, settings: Mapping[str, Any]) -> None:
    if "from_list" in settings:
        names = {entry["from_key"]: entry["to_key"] for entry in settings["entries"]}
        made = [
            {names[name]: value for name, value in each.items() if name in names}
            for each in record.get(settings["from_list"], [])
        ]
        if settings["from_list"] in record:
            record[settings["to_list"]] = made
        return
    for entry in settings["entries"]:
        free = has(record, entry["from_key"]) and not has(record, entry["to_key"])
        if free and holds(entry.get("copy_when"), record):
            put(record, entry["to_key"], copy.deepcopy(get(record, entry["from_key"])))


def parse_json(record: Record, settings: Mapping[str, Any]) -> None:
    record.update(json.loads(record[settings["source"]]))


def substitute_string(record: Record, settings: Mapping[str, Any]) -> None:
    """Java writes `$1` for what Python calls \\1."""
    for entry in settings["entries"]:
        if (value := get(record, entry["source"])) is not None:
            pattern, by = entry["from"], re.sub(r"\$(\d)", r"\\\1", entry["to"])
            put(record, entry["source"], re.sub(pattern, by, value))


def write_json(record: Record, settings: Mapping[str, Any]) -> None:
    if (value := get(record, settings["source"])) is not None:
        put(record, settings["target"], json.dumps(value))


def date(record: Record, settings: Mapping[str, Any]) -> None:
    found = get(record, settings["match"][0]["key"])
    if found in (None, ""):
        return
    if settings["match"][0]["patterns"] == ["epoch_second"]:
        moment = datetime.fromtimestamp(int(found), UTC)
    else:
        moment = datetime.strptime(found, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    written = int(moment.timestamp() * 1000)
    milliseconds = settings["output_format"] == "epoch_milli"
    put(record, settings["destination"], written if milliseconds else moment.isoformat())


def convert_type(record: Record, settings: Mapping[str, Any]) -> None:
    for key in settings["keys"]:
        if (value := get(record, key)) is not None:
            boolean = settings["type"] == "boolean"
            put(record, key, str(value).lower() == "true" if boolean else int(value))


def delete_entries(record: Record, settings: Mapping[str, Any]) -> None:
    for key in settings["with_keys"]:
        record.pop(key.strip("/"), None)


PROCESSORS: Mapping[str, Callable[[Record, Mapping[str, Any]], None]] = {
    "parse_json": parse_json,
    "substitute_string": substitute_string,
    "drop_events": lambda record, settings: None,
    "add_entries": add_entries,
    "copy_values": copy_values,
    "write_json": write_json,
    "date": date,
    "convert_type": convert_type,
    "delete_entries": delete_entries,
}


def holds(expression: str | None, record: Record) -> bool:
    """Whether a condition holds; none always does."""
    if expression is None:
        return True
    tokens = TOKEN.findall(expression)
    assert "".join(tokens) == re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", expression), expression
    value = _either(tokens, record)
    assert not tokens, expression
    return value


def _either(tokens: list[str], record: Record) -> bool:
    value = _both(tokens, record)
    while tokens and tokens[0] == "or":
        tokens.pop(0)
        value = _both(tokens, record) or value
    return value


def _both(tokens: list[str], record: Record) -> bool:
    value = _one(tokens, record)
    while tokens and tokens[0] == "and":
        tokens.pop(0)
        value = _one(tokens, record) and value
    return value


def _one(tokens: list[str], record: Record) -> bool:
    first = tokens.pop(0)
    if first == "not":
        return not _one(tokens, record)
    if first == "(":
        value = _either(tokens, record)
        tokens.pop(0)
        return value
    if first == "startsWith":
        _, pointer, _, beginning, _ = (tokens.pop(0) for _ in range(5))
        return str(get(record, pointer) or "").startswith(json.loads(beginning))
    return _compared(get(record, first), tokens.pop(0), tokens, record)


def _compared(found: Any, operator: str, tokens: list[str], record: Record) -> bool:
    if operator == "in":
        tokens.pop(0)
        values = []
        while (token := tokens.pop(0)) != "}":
            values += [] if token == "," else [json.loads(token)]
        return found in values
    token = tokens.pop(0)
    wanted = get(record, token) if token.startswith("/") else json.loads(token)
    if operator == "=~":
        return re.match(wanted, str(found)) is not None
    return (found == wanted) is (operator == "==")

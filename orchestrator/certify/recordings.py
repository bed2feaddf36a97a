"""What was asked and answered, without anybody's ids; and how two such answers differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

VERSION = 1

Ids = Mapping[str, str]
"""Values by the name they are replaced by: 'member' → '111122223333'."""

PATTERNS = (
    (re.compile(r"\b(?:AROA|AIDA|ANPA|AGPA|AIPA|ASCA|ASIA|AKIA)[A-Z0-9]{12,}\b"), "<unique-id>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\bo-[a-z0-9]{10,32}\b"), "<organization>"),
    (re.compile(r"\br-[a-z0-9]{4,32}\b"), "<root>"),
    (re.compile(r"\bou-[a-z0-9]{4,32}-[a-z0-9]{8,32}\b"), "<ou>"),
    (re.compile(r"\bp-[a-z0-9]{8,}\b"), "<policy>"),
    (re.compile(r"(?<!\d)\d{12}(?!\d)"), "<account>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.]*(?:Z|[+-]\d\d:?\d\d)"), "<time>"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "<e-mail>"),
    (re.compile(r"\b[A-Za-z0-9+/_=-]{48,}"), "<token>"),
)
"""What would tell of an account, or changes with every call."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What AWS answered: an error code with its message, or content."""

    code: str = ""
    message: str = ""
    content: object = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, both without ids."""

    service: str
    operation: str
    place: str
    parameters: object
    answer: Answer


@dataclass(frozen=True, slots=True)
class Recording:
    """All that was asked for one behaviour. `origin` is 'aws' or 'sandbox'."""

    behaviour: str
    origin: str
    recorded: str
    exchanges: tuple[Exchange, ...]


def without_ids(value: object, ids: Ids) -> object:
    """The same, with ids, times and tokens replaced by what they are."""
    if isinstance(value, Mapping):
        return {str(without_ids(key, ids)): without_ids(each, ids) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_ids(each, ids) for each in value]
    if isinstance(value, datetime):
        return "<time>"
    if isinstance(value, bytes):
        return without_ids(value.decode("utf-8", "replace"), ids)
    if not isinstance(value, str):
        return value
    for name, found in sorted(ids.items(), key=lambda pair: -len(pair[1])):
        value = value.replace(found, f"<{name}>") if found else value
    for pattern, name in PATTERNS:
        value = pattern.sub(name, value)
    return value


def differences(recorded: Recording, other: Recording) -> tuple[str, ...]:
    """In what the other answers differ: another outcome, or members that one of them lacks.

    Values are compared where a behaviour expects them; what AWS draws by lot would always differ.
    """
    found: list[str] = []
    for first, second in zip(recorded.exchanges, other.exchanges, strict=False):
        what = f"{first.service}:{first.operation}"
        if first.answer.code != second.answer.code:
            codes = [each.answer.code or "an answer" for each in (first, second)]
            found.append(f"{what}: {codes[0]}, not {codes[1]}")
        elif not first.answer.code:
            found += [f"{what}: {each}" for each in _lacking(first.answer, second.answer)]
    if len(recorded.exchanges) != len(other.exchanges):
        found.append(f"{len(recorded.exchanges)} calls, not {len(other.exchanges)}")
    return tuple(found)


def _lacking(first: Answer, second: Answer) -> Iterator[str]:
    ours, theirs = set(members(first.content)), set(members(second.content))
    for sign, names in (("lacks", ours - theirs), ("has besides", theirs - ours)):
        if names:
            yield f"the other {sign} {', '.join(sorted(names))}"


def members(value: object, path: str = "") -> Iterator[str]:
    """The path of each member that is a value: 'Role.Arn', 'Tags[].Key'."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from members(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from members(each, f"{path}[]")
    else:
        yield path


def to_json(recording: Recording) -> str:
    """The same recording always gives the same text."""
    return json.dumps({"version": VERSION, **asdict(recording)}, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> Recording:
    """Read what `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    raw = json.loads(text)
    if raw.pop("version") != VERSION:
        raise ValueError(f"not a recording of version {VERSION}")
    exchanges = tuple(_exchange(each) for each in raw.pop("exchanges"))
    return Recording(**raw, exchanges=exchanges)


def _exchange(raw: dict[str, Any]) -> Exchange:
    return Exchange(**{**raw, "answer": Answer(**raw["answer"])})


def read(folder: Path) -> dict[str, Recording]:
    """The recordings of a folder, by behaviour."""
    found = (from_json(file.read_text("utf-8")) for file in sorted(folder.glob("*.json")))
    return {recording.behaviour: recording for recording in found}


def write(folder: Path, recording: Recording) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{recording.behaviour}.json"
    file.write_text(to_json(recording), "utf-8")
    return file

"""What was rendered last, and by which version: a file beside the roots of the build folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from orchestrator.adapters import files
from orchestrator.model.upgrade import LOCK_FILE

NAME = "_rendered.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Record:
    """`source` is a digest of what was rendered, `roots` and `elsewhere` of what came of it.

    `elsewhere` are texts of roots that are not kept in the build folder, by folder and name.
    """

    orchestrator: str
    source: str
    roots: Mapping[str, str]
    modules: Mapping[str, str]
    elsewhere: Mapping[str, Mapping[str, str]]


def write(build: Path, record: Record) -> None:
    """Keep `record`, in place of the last one."""
    document = {
        "version": VERSION,
        "orchestrator": record.orchestrator,
        "source": record.source,
        "roots": dict(record.roots),
        "modules": dict(record.modules),
        "elsewhere": {folder: dict(texts) for folder, texts in record.elsewhere.items()},
    }
    files.write(build / NAME, json.dumps(document, indent=1))


def read(build: Path) -> Record | None:
    """The last record; None if there is none that can be read."""
    try:
        said = json.loads((build / NAME).read_text("utf-8"))
        if said["version"] != VERSION:
            return None
        return Record(
            str(said["orchestrator"]),
            str(said["source"]),
            dict(said["roots"]),
            dict(said["modules"]),
            dict(said["elsewhere"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def digest(texts: Mapping[str, str]) -> str:
    """SHA-256 over names and texts."""
    total = sha256()
    for name in sorted(texts):
        total.update(f"{name}\0{texts[name]}\0".encode())
    return total.hexdigest()


def of_folders(build: Path, folders: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """The files of roots, by folder; what Terraform keeps there is left out."""
    return {folder: _texts(build / folder, ("*.tf", LOCK_FILE)) for folder in folders}


def of_modules(build: Path, names: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """The files of the modules that lie beside the roots, by name."""
    return {name: _texts(build / "_modules" / name, ("**/*.tf",)) for name in names}


def _texts(folder: Path, patterns: Sequence[str]) -> Mapping[str, str]:
    found = sorted(file for pattern in patterns for file in folder.glob(pattern))
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in found}

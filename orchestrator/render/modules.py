"""The Terraform modules that a rendered root calls, as digests."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from orchestrator.errors import OrchestratorError

CALL = re.compile(r'^\s*source\s*=\s*"(\.{1,2}/[^"]+)"', re.MULTILINE)
"""A local module called by a module."""

NOT_READ = frozenset({"tests", "examples"})


def digest(module: Path) -> str:
    """A SHA-256 over the files of `module` and of every local module it calls.

    What Terraform does not read (tests, examples, Markdown, hidden files) does not count.
    """
    total = hashlib.sha256()
    for file in sorted(_files_of_all(module), key=lambda file: _name(file, module)):
        total.update(f"{_name(file, module)}\0{_sha256(file)}\n".encode())
    return total.hexdigest()


def _files_of_all(module: Path) -> list[Path]:
    folders, seen = [module.resolve()], set[Path]()
    while folders:
        folder = folders.pop()
        if folder not in seen:
            seen.add(folder)
            folders += _called(folder)
    return [file for folder in seen for file in _files(folder)]


def _called(folder: Path) -> list[Path]:
    texts = (file.read_text(encoding="utf-8") for file in folder.glob("*.tf"))
    return [(folder / source).resolve() for text in texts for source in CALL.findall(text)]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise OrchestratorError(
            f"{folder}: there is no such module", "is the checkout complete? see modules/"
        )
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".md" and not _ignored(file.relative_to(folder))
    ]


def _ignored(path: Path) -> bool:
    return any(part in NOT_READ or part.startswith(".") for part in path.parts)


def _name(file: Path, module: Path) -> str:
    """The file's path below the folder of modules: the same wherever the checkout lies."""
    return Path(os.path.relpath(file, module.resolve().parent)).as_posix()


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()

"""The modules that rendered roots call: their files, and digests over them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.errors import OrchestratorError
from orchestrator.model.plan import ModuleFiles

CALL = re.compile(r'^\s*source\s*=\s*"\.\./([A-Za-z0-9_]+)"', re.MULTILINE)
"""A module called by a module beside it."""

BESIDE = "_modules"
"""The folder beside the accounts' that has the modules; an account's name begins otherwise."""

NOT_READ = frozenset({"tests", "examples"})


@dataclass(frozen=True)
class Modules:
    """Modules by name, each in a folder of its own, wherever that is.

    Reads each once, when it is first needed. Raises OrchestratorError for one that is not there.
    """

    folders: Mapping[str, Path]
    _digests: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _calls: dict[str, tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _files: dict[str, ModuleFiles] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def digest(self, name: str) -> str:
        """A SHA-256 over the files of the module and of every module it calls.

        What Terraform does not read (tests, examples, Markdown, hidden files) does not count.
        """
        if name not in self._digests:
            total = hashlib.sha256()
            for path, file in sorted(self._files_of_all(name)):
                total.update(f"{path}\0{_sha256(file)}\n".encode())
            self._digests[name] = total.hexdigest()
        return self._digests[name]

    def files(self, name: str) -> ModuleFiles:
        """What is to be copied of the module, and where to."""
        if name not in self._files:
            folder = self.folders[name]
            named = ((file.relative_to(folder).as_posix(), file) for file in _files(folder))
            self._files[name] = ModuleFiles(f"{BESIDE}/{name}", tuple(sorted(named)))
        return self._files[name]

    def with_called(self, names: Iterable[str]) -> tuple[str, ...]:
        """The modules and every module they call, in name order."""
        waiting, seen = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self._called(name)
        return tuple(sorted(seen))

    def _files_of_all(self, name: str) -> Iterator[tuple[str, Path]]:
        for called in self.with_called([name]):
            for inner, file in self.files(called).files:
                yield f"{called}/{inner}", file

    def _called(self, name: str) -> tuple[str, ...]:
        if name not in self._calls:
            self._calls[name] = self._read_calls(name)
        return self._calls[name]

    def _read_calls(self, name: str) -> tuple[str, ...]:
        folder = self.folders.get(name)
        if folder is None or not folder.is_dir():
            known = ", ".join(sorted(self.folders)) or "none at all"
            raise OrchestratorError(
                f"modules/{name}: there is no such module", f"restore it: there is {known}"
            )
        texts = (file.read_text(encoding="utf-8") for file in folder.glob("*.tf"))
        return tuple(found for text in texts for found in CALL.findall(text))


def _files(folder: Path) -> list[Path]:
    """What of a module counts, and is copied."""
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".md" and not _ignored(file.relative_to(folder))
    ]


def _ignored(path: Path) -> bool:
    return any(part in NOT_READ or part.startswith(".") for part in path.parts)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()

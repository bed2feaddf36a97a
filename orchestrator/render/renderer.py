"""One stack's rendered root, as texts."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from orchestrator.errors import OrchestratorError
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.plan import Rendering
from orchestrator.render.bundle import NAME as PACKAGE
from orchestrator.render.bundle import bundle, wanted
from orchestrator.render.contexts import context
from orchestrator.render.templates import Source, load

MODULE_CALL = re.compile(r'^\s*source\s*=\s*"(\.{1,2}/[^"]+)"', re.MULTILINE)
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
    return [(folder / source).resolve() for text in texts for source in MODULE_CALL.findall(text)]


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


CALL = r'(?m)^  source = "{}/([a-z0-9_]+)"$'
"""A module call in a rendered root. No value can pass for one: strings hold no line ends, and the
keys of maps stand further to the right."""


@dataclass(frozen=True)
class Renderer:
    """Renders from the checkout at `root` into texts that will lie below `build`.

    Reads terraform/ and modules/ once, when they are first needed; after that it is pure.
    """

    root: Path
    build: Path
    _digests: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def render(
        self, organization: Organization, key: StackKey, *, local_state: bool = False
    ) -> Rendering:
        """The files of stack `key`.

        With `local_state` its state lies in its folder: the bucket of the others is made by the
        bootstrap stack, which needs a place for its state before. What has nothing to say for
        this stack is no file.
        """
        package = bundle(organization, self.root) if wanted(organization, key) else None
        seen = context(organization, key) | {"local_state": local_state, "package": package}
        texts = ((source.name, source.render(seen)) for source in self._sources[key.stack])
        files = tuple((name, text) for name, text in texts if text)
        binaries = ((PACKAGE, package.content),) if package else ()
        return Rendering(key, files, self._digest(files, binaries), binaries)

    def modules(self, rendering: Rendering) -> Mapping[str, str]:
        """The modules that `rendering` calls, each with its digest."""
        called = {name for _, text in rendering.files for name in self._call.findall(text)}
        return {name: self._module_digest(name) for name in sorted(called)}

    @cached_property
    def _modules(self) -> str:
        """The path from a rendered root to the modules."""
        folder = self.build.resolve() / "account" / "stack"
        return Path(os.path.relpath(self.root.resolve() / "modules", folder)).as_posix()

    @cached_property
    def _sources(self) -> Mapping[StackName, tuple[Source, ...]]:
        return load(self.root / "terraform", self._modules)

    @cached_property
    def _call(self) -> re.Pattern[str]:
        return re.compile(CALL.format(re.escape(self._modules)))

    def _digest(
        self, files: tuple[tuple[str, str], ...], binaries: tuple[tuple[str, bytes], ...]
    ) -> str:
        """Over texts and called modules, the same wherever checkout and build folder lie."""
        total = hashlib.sha256()
        called = set[str]()
        for name, text in files:
            called.update(self._call.findall(text))
            neutral = self._call.sub(r'  source = "\1"', text)
            total.update(f"{name}\0{neutral}\0".encode())
        for module in sorted(called):
            total.update(f"{module}\0{self._module_digest(module)}\0".encode())
        for name, content in binaries:
            total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
        return total.hexdigest()

    def _module_digest(self, module: str) -> str:
        if module not in self._digests:
            self._digests[module] = digest(self.root / "modules" / module)
        return self._digests[module]


def digest_of(renderings: Iterable[Rendering]) -> str:
    """A SHA-256 over the digests of `renderings`, in their order."""
    lines = (f"{rendering.key} {rendering.digest}\n" for rendering in renderings)
    return hashlib.sha256("".join(lines).encode()).hexdigest()

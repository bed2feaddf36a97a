"""One stack's rendered root, as texts, and the modules that it calls: their files and digests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from orchestrator import assets
from orchestrator.assets import Assets
from orchestrator.errors import OrchestratorError
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.organization_policies import FILE as POLICIES
from orchestrator.model.organization_policies import to_json
from orchestrator.model.plan import ModuleFiles, Rendering
from orchestrator.render.bundle import NAME as PACKAGE
from orchestrator.render.bundle import bundle, wanted
from orchestrator.render.contexts import context
from orchestrator.render.organization_policies import policies_of, types_of
from orchestrator.render.templates import Source, load

MODULE_CALL = re.compile(r'\bsource\s*=\s*"\.\./([A-Za-z0-9_]+)"')
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
            self._digests[name] = self._digest_of(self.with_called([name]))
        return self._digests[name]

    def own_digest(self, name: str) -> str:
        """The same without the modules it calls."""
        return self._digest_of([name])

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

    def _digest_of(self, names: Iterable[str]) -> str:
        total = hashlib.sha256()
        for path, file in sorted(self._files_of_all(names)):
            total.update(f"{path}\0{_sha256(file)}\n".encode())
        return total.hexdigest()

    def _files_of_all(self, names: Iterable[str]) -> Iterator[tuple[str, Path]]:
        for name in names:
            for inner, file in self.files(name).files:
                yield f"{name}/{inner}", file

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
        return tuple(found for text in texts for found in MODULE_CALL.findall(text))


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


Texts = tuple[tuple[str, str], ...]
PATH = f"../../{BESIDE}"
"""From a rendered root to the modules."""
ROOT_CALL = re.compile(rf'(?m)^  source = "{re.escape(PATH)}/([A-Za-z0-9_]+)"$')
"""A module call in a rendered root. No value can pass for one: strings hold no line ends, and the
keys of maps stand further to the right."""


@dataclass(frozen=True)
class Renderer:
    """Renders the project at `root` into texts.

    Reads templates and modules once, when they are first needed; after that it is pure. Raises
    ConfigurationError for an override of nothing, OrchestratorError for a template or module that
    is not there.
    """

    root: Path

    def render(
        self, organization: Organization, key: StackKey, *, local_state: bool = False
    ) -> Rendering:
        """The files of stack `key`, and the modules to be put beside it.

        With `local_state` its state lies in its folder: the bucket of the others is made by the
        bootstrap stack, which needs a place for its state before. What has nothing to say for
        this stack is not a file.
        """
        package = bundle(organization, self._assets.product) if wanted(organization, key) else None
        seen = context(organization, key) | {"local_state": local_state, "package": package}
        sources = self._sources[key.stack]
        texts = [(source.name, source.render(seen)) for source in sources]
        if key.stack is StackName.ORGANIZATION and types_of(organization):
            texts.append((POLICIES, to_json(policies_of(organization))))
        files = tuple(sorted((name, text) for name, text in texts if text))
        binaries = ((PACKAGE, package.content),) if package else ()
        called = _called(files)
        brought = self._modules.with_called(called)
        own = (f"modules/{name}" for name in brought if name in self._assets.overrides.modules)
        return Rendering(
            key,
            files,
            self._digest(files, called, binaries),
            binaries,
            modules=tuple(self._modules.files(name) for name in brought),
            overrides=(*(name for source in sources for name in source.overrides), *own),
        )

    def modules(self, *renderings: Rendering) -> Mapping[str, str]:
        """The modules that `renderings` call, and that those call, each with a digest of its own
        files.
        """
        called = (name for rendering in renderings for name in _called(rendering.files))
        return {name: self._modules.own_digest(name) for name in self._modules.with_called(called)}

    @cached_property
    def _assets(self) -> Assets:
        return assets.of(self.root.resolve())

    @cached_property
    def _modules(self) -> Modules:
        return Modules(self._assets.modules)

    @cached_property
    def _sources(self) -> Mapping[StackName, tuple[Source, ...]]:
        return load(self._assets, PATH)

    def _digest(
        self, files: Texts, called: Sequence[str], binaries: tuple[tuple[str, bytes], ...]
    ) -> str:
        """Over texts and called modules, the same wherever project and build folder lie."""
        total = hashlib.sha256()
        for name, text in files:
            neutral = ROOT_CALL.sub(r'  source = "\1"', text)
            total.update(f"{name}\0{neutral}\0".encode())
        for module in called:
            total.update(f"{module}\0{self._modules.digest(module)}\0".encode())
        for name, content in binaries:
            total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
        return total.hexdigest()


def _called(files: Texts) -> list[str]:
    return sorted({name for _, text in files for name in ROOT_CALL.findall(text)})


def digest_of(renderings: Iterable[Rendering]) -> str:
    """A SHA-256 over the digests of `renderings`, in their order."""
    lines = (f"{rendering.key} {rendering.digest}\n" for rendering in renderings)
    return hashlib.sha256("".join(lines).encode()).hexdigest()

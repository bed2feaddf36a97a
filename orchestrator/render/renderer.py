"""One stack's rendered root, as texts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from orchestrator import assets
from orchestrator.assets import Assets
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.plan import Rendering
from orchestrator.render.bundle import NAME as PACKAGE
from orchestrator.render.bundle import bundle, wanted
from orchestrator.render.contexts import context
from orchestrator.render.modules import BESIDE, Modules
from orchestrator.render.templates import Source, load

Texts = tuple[tuple[str, str], ...]
PATH = f"../../{BESIDE}"
"""From a rendered root to the modules."""
CALL = re.compile(rf'(?m)^  source = "{re.escape(PATH)}/([A-Za-z0-9_]+)"$')
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
        texts = ((source.name, source.render(seen)) for source in sources)
        files = tuple((name, text) for name, text in texts if text)
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
        """The modules that `renderings` call, each with its digest."""
        called = (name for rendering in renderings for name in _called(rendering.files))
        return {name: self._modules.digest(name) for name in dict.fromkeys(called)}

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
            neutral = CALL.sub(r'  source = "\1"', text)
            total.update(f"{name}\0{neutral}\0".encode())
        for module in called:
            total.update(f"{module}\0{self._modules.digest(module)}\0".encode())
        for name, content in binaries:
            total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
        return total.hexdigest()


def _called(files: Texts) -> list[str]:
    return sorted({name for _, text in files for name in CALL.findall(text)})


def digest_of(renderings: Iterable[Rendering]) -> str:
    """A SHA-256 over the digests of `renderings`, in their order."""
    lines = (f"{rendering.key} {rendering.digest}\n" for rendering in renderings)
    return hashlib.sha256("".join(lines).encode()).hexdigest()

"""One stack's rendered root, as texts."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.rendering import Rendering
from orchestrator.render import modules
from orchestrator.render.bundle import NAME as PACKAGE
from orchestrator.render.bundle import bundle, wanted
from orchestrator.render.contexts import context
from orchestrator.render.templates import Source, load

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
            self._digests[module] = modules.digest(self.root / "modules" / module)
        return self._digests[module]

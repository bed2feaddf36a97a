"""The templates of a stack's roots, compiled once, with a project's own blocks in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2 import Template as Compiled
from jinja2.bccache import Bucket
from jinja2.exceptions import TemplateError, TemplateSyntaxError

from orchestrator.assets import Assets, Overrides
from orchestrator.assets.folders import unknown
from orchestrator.errors import ConfigurationError, OrchestratorError, Problem
from orchestrator.model.names import StackName
from orchestrator.render.hcl import Hcl, address, comment, hcl, identifier, only_hcl, quote

SUFFIX = ".j2"
LOCK_FILE = ".terraform.lock.hcl"
MAIN = "main.tf"
"""The file without which a root would make nothing, and destroy what is there."""
OWN = "overrides"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a root: a text as it stands, or a template; and the overrides it is made of."""

    name: str
    text: str | Compiled
    overrides: tuple[str, ...] = ()

    def render(self, context: Mapping[str, object]) -> str:
        """Raises ConfigurationError where an override is at fault."""
        if isinstance(self.text, str):
            return self.text
        with _blamed(self.overrides):
            return self.text.render(context)


@contextmanager
def _blamed(overrides: tuple[str, ...]) -> Iterator[None]:
    """A mistake in a template is ours, unless the user has written part of it."""
    try:
        yield
    except (TemplateError, TypeError) as error:
        if not overrides:
            raise
        fix = "compare it with the block or the file that it replaces, in the product's terraform/"
        line = error.lineno if isinstance(error, TemplateSyntaxError) else 0
        raise ConfigurationError(
            [
                Problem(Path(OWN, f"{name}.tf{SUFFIX}"), line, "", str(error), fix)
                for name in overrides
            ]
        ) from error


def load(assets: Assets, modules: str) -> Mapping[StackName, tuple[Source, ...]]:
    """The files of every stack, in name order.

    A stack has all files of terraform/ and of its own folder in it; of two with the same name the
    stack's own. What begins with '_' is only included by others. `modules` is the path from a
    rendered root to the modules. Raises ConfigurationError for overrides of nothing, and
    OrchestratorError if a stack has no template.
    """
    environment = _environment(assets, modules)
    found = {stack: _sources(environment, assets, stack) for stack in StackName}
    problems = [p for stack, sources in found.items() for p in _strange(stack, sources, assets)]
    if problems:
        raise ConfigurationError(problems)
    return {
        stack: tuple(_overridden(environment, stack, sources, assets.overrides))
        for stack, sources in found.items()
    }


def _sources(environment: Environment, assets: Assets, stack: StackName) -> tuple[Source, ...]:
    folder = assets.terraform
    found = {
        path.name.removesuffix(SUFFIX): path for path in (*_files(folder), *_files(folder / stack))
    }
    if MAIN not in found:
        raise OrchestratorError(
            f"{folder / stack}: there is no {MAIN}{SUFFIX}: the stack would be rendered empty",
            "restore it, from version control or by installing the package again",
        )
    sources = {name: Source(name, _text(environment, folder, path)) for name, path in found.items()}
    if own := assets.overrides.lock:
        sources[LOCK_FILE] = Source(LOCK_FILE, own.read_text("utf-8"), (f"terraform/{LOCK_FILE}",))
    return tuple(sources[name] for name in sorted(sources))


def _files(folder: Path) -> list[Path]:
    named = sorted({*folder.glob("*.tf"), *folder.glob(f"*.tf{SUFFIX}"), *folder.glob(LOCK_FILE)})
    return [path for path in named if not path.name.startswith("_")]


def _text(environment: Environment, folder: Path, path: Path) -> str | Compiled:
    if path.suffix != SUFFIX:
        return path.read_text(encoding="utf-8")
    return environment.get_template(path.relative_to(folder).as_posix())


def _blocks(source: Source) -> tuple[str, ...]:
    """What of the file can be overridden on its own."""
    return () if isinstance(source.text, str) else tuple(source.text.blocks)


def _strange(stack: StackName, sources: Iterable[Source], assets: Assets) -> Iterable[Problem]:
    """Overrides of the stack that stand for no block and no file of it."""
    known = {_stem(source): _blocks(source) for source in sources if source.name != LOCK_FILE}
    names = (*(block for blocks in known.values() for block in blocks), *known)
    for name in _own(stack, assets.overrides):
        path = f"terraform/{stack}/{name}.tf{SUFFIX}"
        if name not in names:
            what = f"stack {stack} has no block and no file '{name}'"
            yield unknown(path, what, name, names)
        elif both := [
            block for block in known.get(name, ()) if (stack, block) in assets.overrides.templates
        ]:
            what = f"replaces all of {name}.tf, '{both[0]}' included, which is overridden as well"
            yield Problem(Path(OWN, path), 0, "", what, "keep one of the two")


def _overridden(
    environment: Environment, stack: StackName, sources: Iterable[Source], overrides: Overrides
) -> Iterable[Source]:
    own = _own(stack, overrides)
    for source in sources:
        names = [name for name in own if name in (_stem(source), *_blocks(source))]
        if source.name == LOCK_FILE or not names:
            yield source
        elif names == [_stem(source)]:
            with _blamed(_told(stack, names)):
                text = environment.get_template(_path(stack, names[0]))
            yield Source(source.name, text, _told(stack, names))
        else:
            assert isinstance(source.text, Compiled)  # noqa: S101
            blocks = (
                f'{{% block {name} %}}{{% include "{_path(stack, name)}" %}}{{% endblock %}}'
                for name in names
            )
            text = environment.from_string(f'{{% extends "{source.text.name}" %}}{"".join(blocks)}')
            yield Source(source.name, text, _told(stack, names))


def _own(stack: StackName, overrides: Overrides) -> list[str]:
    return [name for at, name in overrides.templates if at is stack]


def _stem(source: Source) -> str:
    return source.name.removesuffix(".tf")


def _path(stack: StackName, name: str) -> str:
    return f"{OWN}/{stack}/{name}.tf{SUFFIX}"


def _told(stack: StackName, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"terraform/{stack}/{name}" for name in names)


class CompiledTexts(BytecodeCache):
    """What was compiled in this process, by name and text, wherever the file lies.

    Who compares revisions renders the same templates from several folders, and to compile them is
    most of the work.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code:
            self._codes[bucket.key, bucket.checksum] = bucket.code

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002
        return super().get_cache_key(name)


@cache
def _compiled(modules: str) -> CompiledTexts:  # noqa: ARG001
    """For each path to the modules its own: a call with a constant name is compiled with it."""
    return CompiledTexts()


def _environment(assets: Assets, modules: str) -> Environment:
    # Not HTML: its escaping would corrupt the texts, and `only_hcl` refuses what no filter wrote.
    environment = Environment(
        loader=ChoiceLoader(
            [
                PrefixLoader({OWN: FileSystemLoader(assets.root / OWN / "terraform")}),
                FileSystemLoader(assets.terraform),
            ]
        ),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        finalize=only_hcl,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_compiled(modules),
    )

    def module(name: str) -> Hcl:
        """The source of the module called `name`."""
        return Hcl(quote(f"{modules}/{name}"))

    environment.filters = {
        "hcl": hcl,
        "address": address,
        "identifier": identifier,
        "comment": comment,
        "module": module,
    }
    return environment

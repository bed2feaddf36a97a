"""The templates in terraform/, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from orchestrator.model.names import StackName
from orchestrator.render.hcl import Hcl, address, comment, hcl, identifier, only_hcl, quote

SUFFIX = ".j2"
LOCK_FILE = ".terraform.lock.hcl"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a root: a text as it stands, or a template."""

    name: str
    text: str | Template

    def render(self, context: Mapping[str, object]) -> str:
        return self.text if isinstance(self.text, str) else self.text.render(context)


def load(folder: Path, modules: str) -> Mapping[StackName, tuple[Source, ...]]:
    """The files of every stack, in name order.

    A stack has all files of `folder` and of its own folder in it; of two with the same name the
    stack's own. What begins with '_' is only included by others. `modules` is the path from a
    rendered root to the modules.
    """
    environment = _environment(folder, modules)
    return {stack: _sources(environment, folder, stack) for stack in StackName}


def _sources(environment: Environment, folder: Path, stack: StackName) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for path in (*_files(folder), *_files(folder / stack)):
        name = path.name.removesuffix(SUFFIX)
        found[name] = Source(name, _text(environment, folder, path))
    return tuple(found[name] for name in sorted(found))


def _files(folder: Path) -> list[Path]:
    named = sorted({*folder.glob("*.tf"), *folder.glob(f"*.tf{SUFFIX}"), *folder.glob(LOCK_FILE)})
    return [path for path in named if not path.name.startswith("_")]


def _text(environment: Environment, folder: Path, path: Path) -> str | Template:
    if path.suffix != SUFFIX:
        return path.read_text(encoding="utf-8")
    return environment.get_template(path.relative_to(folder).as_posix())


def _environment(folder: Path, modules: str) -> Environment:
    # Not HTML: its escaping would corrupt the texts, and `only_hcl` refuses what no filter wrote.
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        finalize=only_hcl,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
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

"""orchestrator.toml: the versions that a project is made with."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from orchestrator.errors import ConfigurationError, Problem, UsageError

NAME = "orchestrator.toml"
VERSIONS = ("orchestrator", "terraform", "provider")
HEAD = """\
# What this project is made with. Ranges are written as pip reads them; whatever does not fit is
# refused. `orchestrator upgrade` shows what another version of orchestrator would change.
"""
EXAMPLE = 'write a version as pip does, such as "==1.0.0" or "~=1.0"'


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """What the file says. `versions` holds a specifier for each thing that is pinned."""

    versions: Mapping[str, str] = field(default_factory=dict)
    checkout: bool = False
    """Whether the repository is a checkout of the product, and rendered from its own folders."""

    def allows(self, what: str, version: str) -> bool:
        """Whether `version` of `what` is one that the project is made with."""
        return SpecifierSet(self.versions.get(what, "")).contains(version, prereleases=True)


def project(root: Path) -> ProjectFile:
    """What the project at `root` says; nothing is pinned without a file."""
    return read(root) or ProjectFile()


def pins(versions: Mapping[str, str]) -> Mapping[str, str]:
    """A specifier for each: the very version, and of Terraform the series."""
    series = ".".join([*versions["terraform"].split(".")[:2], "*"])
    return {what: f"=={v}" for what, v in {**versions, "terraform": series}.items()}


def written(versions: Mapping[str, str]) -> str:
    """The file of a project that is made with `versions`, a specifier for each."""
    width = max(map(len, versions))
    lines = (f'{what:<{width}} = "{versions[what]}"' for what in VERSIONS if what in versions)
    return f"{HEAD}\n[versions]\n" + "".join(f"{line}\n" for line in lines)


def moved(text: str, versions: Mapping[str, str]) -> str:
    """The file's text with other versions in it; all else, comments included, stays.

    Raises UsageError if a version is written in a way that only a person can change.
    """
    for what, specifier in versions.items():
        line = re.compile(rf'(?m)^(\s*{what}\s*=\s*)"[^"\n]*"')
        text = line.sub(rf'\g<1>"{specifier}"', text, count=1)
        if tomllib.loads(text).get("versions", {}).get(what) != specifier:
            fix = f'write it yourself: {what} = "{specifier}"'
            raise UsageError(f"{NAME}: versions.{what} is not on a line of its own", fix)
    return text


def read(root: Path) -> ProjectFile | None:
    """The file of the project at `root`, None if it has none. Raises ConfigurationError."""
    file = root / NAME
    if not file.is_file():
        return None
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            [Problem(Path(NAME), 0, "", f"cannot be read: {error}", "write it as TOML")]
        ) from error
    if problems := tuple(_problems(said)):
        raise ConfigurationError(problems)
    return ProjectFile(said.get("versions", {}), said.get("checkout", False))


def _problems(said: Mapping[str, object]) -> Iterator[Problem]:
    for key in said.keys() - {"checkout", "versions"}:
        yield _problem(key, "is not a key", "use 'versions', and 'checkout' in a clone")
    if not isinstance(said.get("checkout", False), bool):
        yield _problem("checkout", "is neither true nor false", "write checkout = true")
    versions = said.get("versions", {})
    if not isinstance(versions, Mapping):
        yield _problem("versions", "is not a table", "write [versions], and a line for each")
        return
    for key, value in versions.items():
        if key not in VERSIONS:
            yield _problem(f"versions.{key}", "is not a key", f"use {', '.join(VERSIONS)}")
        elif not isinstance(value, str) or not _is_specifier(value):
            yield _problem(f"versions.{key}", f"'{value}' is not a range of versions", EXAMPLE)


def _is_specifier(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def _problem(key: str, what: str, fix: str) -> Problem:
    return Problem(Path(NAME), 0, key, what, fix)

"""Reading all files, and putting their layers in order."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from orchestrator.config import messages
from orchestrator.config.documents import Document
from orchestrator.config.layers import AccountSource, Layer, Sources, UnitSource
from orchestrator.config.messages import nearest
from orchestrator.config.shapes import Kind, shape
from orchestrator.config.yaml import read
from orchestrator.errors import Problem
from orchestrator.model.names import LONGEST, OuPath, inner_ou

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
MAX_DEPTH = 5
"""Source: AWS Organizations User Guide, "Quotas": OUs nest five levels deep below the root."""
IGNORED = frozenset({"README.md", ".gitkeep", ".DS_Store"})
TOP_FILES = (
    "organization.yaml",
    "teams.yaml",
    "waves.yaml",
    "exceptions.yaml",
    "hub_controls.yaml",
)
TOP_FOLDERS = ("adopted", "controls", "ous")
OPTIONAL = frozenset({"exceptions.yaml", "hub_controls.yaml"})
OU_FILE = "_ou.yaml"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder below ous/, which is an OU; ous/ itself is the root. Names relative to the tree."""

    path: Path
    parent: Path | None
    ou_file: Path | None
    accounts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """What there is to read. Paths are relative to account_configs/."""

    top: frozenset[str]
    controls: tuple[Path, ...]
    folders: tuple[Folder, ...]
    """ous/ first, every folder after its parent."""
    adopted: tuple[Path, ...] = ()


class _Walk:
    """Collects the problems on the way."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def refuse(self, path: Path, what: str, fix: str) -> None:
        self.problems.append(Problem(Path(self.root.name) / path, 0, "", what, fix))

    def entries(self, path: Path) -> Iterator[tuple[Path, bool]]:
        """The files and folders in `path` that may be there, in order, with "is it a folder"."""
        try:
            found = sorted(os.scandir(self.root / path), key=lambda entry: entry.name)
        except OSError as error:
            fix = "check the folder's permissions"
            self.refuse(path, f"cannot be listed: {error.strerror}", fix)
            return
        for entry in found:
            here = path / entry.name
            if entry.is_symlink():
                self.refuse(here, "is a symbolic link", "put the file itself here")
            elif not (entry.is_dir() or entry.is_file()):
                self.refuse(here, "is neither a file nor a folder", "remove it")
            elif entry.name not in IGNORED:
                yield here, entry.is_dir()

    def named_well(self, path: Path) -> bool:
        """Whether `path` is a YAML file, or a folder, whose name can be that of an account."""
        stem = path.name.removesuffix(".yaml")
        if not NAME.fullmatch(stem):
            fix = "use lower-case letters, digits and hyphens"
            self.refuse(path, f"'{stem}' is not a name", fix)
        elif len(stem) > LONGEST:
            self.refuse(path, f"the name is {len(stem)} characters long", f"use {LONGEST} at most")
        else:
            return True
        return False

    def yaml_files(self, path: Path) -> Iterator[Path]:
        """The YAML files of a folder that may hold nothing else."""
        for here, is_folder in self.entries(path):
            if is_folder or here.suffix != ".yaml":
                self.not_yaml(here)
            elif self.named_well(here):
                yield here

    def not_yaml(self, path: Path) -> None:
        fix = f"rename it to {path.stem}.yaml" if path.suffix == ".yml" else "move it elsewhere"
        self.refuse(path, "does not belong here", fix)

    def folder(self, path: Path, parent: Path | None) -> Iterator[Folder]:
        """The folder at `path` and all below it."""
        ou_file, accounts, below = None, [], []
        for here, is_folder in self.entries(path):
            if here.name == OU_FILE:
                ou_file = here
            elif is_folder and self.named_well(here):
                below.append(here)
            elif not is_folder and here.suffix != ".yaml":
                self.not_yaml(here)
            elif not is_folder and self.named_well(here):
                accounts.append(here)
        self._check_ou_file(path, parent, ou_file)
        yield Folder(path, parent, ou_file if parent else None, tuple(accounts))
        if below and len(path.parts) > MAX_DEPTH:
            self.refuse(below[0], f"lies {MAX_DEPTH + 1} OUs deep", f"nest at most {MAX_DEPTH}")
            return
        for inner in below:
            yield from self.folder(inner, path)

    def _check_ou_file(self, path: Path, parent: Path | None, ou_file: Path | None) -> None:
        if parent and not ou_file:
            fix = f"add {OU_FILE} with the OU's name and id, or move the accounts out"
            self.refuse(path, f"the folder has no {OU_FILE}", fix)
        if ou_file and not parent:
            fix = "move its keys to organization.yaml, which is the root's file"
            self.refuse(ou_file, "the root has no file of its own", fix)

    def top(self) -> Iterator[str]:
        """The files and folders at the top, noting those that are missing."""
        wanted = (*TOP_FILES, *TOP_FOLDERS)
        present = []
        for here, is_folder in self.entries(Path()):
            if here.name in (TOP_FOLDERS if is_folder else TOP_FILES):
                present.append(here.name)
            else:
                suggestions = nearest(here.name, wanted)
                fix = f"did you mean '{suggestions[0]}'?" if suggestions else "move it elsewhere"
                self.refuse(here, "does not belong here", fix)
        for name in TOP_FILES:
            if name not in present and name not in OPTIONAL:
                self.refuse(Path(name), "is missing", "add the file")
        yield from present


def scan(root: Path) -> tuple[Tree | None, list[Problem]]:
    """List the files of the tree at `root`; None if there is no such folder."""
    walk = _Walk(root)
    if not root.is_dir():
        fix = "run the command in the project's folder, or add account_configs/"
        return None, [Problem(Path(root.name), 0, "", "there is no such folder", fix)]
    top = frozenset(walk.top())
    controls = tuple(walk.yaml_files(Path("controls"))) if "controls" in top else ()
    folders = tuple(walk.folder(Path("ous"), None)) if "ous" in top else ()
    adopted = tuple(walk.yaml_files(Path("adopted"))) if "adopted" in top else ()
    return Tree(top, controls, folders, adopted), walk.problems


def check_shape(document: Document, kind: Kind) -> list[Problem]:
    """What `document` holds that a file of `kind` may not, or lacks.

    By way of JSON, because pydantic's strict mode for JSON is what YAML means: text may be a date
    or an enumeration's value, but never a number or a truth value.
    """
    try:
        shape(kind).model_validate_json(json.dumps(document.value), strict=True)
    except ValidationError as error:
        return messages.problems(document, shape(kind), error)
    return []


@dataclass(slots=True)
class _Reader:
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    unsound: set[Path] = field(default_factory=set)

    def read(self, path: Path, kind: Kind) -> Document | None:
        shown = Path(self.folder.name) / path
        document, problems = read(self.folder / path, shown)
        if document:
            problems += check_shape(document, kind)
        if problems:
            self.problems += problems
            self.unsound.add(shown)
        return document

    def is_sound(self, document: Document | None) -> bool:
        return document is not None and document.file not in self.unsound

    def units(self, root: UnitSource, folders: tuple[Folder, ...]) -> dict[Path, UnitSource]:
        units: dict[Path, UnitSource] = {}
        for folder in folders:
            if folder.parent is None:
                units[folder.path] = root
                continue
            parent = units[folder.parent]
            document = self.read(folder.ou_file, Kind.OU) if folder.ou_file else None
            name = (document.text("ou", "name") if document else None) or folder.path.name
            path = inner_ou(parent.path, name)
            layer = parent.layer.under(document, sound=self.is_sound(document))
            units[folder.path] = UnitSource(path, layer, document)
        return units

    def account(self, path: Path, unit: UnitSource) -> AccountSource:
        document = self.read(path, Kind.ACCOUNT)
        layer = unit.layer.under(document, sound=self.is_sound(document))
        return AccountSource(path.stem, unit, layer, document)


def gather(folder: Path) -> tuple[Sources | None, list[Problem]]:
    """Read every file below `folder`. None only if there is no such folder."""
    tree, problems = scan(folder)
    if tree is None:
        return None, problems
    reader = _Reader(folder, problems)
    top = {
        kind: reader.read(Path(f"{kind}.yaml"), kind) if f"{kind}.yaml" in tree.top else None
        for kind in (
            Kind.ORGANIZATION,
            Kind.TEAMS,
            Kind.WAVES,
            Kind.EXCEPTIONS,
            Kind.HUB_CONTROLS,
        )
    }
    organization = top[Kind.ORGANIZATION]
    outermost = Layer((), {}, complete=True)
    layer = outermost.under(organization, sound=reader.is_sound(organization))
    root = UnitSource(OuPath(""), layer, organization)
    controls = [reader.read(path, Kind.CONTROLS) for path in tree.controls]
    adopted = [reader.read(path, Kind.ADOPTED) for path in tree.adopted]
    units = reader.units(root, tree.folders)
    accounts = tuple(
        reader.account(path, units[inner.path]) for inner in tree.folders for path in inner.accounts
    )
    sources = Sources(
        folder=folder,
        organization=organization,
        teams=top[Kind.TEAMS],
        waves=top[Kind.WAVES],
        exceptions=top[Kind.EXCEPTIONS],
        hub_controls=top[Kind.HUB_CONTROLS],
        controls=tuple(document for document in controls if document),
        units=tuple(units.values()) or (root,),
        accounts=accounts,
        adopted=tuple(document for document in adopted if document),
        unsound=frozenset(reader.unsound),
    )
    return sources, reader.problems

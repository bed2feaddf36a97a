"""Reading all files, and putting their layers in order."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from orchestrator.config import wording
from orchestrator.config.documents import Document
from orchestrator.config.reading import read
from orchestrator.config.shapes import Kind, shape
from orchestrator.config.sources import AccountSource, Layer, Sources, UnitSource
from orchestrator.config.tree import Folder, scan
from orchestrator.errors import Problem
from orchestrator.model.names import OuPath, inner_ou


def check_shape(document: Document, kind: Kind) -> list[Problem]:
    """What `document` holds that a file of `kind` may not, or lacks.

    By way of JSON, because pydantic's strict mode for JSON is what YAML means: text may be a date
    or an enumeration's value, but never a number or a truth value.
    """
    try:
        shape(kind).model_validate_json(json.dumps(document.value), strict=True)
    except ValidationError as error:
        return wording.problems(document, shape(kind), error)
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
        for kind in (Kind.ORGANIZATION, Kind.TEAMS, Kind.WAVES, Kind.EXCEPTIONS)
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
        controls=tuple(document for document in controls if document),
        units=tuple(units.values()) or (root,),
        accounts=accounts,
        adopted=tuple(document for document in adopted if document),
        unsound=frozenset(reader.unsound),
    )
    return sources, reader.problems

"""Everything account_configs/ holds, read and checked for its shape, with the layers in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.config.documents import Document, Json
from orchestrator.config.layers import DEPTH, merged, settings_of
from orchestrator.model.names import OuPath


@dataclass(frozen=True, slots=True)
class Layer:
    """What the files from organization.yaml down to this one say together."""

    documents: tuple[Document, ...]
    """Outermost first."""
    settings: dict[str, Json]
    """Merged; built-in defaults not among them."""
    complete: bool
    """Whether each of the files could be read, and had the right shape."""

    def under(self, document: Document | None, *, sound: bool) -> Layer:
        """This layer with an inner one."""
        if document is None:
            return Layer(self.documents, self.settings, complete=False)
        own = settings_of(document)
        settings = merged(self.settings, own, DEPTH) if own else self.settings
        return Layer((*self.documents, document), settings, complete=self.complete and sound)


@dataclass(frozen=True, slots=True)
class UnitSource:
    """An OU's folder; the root is the one with path ''."""

    path: OuPath
    layer: Layer
    document: Document | None


@dataclass(frozen=True, slots=True)
class AccountSource:
    """An account's file."""

    name: str
    unit: UnitSource
    layer: Layer
    document: Document | None


@dataclass(frozen=True, slots=True)
class Sources:
    """All files. A Document that is None is missing, or its problem has been reported."""

    folder: Path
    organization: Document | None
    teams: Document | None
    waves: Document | None
    exceptions: Document | None
    controls: tuple[Document, ...]
    units: tuple[UnitSource, ...]
    """The root first, every unit after its parent."""
    accounts: tuple[AccountSource, ...]
    unsound: frozenset[Path]
    """Files with problems of their own; what they would settle is not judged further."""
    adopted: tuple[Document, ...] = ()
    """One for each account that has something to take over."""

    def layers(self) -> Iterator[Document]:
        """Every file that is a layer."""
        yield from (unit.document for unit in self.units if unit.document)
        yield from (account.document for account in self.accounts if account.document)

    def sound(self, *documents: Document | None) -> bool:
        """Whether all of these are there, without problems of their own."""
        return all(document and document.file not in self.unsound for document in documents)

    @property
    def team_names(self) -> frozenset[str] | None:
        """The names that may stand for a team; None if that cannot be said."""
        return frozenset(self.teams.mapping("teams")) if self.teams else None

    @property
    def control_names(self) -> frozenset[str] | None:
        """Every control that is decided; None if that cannot be said."""
        if any(file.parent.name == "controls" for file in self.unsound):
            return None
        names = (document.mapping("controls") for document in self.controls)
        return frozenset().union(*names)

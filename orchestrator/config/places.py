"""Where the file of an account lies, and where that of a new one belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.config.build import build
from orchestrator.config.loading import sound
from orchestrator.config.sources import Sources, UnitSource
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization


@dataclass(frozen=True, slots=True)
class Places:
    """Folders by the OU's id, the root's included, and files by the account's id.

    Relative to the project's root: 'account_configs/ous/workloads/prod'.
    """

    folders: Mapping[str, Path]
    files: Mapping[AccountId, Path]

    @property
    def names(self) -> frozenset[str]:
        """The names of all accounts."""
        return frozenset(file.stem for file in self.files.values())


def places(folder: Path) -> Places:
    """The files of account_configs/ at `folder`. Raises ConfigurationError if it has problems."""
    return _places(sound(folder))


def surveyed(folder: Path) -> tuple[Organization, Places]:
    """The organization and its places, read once. Raises ConfigurationError."""
    sources = sound(folder)
    return build(sources), _places(sources)


def _places(sources: Sources) -> Places:
    units = (_unit(unit, sources) for unit in sources.units)
    documents = [account.document for account in sources.accounts if account.document]
    files = {
        AccountId(str(document.text("account", "id"))): document.file for document in documents
    }
    return Places({id_: at for id_, at in units if id_}, files)


def _unit(unit: UnitSource, sources: Sources) -> tuple[str, Path]:
    assert unit.document is not None  # noqa: S101  the sources are sound
    if not unit.path:
        root = unit.document.text("organization", "root_id") or ""
        return root, Path(sources.folder.name) / "ous"
    return unit.document.text("ou", "id") or "", unit.document.file.parent

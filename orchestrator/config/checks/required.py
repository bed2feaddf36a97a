"""What must hold once all layers are on top of each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from orchestrator.config.documents import Document, Json, KeyPath
from orchestrator.config.regions import REGIONS
from orchestrator.config.sources import Layer, Sources
from orchestrator.errors import Problem
from orchestrator.model.settings import Settings

REQUIRED = tuple(name for name, field in Settings.model_fields.items() if field.is_required())


class Lack(NamedTuple):
    """Something missing, and the key whose absence or value is the cause."""

    path: KeyPath
    what: str
    fix: str


def check_required(sources: Sources) -> Iterator[Problem]:
    """Required settings that no layer sets, or an inner one takes back.

    Said of the layer where it goes wrong, not of all those further in.
    """
    facts = sources.organization
    home = facts.text("organization", "home_region") if facts else None
    layers = {str(unit.path): unit.layer for unit in sources.units}
    for unit in sources.units:
        outer = layers.get(unit.path.rpartition("/")[0]) if unit.path else None
        yield from _new_lacks(unit.document, unit.layer, outer, home)
    for account in sources.accounts:
        yield from _new_lacks(account.document, account.layer, account.unit.layer, home)


def _new_lacks(
    document: Document | None, layer: Layer, outer: Layer | None, home: str | None
) -> Iterator[Problem]:
    if document is None or not layer.complete:
        return
    known = set(_lacks(outer.settings, home)) if outer else set()
    for lack in _lacks(layer.settings, home):
        if lack not in known:
            line = document.line(lack.path)
            key = str(lack.path[0])
            yield Problem(document.file, line, key, lack.what, lack.fix)


def _lacks(settings: dict[str, Json], home: str | None) -> Iterator[Lack]:
    for name in REQUIRED:
        if name not in settings:
            what, fix = f"no layer sets '{name}'", f"set '{name}' here or in an outer layer"
            yield Lack((name,), what, fix)
    regions = settings.get("regions")
    if home in REGIONS and isinstance(regions, dict) and regions.get(home) is not True:
        what = f"the home region '{home}' is not governed"
        yield Lack(("regions", home), what, f"set regions.{home}: true")

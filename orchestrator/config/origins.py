"""Where values come from: which file sets each key, and which values it took the place of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.config.building import resolved
from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.config.layers import built_in, leaves, settings_of
from orchestrator.config.sources import Layer

BUILT_IN = Path("orchestrator/model/settings.py")
CONTROLS = ("security_hub", "controls")


@dataclass(frozen=True, slots=True)
class Source:
    """A value as one file states it. Line 0: it is a built-in default."""

    value: Json
    file: Path
    line: int

    @property
    def where(self) -> str:
        """File and line, as editors and terminals link them."""
        return f"{self.file}:{self.line}" if self.line else f"built-in default, {self.file}"


@dataclass(frozen=True, slots=True)
class Origin(Source):
    """A value that holds for an account, and what it took the place of, nearest first.

    An overridden value of None is a `null`: that layer took back what the outer ones had set.
    """

    key: str
    overrides: tuple[Source, ...] = ()


def origin(path: KeyPath, source: Source, overrides: tuple[Source, ...] = ()) -> Origin:
    return Origin(source.value, source.file, source.line, dotted(path), overrides)


def settings_origins(layer: Layer, controls: Sequence[Document]) -> Iterator[Origin]:
    """The origin of every setting, decisions from controls/ and what was taken back included."""
    outermost = _outermost(controls)
    histories = _histories(layer.documents)
    values = dict(leaves(_values(layer, controls)))
    for path, value in values.items():
        outer = outermost.get(path, Source(value, BUILT_IN, 0))
        history = histories.get(path, [])
        if history and history[-1].value is not None:
            below = [outer] if outer.line else []
            yield origin(path, history[-1], (*reversed(history[:-1]), *below))
        else:
            yield origin(path, outer, tuple(reversed(history)))
    for path, history in histories.items():
        if path not in values and history[-1].value is None:
            yield origin(path, history[-1], tuple(reversed(history[:-1])))


def _values(layer: Layer, controls: Sequence[Document]) -> dict[str, Json]:
    values = resolved(layer)
    hub = values["security_hub"]
    assert isinstance(hub, dict) and isinstance(hub["controls"], dict)  # noqa: S101
    decided = {
        name: entry for document in controls for name, entry in document.mapping("controls").items()
    }
    return {**values, "security_hub": {**hub, "controls": decided | hub["controls"]}}


def _outermost(controls: Sequence[Document]) -> dict[KeyPath, Source]:
    """What holds where no layer says anything: built-in defaults, and decisions."""
    sources = {path: Source(value, BUILT_IN, 0) for path, value in leaves(built_in())}
    for document in controls:
        for path, value in leaves(document.mapping("controls"), ("controls",)):
            source = Source(value, document.file, document.line(path))
            sources[*CONTROLS, *path[1:]] = source
    return sources


def _histories(documents: Sequence[Document]) -> Mapping[KeyPath, list[Source]]:
    """For each key, what the layers say, outermost first."""
    histories: dict[KeyPath, list[Source]] = {}
    for document in documents:
        for path, value in leaves(settings_of(document)):
            source = Source(value, document.file, document.line(path))
            if value is None:
                _take_back(histories, path, source)
            else:
                histories.setdefault(path, []).append(source)
    return histories


def _take_back(histories: Mapping[KeyPath, list[Source]], path: KeyPath, source: Source) -> None:
    for other, history in histories.items():
        if other[: len(path)] == path:
            history.append(source)

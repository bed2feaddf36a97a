"""Everything account_configs/ holds, with the layers in order, and how layers make one.

Mappings merge key by key, anything else replaces, `null` takes back. An entry of a collection (a
decision, a skip) is one value: it replaces as a whole. Below the outermost layer lie the built-in
defaults, so `null` brings those back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from orchestrator.config import messages
from orchestrator.config.documents import Document, Json, KeyPath
from orchestrator.config.shapes import Kind
from orchestrator.model.names import OuPath
from orchestrator.model.settings import Settings

NOT_SETTINGS = frozenset({Kind.ORGANIZATION, Kind.OU, Kind.ACCOUNT, "locked", "quarantine"})

Depth = Mapping[str, "Depth"]
"""The mappings that merge: by key, or '*' for any key. What is not in it replaces."""


def settings_of(document: Document) -> dict[str, Json]:
    """The part of a layer's file that is a layer."""
    return {key: value for key, value in document.value.items() if key not in NOT_SETTINGS}


def merged(outer: Mapping[str, Json], inner: Mapping[str, Json], depth: Depth) -> dict[str, Json]:
    """`outer` with everything that `inner` says instead; neither is changed."""
    result = dict(outer)
    for key, value in inner.items():
        below = depth.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and below is not None:
            before = result.get(key)
            result[key] = merged(before if isinstance(before, dict) else {}, value, below)
        else:
            result[key] = value
    return result


@cache
def depth_of(annotation: Any) -> Depth:
    """The depth to which values of this type merge."""
    return {
        name: depth_of(inner)
        for name, field in annotation.model_fields.items()
        if messages.is_model(inner := messages.bare(field.annotation))
    } | {
        name: {}
        for name, field in annotation.model_fields.items()
        if get_origin(messages.bare(field.annotation)) is dict
    }


DEPTH = depth_of(Settings)


@cache
def built_in() -> dict[str, Json]:
    """What holds where no layer says anything."""
    required = {name for name, field in Settings.model_fields.items() if field.is_required()}
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in Settings.model_fields.items()
        if name not in required
    }
    plain: dict[str, Json] = to_jsonable_python(defaults)
    return plain


def leaves(value: Json, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Json]]:
    """Every value that is not a mapping, and every empty mapping, with its path."""
    if isinstance(value, dict) and (value or path):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
        if not value:
            yield path, value
    else:
        yield path, value


@cache
def split(text: str, annotation: Any = Settings) -> KeyPath | None:
    """The path that a dotted key names: 'security_hub.controls.S3.8' has three parts.

    None if no key of that name can be.
    """
    annotation = messages.bare(annotation)
    if not text:
        return ()
    if messages.is_model(annotation):
        head, _, rest = text.partition(".")
        inner = messages.at(annotation, (head,))
        below = split(rest, inner) if inner is not None else None
        return None if below is None else (head, *below)
    if get_origin(annotation) is dict:
        return _split_entry(text, *get_args(annotation))
    return None


def _split_entry(text: str, key: Any, value: Any) -> KeyPath | None:
    """Keys may hold dots themselves: the longest beginning that is a key wins."""
    parts = text.split(".")
    for count in range(len(parts), 0, -1):
        name, rest = ".".join(parts[:count]), ".".join(parts[count:])
        below = split(rest, value)
        if below is not None and _is_key(name, key):
            return (name, *below)
    return None


def _is_key(name: str, key: Any) -> bool:
    try:
        _adapter(key).validate_python(name)
    except ValueError:
        return False
    return True


@cache
def _adapter(key: Any) -> TypeAdapter[Any]:
    return TypeAdapter(key)


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
    hub_controls: Document | None = None
    """Not there as long as Security Hub has not been asked."""

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

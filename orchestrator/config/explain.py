"""`orchestrator explain`: every value of an account, with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import to_jsonable_python

from orchestrator.config import waves as coverage
from orchestrator.config.build import resolved
from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.config.layers import AccountSource, Layer, Sources, built_in, leaves, settings_of
from orchestrator.config.loading import sound
from orchestrator.config.messages import choose
from orchestrator.errors import UsageError
from orchestrator.model.facts import Facts

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


BUILT_IN_FACTS = Path("orchestrator/model/facts/facts.py")


def explain(folder: Path, account: str, key: str | None = None) -> tuple[Origin, ...]:
    """Every value that holds for `account` (a name or an id), or those at and below `key`.

    Raises ConfigurationError if account_configs/ has problems, and UsageError if there is no
    such account or key.
    """
    origins = provenance(folder)(account)
    if key is None:
        return origins
    chosen = tuple(o for o in origins if o.key == key or o.key.startswith(f"{key}."))
    if not chosen:
        fix = choose(key, _all_keys(origins))
        raise UsageError(f"the account '{account}' has no key '{key}'", fix)
    return chosen


def provenance(folder: Path) -> Callable[[str], tuple[Origin, ...]]:
    """`explain` for many accounts: files are read and waves made up once."""
    sources = sound(folder)
    named = {name: each for each in reversed(sources.accounts) for name in _names(each)}
    waves = tuple(_waves(sources))
    facts = tuple(_facts(sources.organization)) if sources.organization else ()

    def origins(name: str) -> tuple[Origin, ...]:
        if name not in named:
            known = sorted(account.name for account in sources.accounts)
            raise UsageError(f"there is no account '{name}'", choose(name, known))
        account = named[name]
        return (
            *_stated(account),
            *(wave for wave, covered in waves if account.name in covered),
            *settings_origins(account.layer, sources.controls),
            *facts,
        )

    return origins


def _names(account: AccountSource) -> Iterator[str]:
    yield account.name
    if account.document and (id_ := account.document.text("account", "id")):
        yield id_


def _all_keys(origins: tuple[Origin, ...]) -> list[str]:
    """Every key, and every mapping around one."""
    keys: dict[str, None] = {}
    for found in origins:
        parts = found.key.split(".")
        keys |= dict.fromkeys(".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return list(keys)


def _stated(account: AccountSource) -> Iterator[Origin]:
    if account.document:
        for path, value in leaves(account.document.mapping("account"), ("account",)):
            line = account.document.line(path)
            yield origin(path, Source(value, account.document.file, line))


def _waves(sources: Sources) -> Iterator[tuple[Origin, frozenset[str]]]:
    """Every wave with the names of its accounts."""
    if document := sources.waves:
        members = [coverage.member(each) for each in sources.accounts]
        for name, covered in coverage.assigned(coverage.waves(document), members).items():
            line = document.line(("waves", name))
            yield origin(("wave",), Source(name, document.file, line)), frozenset(covered)


def _facts(document: Document) -> Iterator[Origin]:
    facts = to_jsonable_python(Facts.model_validate(document.mapping("organization")))
    for path, value in leaves(facts, ("organization",)):
        stated = path in document.lines
        file, line = (document.file, document.line(path)) if stated else (BUILT_IN_FACTS, 0)
        yield origin(path, Source(value, file, line))

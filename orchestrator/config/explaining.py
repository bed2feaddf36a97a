"""`orchestrator explain`: every value of an account, with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic_core import to_jsonable_python

from orchestrator.config import coverage
from orchestrator.config.documents import Document
from orchestrator.config.layers import leaves
from orchestrator.config.loading import sound
from orchestrator.config.near import choose
from orchestrator.config.origins import Origin, Source, origin, settings_origins
from orchestrator.config.sources import AccountSource, Sources
from orchestrator.errors import UsageError
from orchestrator.model.facts import Facts

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
    """`explain` for many accounts: the files are read once."""
    sources = sound(folder)
    return lambda account: tuple(_origins(sources, _account(sources, account)))


def _account(sources: Sources, name: str) -> AccountSource:
    for account in sources.accounts:
        id_ = account.document.text("account", "id") if account.document else None
        if name in {account.name, id_}:
            return account
    names = sorted(account.name for account in sources.accounts)
    raise UsageError(f"there is no account '{name}'", choose(name, names))


def _all_keys(origins: tuple[Origin, ...]) -> list[str]:
    """Every key, and every mapping around one."""
    keys: dict[str, None] = {}
    for found in origins:
        parts = found.key.split(".")
        keys |= dict.fromkeys(".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return list(keys)


def _origins(sources: Sources, account: AccountSource) -> Iterator[Origin]:
    if account.document:
        for path, value in leaves(account.document.mapping("account"), ("account",)):
            line = account.document.line(path)
            yield origin(path, Source(value, account.document.file, line))
    if sources.waves:
        yield from _wave(sources.waves, account, sources)
    yield from settings_origins(account.layer, sources.controls)
    if sources.organization:
        yield from _facts(sources.organization)


def _wave(waves: Document, account: AccountSource, sources: Sources) -> Iterator[Origin]:
    members = [coverage.member(each) for each in sources.accounts]
    for name, covered in coverage.assigned(coverage.waves(waves), members).items():
        if account.name in covered:
            yield origin(("wave",), Source(name, waves.file, waves.line(("waves", name))))


def _facts(document: Document) -> Iterator[Origin]:
    facts = to_jsonable_python(Facts.model_validate(document.mapping("organization")))
    for path, value in leaves(facts, ("organization",)):
        stated = path in document.lines
        file, line = (document.file, document.line(path)) if stated else (BUILT_IN_FACTS, 0)
        yield origin(path, Source(value, file, line))

"""Waves cover every account, and none twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.config import coverage
from orchestrator.config.checks.references import names_nothing
from orchestrator.config.documents import Document, dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem

SHOWN = 5


def check_waves(sources: Sources) -> Iterator[Problem]:
    """Entries that name nothing, waves without accounts, accounts in two waves or none."""
    document = sources.waves
    ous = [unit.document for unit in sources.units]
    if document is None or not sources.sound(document, *ous):
        return
    places: dict[str, str] = {}
    for account in sources.accounts:
        places.setdefault(account.name, account.unit.path)
    covered = {
        name: coverage.covers(coverage.rule(document.mapping("waves", name)), places)
        for name in document.mapping("waves")
    }
    for name, accounts in covered.items():
        strange = list(_strange_entries(document, name, places, sources))
        yield from strange
        if not accounts and not strange:
            line = document.line(("waves", name))
            fix = "name accounts or OUs, or remove the wave"
            yield Problem(document.file, line, f"waves.{name}", "covers no account", fix)
    yield from _covered_twice(document, covered)
    yield from _never_covered(document, covered, places)


def _strange_entries(
    document: Document, name: str, places: Mapping[str, str], sources: Sources
) -> Iterator[Problem]:
    ous = [unit.path for unit in sources.units if unit.path]
    path = ("waves", name)
    for index, entry in document.texts(*path, "accounts"):
        yield from names_nothing(document, (*path, "accounts", index), entry, list(places))
    for index, entry in document.texts(*path, "ous"):
        yield from names_nothing(document, (*path, "ous", index), entry, ous, "OU")
    for index, entry in document.texts(*path, "except"):
        yield from names_nothing(document, (*path, "except", index), entry, list(places))


def _covered_twice(document: Document, covered: Mapping[str, list[str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for wave, accounts in covered.items():
        again: dict[str, list[str]] = {}
        for account in accounts:
            if (other := first.setdefault(account, wave)) != wave:
                again.setdefault(other, []).append(account)
        for other, names in again.items():
            line = document.line(("waves", other))
            what = f"covers {_listed(names)}, which wave '{other}' in line {line} covers already"
            here, key = document.line(("waves", wave)), dotted(("waves", wave))
            fix = f"take it out of one of the two, or add it to waves.{wave}.except"
            yield Problem(document.file, here, key, what, fix)


def _never_covered(
    document: Document, covered: Mapping[str, list[str]], places: Mapping[str, str]
) -> Iterator[Problem]:
    everywhere = {account for accounts in covered.values() for account in accounts}
    missed = [account for account in places if account not in everywhere]
    if missed:
        line = document.line(("waves",))
        fix = "add it to a wave by its name or by its OU"
        yield Problem(document.file, line, "waves", f"no wave covers {_listed(missed)}", fix)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(f"'{name}'" for name in names[:SHOWN]) + more

"""Waves cover every account, and none twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.config import waves as coverage
from orchestrator.config.checks.references import names_nothing
from orchestrator.config.documents import Document, dotted
from orchestrator.config.sources import Sources
from orchestrator.config.suggestions import choose
from orchestrator.config.waves import Member
from orchestrator.errors import Problem

SHOWN = 5


def check_waves(sources: Sources) -> Iterator[Problem]:
    """Entries that name nothing, waves without accounts, accounts in two waves or none."""
    document = sources.waves
    ous = [unit.document for unit in sources.units]
    if document is None or not sources.sound(document, *ous):
        return
    waves = coverage.waves(document)
    if any(wave.tags for wave in waves.values()) and not _tags_known(sources):
        return
    members = _members(sources)
    covered = coverage.assigned(waves, members)
    for name, accounts in covered.items():
        strange = list(_strange_entries(document, name, members, sources))
        yield from strange
        if not accounts and not strange:
            yield _without_accounts(document, name)
    yield from _covered_twice(document, covered)
    yield from _never_covered(document, covered, [member.name for member in members])


def _members(sources: Sources) -> tuple[Member, ...]:
    """Every account once: of two with the same name, which is a problem of its own, the first."""
    found: dict[str, Member] = {}
    for account in sources.accounts:
        found.setdefault(account.name, coverage.member(account))
    return tuple(found.values())


def _tags_known(sources: Sources) -> bool:
    return all(account.layer.complete for account in sources.accounts)


def _without_accounts(document: Document, name: str) -> Problem:
    line = document.line(("waves", name))
    fix = "name accounts, OUs or tags, or remove the wave"
    return Problem(document.file, line, f"waves.{name}", "covers no account", fix)


def _strange_entries(
    document: Document, name: str, members: Sequence[Member], sources: Sources
) -> Iterator[Problem]:
    known: Mapping[str, Sequence[str]] = {
        "accounts": [member.name for member in members],
        "except": [member.name for member in members],
        "ous": [unit.path for unit in sources.units if unit.path],
    }
    for key, names in known.items():
        noun = "OU" if key == "ous" else "account"
        for index, entry in document.texts("waves", name, key):
            yield from names_nothing(document, ("waves", name, key, index), entry, names, noun)
    for tag in document.mapping("waves", name, "tags"):
        yield from _tag_of_nobody(document, name, tag, members)


def _tag_of_nobody(
    document: Document, wave: str, tag: str, members: Sequence[Member]
) -> Iterator[Problem]:
    path = ("waves", wave, "tags", tag)
    value = document.text(*path) or ""
    if any(coverage.carries(member, tag, value) for member in members):
        return
    there = sorted({member.tags[tag] for member in members if tag in member.tags})
    if there:
        what, fix = f"no account has the tag '{tag}' with '{value}'", choose(value, there)
    else:
        names = sorted({name for member in members for name in member.tags})
        what, fix = f"no account has a tag '{tag}'", choose(tag, names)
    yield Problem(document.file, document.line(path), dotted(path), what, fix)


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
    document: Document, covered: Mapping[str, list[str]], accounts: Sequence[str]
) -> Iterator[Problem]:
    everywhere = {name for names in covered.values() for name in names}
    missed = [account for account in accounts if account not in everywhere]
    if missed:
        line = document.line(("waves",))
        fix = "add it to a wave by its name or by its OU"
        yield Problem(document.file, line, "waves", f"no wave covers {_listed(missed)}", fix)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(f"'{name}'" for name in names[:SHOWN]) + more

"""Every account is in one wave, and every team has a channel, as far as the files can show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from orchestrator.config import waves as coverage
from orchestrator.config.checks.references import names_nothing
from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.layers import Sources
from orchestrator.config.messages import SERVICES, choose
from orchestrator.config.waves import Member
from orchestrator.errors import Problem

PRODUCTS = ("GuardDuty", "Inspector", "Macie", "Access Analyzer", "Health")
"""Findings that come without a control, by the names of their products."""

NEEDED: Mapping[str, tuple[str, ...]] = {"slack": ("workspace",), "teams": ("tenant", "team")}
"""What names a channel, by platform. Source: AWS Chatbot API Reference, SlackChannelConfiguration
and TeamsChannelConfiguration."""


def check_teams(sources: Sources) -> Iterator[Problem]:
    """Webhooks that are not encrypted, channels without an address, unknown services."""
    document = sources.teams
    for name in document.mapping("teams") if document else ():
        assert document  # noqa: S101  or there were no names
        path = ("teams", name, "notify")
        yield from _webhook(document, (*path, "webhook", "url"))
        yield from _chat(document, (*path, "chat"))
        yield from _tickets(document, (*path, "tickets"))
        yield from _services(document, (*path, "services"))


def _webhook(document: Document, path: KeyPath) -> Iterator[Problem]:
    url = document.text(*path)
    if url is None:
        return
    if fault := _fault(url):
        fix = "use the form https://host/path, without user, password or fragment"
        yield Problem(document.file, document.line(path), dotted(path), fault, fix)


def _fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme != "https":
        return f"'{parts.scheme}://' is not encrypted"
    if not parts.hostname or port == 0:
        return "names no host"
    return "holds more than a host and a path" if "@" in parts.netloc or parts.fragment else ""


def _chat(document: Document, path: KeyPath) -> Iterator[Problem]:
    platform = document.text(*path, "platform") or ""
    for key in NEEDED.get(platform, ()):
        if not document.text(*path, key):
            what, fix = f"a channel of {platform} needs '{key}'", f"add '{key}', an id"
            yield Problem(document.file, document.line(path), dotted(path), what, fix)


PROJECTS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "backlog": (re.compile(r"[A-Z][A-Z0-9_]*"), "a project's key, such as SEC"),
    "github": (re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9_.-]+"), "OWNER/NAME of a repository"),
    "gitlab": (re.compile(r"[^/]+(/[^/]+)+"), "the path of a project with its groups"),
    "jira": (re.compile(r"[A-Z][A-Z0-9_]+"), "a project's key, such as SEC"),
    "servicenow": (re.compile(r"[0-9a-f]{32}"), "the sys_id of an assignment group, 32 digits"),
}
"""What a tracker calls a project. Sources: their API documents, as the trackers name them."""
TYPED = ("backlog", "jira")


def _tickets(document: Document, path: KeyPath) -> Iterator[Problem]:
    kind, url = document.text(*path, "kind") or "", document.text(*path, "url") or ""
    yield from _webhook(document, (*path, "url"))
    if "?" in url:
        what, fix = "holds a query", "name the API's host and path alone: the secret has the rest"
        yield _at(document, (*path, "url"), what, fix)
    project = document.text(*path, "project")
    if project and kind in PROJECTS and not PROJECTS[kind][0].fullmatch(project):
        what, fix = f"'{project}' is not a project of {kind}", f"write {PROJECTS[kind][1]}"
        yield _at(document, (*path, "project"), what, fix)
    if document.text(*path, "issue_type") and kind not in TYPED:
        what, fix = f"{kind} has no issue types", "remove the key"
        yield _at(document, (*path, "issue_type"), what, fix)


def _at(document: Document, path: KeyPath, what: str, fix: str) -> Problem:
    return Problem(document.file, document.line(path), dotted(path), what, fix)


def _services(document: Document, path: KeyPath) -> Iterator[Problem]:
    known = sorted({*SERVICES, *PRODUCTS})
    for index, service in document.texts(*path):
        if service not in known:
            line = document.line((*path, index))
            what = f"unknown service '{service}'"
            yield Problem(document.file, line, dotted(path), what, choose(service, known))


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

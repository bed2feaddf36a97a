"""No two accounts or OUs may be taken for one another."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.documents import Document, dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem
from orchestrator.model.names import OuPath


def check_identities(sources: Sources) -> Iterator[Problem]:
    """Ids, addresses and names that stand for two things."""
    accounts = [account.document for account in sources.accounts if account.document]
    ous = [unit.document for unit in sources.units[1:] if unit.document]
    yield from _twice(accounts, ("account", "id"), "account id")
    yield from _twice(accounts, ("account", "email"), "e-mail address")
    yield from _twice(ous, ("ou", "id"), "OU id")
    yield from _account_names(sources)
    yield from _ou_paths(sources)
    yield from _strange_ous(sources, ous)


def _twice(documents: list[Document], path: tuple[str, str], noun: str) -> Iterator[Problem]:
    """AWS tells addresses apart by more than capital letters."""
    first: dict[str, Document] = {}
    for document in documents:
        value = document.text(*path)
        if value is None:
            continue
        other = first.setdefault(value.lower(), document)
        if other is not document:
            where = f"{other.file}:{other.line(path)}"
            what = f"the {noun} '{value}' is in {where} already"
            fix = "correct one of the two"
            yield Problem(document.file, document.line(path), dotted(path), what, fix)


def _account_names(sources: Sources) -> Iterator[Problem]:
    first: dict[str, Document] = {}
    for account in sources.accounts:
        if account.document is None:
            continue
        other = first.setdefault(account.name, account.document)
        if other is not account.document:
            what = f"the account '{account.name}' is in {other.file} already"
            yield Problem(account.document.file, 0, "", what, "rename one of the two files")


def _ou_paths(sources: Sources) -> Iterator[Problem]:
    first: dict[OuPath, Document] = {}
    for unit in sources.units[1:]:
        if unit.document is None:
            continue
        other = first.setdefault(unit.path, unit.document)
        if other is not unit.document:
            line = unit.document.line(("ou", "name"))
            what = f"the OU '{unit.path}' is in {other.file} already"
            yield Problem(unit.document.file, line, "ou.name", what, "rename one of the two")


def _strange_ous(sources: Sources, ous: list[Document]) -> Iterator[Problem]:
    """The id of an OU carries the id of its root.

    Source: AWS Organizations API Reference, OrganizationalUnit, Id.
    """
    root = sources.organization.text("organization", "root_id") if sources.organization else None
    if not root or not sources.sound(sources.organization):
        return
    for document in ous:
        ou = document.text("ou", "id") or ""
        beginning = f"ou-{root.removeprefix('r-')}-"
        if sources.sound(document) and not ou.startswith(beginning):
            what = f"the OU '{ou}' is not one of the root '{root}'"
            fix = f"copy the id from AWS Organizations: it begins with '{beginning}'"
            yield Problem(document.file, document.line(("ou", "id")), "ou.id", what, fix)

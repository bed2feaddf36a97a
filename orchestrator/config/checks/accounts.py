"""What must hold once all layers are on top of each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from orchestrator.config.checks.facts import ROOT, SPECIAL
from orchestrator.config.checks.references import REGIONS
from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.config.layers import Layer, Sources
from orchestrator.config.messages import choose
from orchestrator.errors import Problem
from orchestrator.model.names import OuPath, StackName
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


OWNER: Mapping[str, str] = {
    StackName.BOOTSTRAP: "management",
    StackName.ORGANIZATION: "management",
    StackName.SECURITY: "security",
    StackName.LOG_ARCHIVE: "log_archive",
}
"""Stacks that only one account has, by its key in organization.accounts."""


def check_adopted(sources: Sources) -> Iterator[Problem]:
    """A file in adopted/ is named after an account, and names stacks of it."""
    names = [account.name for account in sources.accounts]
    for document in sources.adopted:
        name = document.file.stem
        if name not in names:
            fix = f"remove the file, or rename it: {choose(name, names)}"
            yield Problem(document.file, 1, "", f"there is no account '{name}'", fix)
            continue
        for stack in document.mapping("adopted"):
            if (owner := _owner(sources, stack)) not in {None, name}:
                line = document.line(("adopted", stack))
                what, fix = f"'{name}' has no stack '{stack}'", f"it is a stack of '{owner}'"
                yield Problem(document.file, line, f"adopted.{stack}", what, fix)


def _owner(sources: Sources, stack: str) -> str | None:
    """The only account that has the stack; None where every account has it, or nobody knows."""
    if stack not in OWNER or not sources.organization:
        return None
    return sources.organization.text("organization", "accounts", OWNER[stack])


KEY = "quarantine"


def check_quarantine(sources: Sources) -> Iterator[Problem]:
    """An account on which all others stand cannot be left alone."""
    facts = sources.organization
    special = {facts.text(ROOT, "accounts", part) for part in SPECIAL} if facts else set()
    for account in sources.accounts:
        document = account.document
        if document and account.name in special and document.mapping(KEY):
            what = "all other accounts stand on this one: it cannot be set aside"
            yield Problem(document.file, document.line((KEY,)), KEY, what, "remove it")


ALLOWED = re.compile(r"[\w.:/=+@-]*")
r"""And whatever Unicode calls a separator: \p{L}\p{Z}\p{N}_.:/=+-@ is how AWS writes it."""
MAX_KEY, MAX_VALUE = 128, 256
OURS = "managed-by"


def check_tags(sources: Sources) -> Iterator[Problem]:
    """Tags' keys and values."""
    for document in sources.layers():
        for key, value in document.mapping("tags").items():
            for what, fix in _faults(key, value):
                line = document.line(("tags", key))
                yield Problem(document.file, line, "tags", what, fix)


def _faults(key: str, value: Json) -> Iterator[tuple[str, str]]:
    if key.lower().startswith("aws:"):
        yield f"AWS keeps tags like '{key}' to itself", "use a key that does not begin with 'aws:'"
    if key == OURS:
        yield f"'{key}' is set on every resource already", "remove it"
    if len(key) > MAX_KEY:
        yield f"a key is {len(key)} characters long", f"use {MAX_KEY} at most"
    if isinstance(value, str) and len(value) > MAX_VALUE:
        yield f"the value of '{key}' is {len(value)} characters long", f"use {MAX_VALUE} at most"
    if not all(map(_allowed, (key, value if isinstance(value, str) else ""))):
        fix = "use letters, digits, spaces and the characters _.:/=+-@"
        yield f"the tag '{key}' holds a character that AWS refuses", fix


def _allowed(text: str) -> bool:
    return all(ALLOWED.fullmatch(c) or unicodedata.category(c).startswith("Z") for c in text)

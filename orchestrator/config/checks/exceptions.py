"""An exception is for something in particular, and for something that is there."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.checks.references import control_fix, names_nothing
from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem

SCOPES = ("accounts", "resources", "tags")


def check_exceptions(sources: Sources) -> Iterator[Problem]:
    """Exceptions from unknown controls, for unknown accounts, or for everything there is."""
    document = sources.exceptions
    if document is None:
        return
    accounts = [account.name for account in sources.accounts]
    for name in document.mapping("exceptions"):
        path = ("exceptions", name)
        yield from _control(document, path, sources)
        for index, pattern in document.texts(*path, "accounts"):
            yield from names_nothing(document, (*path, "accounts", index), pattern, accounts)
        if not any(document.at(*path, scope) for scope in SCOPES):
            what = "would leave every resource of every account alone"
            fix = "name accounts, resources or tags; or decide to disable the control"
            yield Problem(document.file, document.line(path), dotted(path), what, fix)


def _control(document: Document, path: KeyPath, sources: Sources) -> Iterator[Problem]:
    here = (*path, "control")
    control, known = document.text(*here), sources.control_names
    if control is not None and known is not None and control not in known:
        fix = control_fix(control, known, sources)
        what = f"unknown control '{control}'"
        yield Problem(document.file, document.line(here), dotted(here), what, fix)

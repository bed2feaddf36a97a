"""Which accounts may be set aside."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.checks.facts import ROOT, SPECIAL
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem

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

"""How long what makes an exception may be agreed on at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from orchestrator.config.checks.dates import as_date
from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.expiry import UNTIL, with_an_end
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem

LONGEST: Final = timedelta(days=366)
"""A year, and the day that a leap year has more: then somebody must look at it again."""


def too_long(sources: Sources, today: date) -> Iterator[Problem]:
    """Exceptions, skips, rules for drift and quarantines that nobody would come back to."""
    ends = [(document, (*path, "expires")) for document, path in with_an_end(sources)]
    ends += [(account.document, UNTIL) for account in sources.accounts if account.document]
    for document, path in ends:
        end = as_date(document.text(*path))
        if end and end - today > LONGEST:
            yield _too_long(document, path, end, today + LONGEST)


def _too_long(document: Document, path: KeyPath, end: date, last: date) -> Problem:
    what = f"{end} is more than a year away"
    fix = f"name a day until {last}, and agree on it again then"
    return Problem(document.file, document.line(path), dotted(path), what, fix)

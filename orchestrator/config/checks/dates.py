"""Dates in the order in which they can happen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem


def check_dates(sources: Sources) -> Iterator[Problem]:
    """A decision is reviewed after it was taken."""
    for document, path in decisions(sources):
        decided = as_date(document.text(*path, "decided_on"))
        review = as_date(document.text(*path, "review_by"))
        if decided and review and review <= decided:
            here = (*path, "review_by")
            what = f"the review on {review} would not come after the decision on {decided}"
            fix = "correct one of the two dates"
            yield Problem(document.file, document.line(here), dotted(here), what, fix)


def decisions(sources: Sources) -> Iterator[tuple[Document, KeyPath]]:
    """Every decision that is written down, in controls/ or in a layer, those by tag included."""
    for document, path in control_decisions(sources):
        yield document, path
        for name in document.mapping(*path, "by_tag"):
            yield document, (*path, "by_tag", name)


def control_decisions(sources: Sources) -> Iterator[tuple[Document, KeyPath]]:
    """Every decision on a control, in controls/ or in a layer."""
    for document in sources.controls:
        for name in document.mapping("controls"):
            yield document, ("controls", name)
    for document in sources.layers():
        for name in document.mapping("security_hub", "controls"):
            yield document, ("security_hub", "controls", name)


def as_date(text: str | None) -> date | None:
    """The date that `text` is; None if it is none, which the file's shape has reported."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None

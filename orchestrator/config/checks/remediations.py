"""What a decision says about fixing, against what it decides."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.checks.dates import control_decisions
from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem


def check_remediations(sources: Sources) -> Iterator[Problem]:
    """`force` and `runbook` where nothing is fixed, and decisions by tag that nothing can keep."""
    for document, path in control_decisions(sources):
        yield from _without_effect(document, path)
        yield from _by_tag(document, path)


def _without_effect(document: Document, path: KeyPath) -> Iterator[Problem]:
    rules = document.mapping(*path, "by_tag")
    kinds = {document.text(*path, "by_tag", name, "decision") for name in rules}
    if "remediate" in kinds | {document.text(*path, "decision")}:
        return
    for key in ("force", "runbook"):
        if document.at(*path, key):
            what = "has no effect: nothing here is decided 'remediate'"
            yield _problem(document, (*path, key), what, f"remove '{key}', or decide to remediate")


def _by_tag(document: Document, path: KeyPath) -> Iterator[Problem]:
    for name in document.mapping(*path, "by_tag"):
        here = (*path, "by_tag", name)
        if document.text(*path, "decision") == "disable":
            what = "has no effect: a control that is off finds nothing"
            yield _problem(document, here, what, "remove it, or decide to detect")
        elif document.text(*here, "decision") == "disable":
            what = "Security Hub cannot turn a control off for resources with certain tags"
            fix = "use 'detect', or an exception in exceptions.yaml"
            yield _problem(document, (*here, "decision"), what, fix)


def _problem(document: Document, path: KeyPath, what: str, fix: str) -> Problem:
    return Problem(document.file, document.line(path), dotted(path), what, fix)

"""A control is decided once, in the file of its service, under the name Security Hub gives it.

And not at all once Security Hub has given it up: no finding of it comes any more, and AWS refuses
a configuration policy that names it.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.documents import Document
from orchestrator.config.near import choose_or
from orchestrator.config.services import SERVICES
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem
from orchestrator.model.retired import retired

SPELLING = {service.lower(): service for service in SERVICES}


def check_controls(sources: Sources) -> Iterator[Problem]:
    """Controls decided twice, in the wrong file, misspelled, or given up by AWS."""
    first: dict[str, Document] = {}
    for document in sources.controls:
        for name in document.mapping("controls"):
            yield from _spelling(document, name)
            yield from _retired(document, name)
            other = first.setdefault(name.lower(), document)
            if other is not document:
                what = f"the control '{name}' is decided in {other.file} already"
                yield _problem(document, name, what, "remove one of the two")


def _spelling(document: Document, name: str) -> Iterator[Problem]:
    service, dot, number = name.partition(".")
    right = SPELLING.get(service.lower())
    if not dot:
        return
    if right is None:
        fix = choose_or(service, SERVICES, "add it to orchestrator/config/services.py")
        yield _problem(document, name, f"Security Hub has no service '{service}'", fix)
    elif right != service:
        fix = f"write '{right}.{number}'"
        yield _problem(document, name, f"Security Hub does not write '{name}'", fix)
    if document.file.stem != service.lower():
        fix = f"move it to {document.file.with_name(service.lower())}.yaml"
        yield _problem(document, name, f"the control '{name}' is in the wrong file", fix)


def _retired(document: Document, name: str) -> Iterator[Problem]:
    if given_up := retired(name):
        what = f"Security Hub has no control '{name}' any more: {given_up}"
        yield _problem(document, name, what, f"remove it: {given_up.instead}")


def _problem(document: Document, name: str, what: str, fix: str) -> Problem:
    return Problem(document.file, document.line(("controls", name)), "controls", what, fix)

"""Each of the orchestrator's roles has a name of its own: one name would be one role for both."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.documents import dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem
from orchestrator.model.facts import Access

ACCESS = ("organization", "access")
OF_THE_CI = ("orchestrator-ci-apply", "orchestrator-ci-plan")


def check_roles(sources: Sources) -> Iterator[Problem]:
    """Names given twice, the defaults included, or to what modules/ci_roles makes."""
    document = sources.organization
    if document is None:
        return
    first = dict.fromkeys(OF_THE_CI, "CI's")
    for key, field in Access.model_fields.items():
        if not key.endswith("_role"):
            continue
        path = (*ACCESS, key)
        name = document.text(*path) or str(field.default)
        other = first.setdefault(name, key)
        if other != key:
            what = f"'{name}' is the {other.replace('_', ' ')} already"
            fix = "give each role a name of its own"
            yield Problem(document.file, document.line(path), dotted(path), what, fix)

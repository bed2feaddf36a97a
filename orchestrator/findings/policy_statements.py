"""Statements of resource policies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

Document = Mapping[str, Any]
Statement = Mapping[str, Any]


def document(text: str | None) -> Document:
    """The policy; one without statements where there is none."""
    found: Document = json.loads(text) if text else {"Version": "2012-10-17", "Statement": []}
    return found


def of(policy: Document) -> list[Statement]:
    """The statements; AWS takes a single one without a list."""
    found = policy.get("Statement", [])
    return [found] if isinstance(found, dict) else list(found)


def with_statement(policy: Document, statement: Statement) -> Document:
    """The policy and one more statement; one of the same Sid is replaced."""
    kept = of(without(policy, str(statement["Sid"])))
    return {**policy, "Statement": [*kept, statement]}


def without(policy: Document, sid: str) -> Document:
    return {**policy, "Statement": [s for s in of(policy) if s.get("Sid") != sid]}


def texts(value: Any) -> tuple[str, ...]:
    """A text or a list of texts, always as the latter."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def principals(statement: Statement) -> Iterator[str]:
    """Accounts, users, roles and '*'; services and identity providers are left out."""
    given = statement.get("Principal", {})
    if isinstance(given, str):
        yield given
    else:
        yield from texts(given.get("AWS"))


def names_action(statement: Statement, action: str) -> bool:
    """Whether the statement is about `action`; wildcards and NotAction are understood."""
    if "NotAction" in statement:
        return not any(matches(pattern, action) for pattern in texts(statement["NotAction"]))
    return any(matches(pattern, action) for pattern in texts(statement.get("Action")))


def matches(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())


def account_of(principal: str) -> str:
    """The account of an ARN or account id; '' where it cannot be said."""
    if principal.isdigit():
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 4 and parts[4].isdigit() else ""

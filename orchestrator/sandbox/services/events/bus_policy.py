"""Whether the policy of an event bus lets another account put events on it."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.organization import organization_of


def allows(bus: Any, account_id: str, event: Json) -> bool:
    """The owner always may; others need a statement that fits them and the event."""
    if bus.account_id == account_id:
        return True
    organization = organization_of(account_id)
    keys = {
        "aws:principalorgid": organization.id if organization else "",
        "events:detail-type": str(event.get("detail-type", "")),
        "events:source": str(event.get("source", "")),
    }
    statements = [statement.describe() for statement in bus._statements.values()]
    matching = [s for s in statements if _names(s, account_id) and _conditions(s, keys)]
    effects = {statement["Effect"] for statement in matching}
    return effects == {"Allow"}


def _names(statement: Json, account_id: str) -> bool:
    principal = statement["Principal"]
    named = principal.get("AWS", ()) if isinstance(principal, dict) else principal
    principals = [named] if isinstance(named, str) else list(named)
    return any(p in ("*", account_id) or f":{account_id}:" in p for p in principals)


def _conditions(statement: Json, keys: Mapping[str, str]) -> bool:
    """Those on what `keys` has; any other is taken as not met."""
    tests = [
        (operator, keys.get(key.lower()), _listed(wanted))
        for operator, test in (statement.get("Condition") or {}).items()
        for key, wanted in test.items()
    ]
    return all(said is not None and _met(operator, said, some) for operator, said, some in tests)


def _met(operator: str, said: str, wanted: list[str]) -> bool:
    if operator == "StringLike":
        return any(fnmatchcase(said, pattern) for pattern in wanted)
    return operator == "StringEquals" and said in wanted


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value

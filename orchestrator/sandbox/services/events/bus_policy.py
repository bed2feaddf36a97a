"""Whether the policy of an event bus lets another account put events on it."""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.organization import organization_of


def allows(bus: Any, account_id: str) -> bool:
    """The owner always may; others need a statement that names them or their organization."""
    if bus.account_id == account_id:
        return True
    statements = [statement.describe() for statement in bus._statements.values()]
    matching = [s for s in statements if _names(s, account_id) and _conditions(s, account_id)]
    effects = {statement["Effect"] for statement in matching}
    return effects == {"Allow"}


def _names(statement: Json, account_id: str) -> bool:
    principal = statement["Principal"]
    named = principal.get("AWS", ()) if isinstance(principal, dict) else principal
    principals = [named] if isinstance(named, str) else list(named)
    return any(p in ("*", account_id) or f":{account_id}:" in p for p in principals)


def _conditions(statement: Json, account_id: str) -> bool:
    """Only conditions on the organization are known; any other is taken as not met."""
    organization = organization_of(account_id)
    own = organization.id if organization else ""
    keys = [
        (operator, key.lower(), wanted)
        for operator, test in (statement.get("Condition") or {}).items()
        for key, wanted in test.items()
    ]
    return all(
        operator.startswith("String") and key == "aws:principalorgid" and own in _listed(wanted)
        for operator, key, wanted in keys
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value

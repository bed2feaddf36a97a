"""Who is let in by a resource's policy, as AWS Config's public-access rules see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

FIXED = frozenset(
    {
        *("aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:principalorgid"),
        *("aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:userid"),
        *("aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpce"),
        *("s3:dataaccesspointaccount", "s3:dataaccesspointarn", "aws:sourceip"),
    }
)
"""Keys that make a policy not public, when they hold fixed values.

Source: Amazon S3 User Guide, "The meaning of 'public'".
"""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def statements(policy: str | None) -> Iterator[dict[str, Any]]:
    """The statements of a policy's text."""
    yield from listed(json.loads(policy).get("Statement")) if policy else ()


def everyone(statement: dict[str, Any]) -> bool:
    """Whether it allows whoever comes, under no condition that names somebody."""
    principal = statement.get("Principal")
    whom = listed(principal.get("AWS")) if isinstance(principal, dict) else listed(principal)
    if statement.get("Effect") != "Allow" or "*" not in whom:
        return False
    return not any(
        key.lower() in FIXED and all(_fixed(str(value)) for value in listed(values))
        for operator, keys in statement.get("Condition", {}).items()
        if not operator.lower().removeprefix("forallvalues:").startswith(("null", "stringnot"))
        for key, values in keys.items()
    )


def _fixed(value: str) -> bool:
    """Neither a wildcard nor a variable nor every address: those let anybody in.

    An ARN may have a wildcard after its account.
    """
    if value.startswith("arn:"):
        return "*" not in value.split(":", 5)[4] and bool(value.split(":", 5)[2])
    return value not in ("0.0.0.0/0", "::/0") and not set(value) & set("*?$")


def actions(statement: dict[str, Any]) -> list[str]:
    return [str(each) for each in listed(statement.get("Action"))]

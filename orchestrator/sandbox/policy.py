"""What IAM policies say about a question. Pure; fails closed.

An unknown condition operator makes an Allow not count and a Deny count. A document that is not a
policy allows nothing.
Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from orchestrator.sandbox.conditions import Context, UnknownOperator, glob, holds, verbatim

VARIABLE = re.compile(r"\$\{([^}]+)\}")
LITERALS = {"*": "*", "?": "?", "$": "$"}


class Effect(Enum):
    """What a set of policies says: a Deny wins over an Allow, and silence is not an Allow."""

    ALLOW = "Allow"
    DENY = "Deny"
    SILENT = "silent"


class NotAPolicy(ValueError):
    """A document that AWS would not have taken."""


@dataclass(frozen=True, slots=True)
class Condition:
    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `inverted_…` are NotAction, NotResource and NotPrincipal.

    `principals` are pairs of kind (AWS, Service, Federated) and value, None where the policy
    belongs to an identity; `resources` is None in a trust policy.
    """

    allows: bool
    actions: tuple[str, ...]
    named: re.Pattern[str]
    """All of `actions` as one pattern, for an action in lower case."""
    inverted_actions: bool = False
    resources: tuple[str, ...] | None = None
    inverted_resources: bool = False
    principals: tuple[tuple[str, str], ...] | None = None
    inverted_principals: bool = False
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """May this be done? `resource` is '*' for an action that has no type of resource."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)


@lru_cache(maxsize=4096)
def parse(document: str) -> tuple[Statement, ...]:
    """Read a policy document. Raises NotAPolicy."""
    try:
        content = json.loads(document)
        statements = content["Statement"]
        listed = statements if isinstance(statements, list) else [statements]
        return tuple(_statement(statement) for statement in listed)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAPolicy(f"not a policy document: {error}") from error


def ask(documents: Iterable[str], question: Question) -> Effect:
    """What identity policies say, all of them together."""
    statements: list[Statement] = []
    for document in documents:
        try:
            statements += parse(document)
        except NotAPolicy:
            continue
    return conclude(statements, question)


def conclude(statements: Iterable[Statement], question: Question) -> Effect:
    """What statements say whose principal, if they name one, is known to match."""
    effect = Effect.SILENT
    for statement in statements:
        if applies(statement, question):
            if not statement.allows:
                return Effect.DENY
            effect = Effect.ALLOW
    return effect


def applies(statement: Statement, question: Question) -> bool:
    """Whether action, resource and every condition match; doubts count against the caller."""
    named = statement.named.fullmatch(question.action.lower()) is not None
    if named == statement.inverted_actions:
        return False
    return _concerns(statement, question) and _conditions_hold(statement, question)


def _concerns(statement: Statement, question: Question) -> bool:
    if statement.resources is None:
        return True
    patterns = [substitute(pattern, question.context) for pattern in statement.resources]
    if statement.inverted_resources and statement.allows and None in patterns:
        return False
    named = any(pattern and glob(pattern).fullmatch(question.resource) for pattern in patterns)
    return named != statement.inverted_resources


def _conditions_hold(statement: Statement, question: Question) -> bool:
    try:
        return all(_holds(condition, question.context) for condition in statement.conditions)
    except UnknownOperator:
        return not statement.allows


def _holds(condition: Condition, context: Context) -> bool:
    """Raises UnknownOperator also where a negated condition has a variable without a value."""
    wild = "Like" in condition.operator or "Arn" in condition.operator
    values = [substitute(value, context, wild=wild) for value in condition.values]
    wanted = [value for value in values if value is not None]
    if len(wanted) < len(values) and "Not" in condition.operator:
        raise UnknownOperator(condition.operator)
    return holds(condition.operator, wanted, context.get(condition.key))


def substitute(text: str, context: Context, *, wild: bool = True) -> str | None:
    """Replace policy variables such as `${aws:PrincipalAccount}`; None when one has no value.

    What a variable stands for is plain text even where the policy's own text is a pattern (`wild`):
    `${*}`, and a tag's value with a star in it, match a star.
    Source: IAM User Guide, "IAM policy elements: Variables and tags".
    """
    if "${" not in text:
        return text
    parts: list[str] = []
    for index, part in enumerate(VARIABLE.split(text)):
        value = _value(part, context) if index % 2 else part
        if value is None:
            return None
        parts.append(verbatim(value) if index % 2 and wild else value)
    return "".join(parts)


def _value(variable: str, context: Context) -> str | None:
    """`aws:username`, or `aws:PrincipalTag/team, 'nobody'` with what counts where it is absent."""
    name, _, default = (part.strip() for part in variable.partition(","))
    if name in LITERALS:
        return LITERALS[name]
    found = context.get(name.lower(), ())
    if len(found) == 1:
        return found[0]
    return default.strip("'") if default and not found else None


def _statement(raw: Mapping[str, object]) -> Statement:
    resources = "NotResource" if "NotResource" in raw else "Resource"
    principals = "NotPrincipal" if "NotPrincipal" in raw else "Principal"
    actions = "NotAction" if "NotAction" in raw else "Action"
    if raw["Effect"] not in ("Allow", "Deny"):
        raise NotAPolicy(f"Effect is {raw['Effect']!r}")
    return Statement(
        allows=raw["Effect"] == "Allow",
        actions=_texts(raw[actions]),
        named=_any_of(_texts(raw[actions])),
        inverted_actions=actions == "NotAction",
        resources=_texts(raw[resources]) if resources in raw else None,
        inverted_resources=resources == "NotResource",
        principals=_principals(raw[principals]) if principals in raw else None,
        inverted_principals=principals == "NotPrincipal",
        conditions=_conditions(raw.get("Condition", {})),
    )


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """AWS's own policies list hundreds of actions; one pattern is asked faster than each."""
    texts = dict.fromkeys(pattern.lower() for pattern in patterns)
    return re.compile("|".join(glob(text).pattern for text in texts) or "(?!)", re.DOTALL)


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in listed)


def _principals(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        return tuple(("AWS", text) for text in _texts(value))
    return tuple((str(kind), text) for kind, names in value.items() for text in _texts(names))


def _conditions(value: object) -> tuple[Condition, ...]:
    if not isinstance(value, dict):
        raise NotAPolicy("Condition is not a mapping")
    return tuple(
        Condition(str(operator), str(key).lower(), _texts(values))
        for operator, keys in value.items()
        for key, values in keys.items()
    )

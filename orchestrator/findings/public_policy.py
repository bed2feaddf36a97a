"""Statements of a resource's policy that let the public in, and the policy without them.

Only whole statements are taken out, and none is rewritten: what a narrower one should say, only the
owner knows. What was there before is kept as its text, to the letter.
Source: AWS Security Hub User Guide, SQS.3, SNS.4 and KMS.5: everybody as the principal, and no
condition with a fixed value, "which are values that don't contain wildcard characters or policy
variables"; Amazon S3 User Guide, "The meaning of 'public'", which lists the keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from orchestrator.findings.remediation import (
    Aws,
    Json,
    Refused,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing

Statement = Mapping[str, Any]

NAMING = frozenset(
    {
        *("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:userid"),
        *("aws:principalorgpaths", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip"),
        *("aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc"),
        *("aws:sourcevpce", "kms:calleraccount"),
    }
)
"""Keys of conditions, in lower case, that say who may come, or from where."""
SAYS_WHO = ("stringequals", "stringlike", "arnequals", "arnlike", "ipaddress")
ANYWHERE = ("0.0.0.0/0", "::/0")


def listed(value: object) -> list[Any]:
    """AWS writes a list of one without brackets."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def statements(text: str | None) -> list[Statement]:
    return listed(json.loads(text).get("Statement")) if text else []


def public(statement: Statement) -> bool:
    """Whether it allows everybody, or everybody but some, and no condition says who."""
    if statement.get("Effect") != "Allow":
        return False
    principal = statement.get("Principal")
    named = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    everybody = "*" in named or "NotPrincipal" in statement
    return everybody and not any(map(fixed, conditions(statement)))


def conditions(statement: Statement) -> Iterator[tuple[str, str, object]]:
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, values in keys.items():
            yield operator.lower(), key.lower(), values


def fixed(condition: tuple[str, str, object]) -> bool:
    """Whether it lets in only whom it names: any value of several may be the one that is met."""
    operator, key, values = condition
    if operator.removeprefix("forallvalues:").endswith("ifexists"):
        return False
    says_who = operator.removeprefix("forallvalues:").startswith(SAYS_WHO)
    given = [str(value) for value in listed(values)]
    return key in NAMING and says_who and bool(given) and not any(map(loose, given))


def loose(value: str) -> bool:
    """A wildcard, a variable, or every address. In an ARN what stands behind the account may vary.

    Source: Amazon S3 User Guide, "The meaning of 'public'": an ARN with a fixed account.
    """
    if value.startswith("arn:") and value.count(":") >= 5:
        _, _, service, _, account, _ = value.split(":", 5)
        return not account or bool({*service, *account} & {*"*?$"})
    return value in ANYWHERE or bool({*value} & {*"*?$"})


def names(text: str | None) -> list[str]:
    """What the public statements are called; 'the first statement' where one has no Sid."""
    found = enumerate(statements(text), 1)
    return [str(each.get("Sid") or f"statement {n}") for n, each in found if public(each)]


def without_public(text: str) -> str:
    """The policy's text with the others alone; '' where there are none."""
    left = [each for each in statements(text) if not public(each)]
    return json.dumps({**json.loads(text), "Statement": left}) if left else ""


def fault(key: str) -> Callable[[Json, Target], str]:
    """What is wrong with the policy that a resource has under this key."""

    def wrong(found: Json, _: Target) -> str:
        open_ones = names(found.get(key))
        return f"its policy lets the public in: {', '.join(open_ones)}" if open_ones else ""

    return wrong


def narrowing(
    kind: ResourceType,
    key: str,
    write: Callable[[Target, Aws, str], None],
    left: Callable[[Target, str], str] = lambda _, text: text,
) -> Callable[[Target, Aws, Json], None]:
    """A fix. `left` gets what is left of the policy, and says what is written, or refuses."""

    def fix(target: Target, aws: Aws, before: Json) -> None:
        text = existing(kind, target, aws).get(key)
        if not names(text):
            return
        if text != before[key]:
            raise Refused("its policy has changed since it was looked at")
        write(target, aws, left(target, without_public(text)))

    return fix


def owners(text: str, account: str) -> Iterable[Statement]:
    """The statements that allow the account itself, and nobody else by name."""
    for each in statements(text):
        principal = each.get("Principal")
        named = listed(principal.get("AWS")) if isinstance(principal, Mapping) else []
        if each.get("Effect") == "Allow" and any(
            name == account or str(name).endswith(f":iam::{account}:root") for name in named
        ):
            yield each

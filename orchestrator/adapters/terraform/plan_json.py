"""`terraform show -json` of a plan, read into changes, and into what it means to create.

What is not understood is refused. Values that are sensitive stay here.
Source: Terraform documentation, JSON Output Format, "Plan Representation" and "Configuration
Representation".
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from orchestrator.adapters.terraform.value_changes import value_changes
from orchestrator.model.plan import Action, Change, Own

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"

DERIVED = frozenset({"tags_all"})
"""The provider's default tags are the account's own, and reviewed where they are written."""
LENGTH = 24
"""Hexadecimal digits: enough that two values are never taken for one by chance."""


def normalized(
    action: Action, attributes: tuple[str, ...], change: Mapping[str, Json], own: Own
) -> tuple[tuple[str, str], ...]:
    """A digest of each value that the change sets, the account's own id and name taken out.

    All values of what is made; of what is changed only those that differ, because others, such as
    generated ids, are never the same. What goes is known by its address.
    """
    sides = [_side(change.get(side)) for side in ("before", "after", "after_unknown")]
    match action:
        case Action.CREATE:
            names = {*sides[1], *sides[2]}
        case Action.UPDATE | Action.REPLACE:
            names = {*attributes}
        case _:
            names = set()
    return tuple(
        (name, _digest([side.get(name) for side in sides], own)) for name in sorted(names - DERIVED)
    )


def written_otherwise(attributes: tuple[str, ...], change: Mapping[str, Json]) -> bool:
    """Whether each attribute is empty before and after, and only the kind of nothing differs.

    Providers fill in null, "", [] or {} as they come to read a resource otherwise; nothing has
    changed in AWS then. false and 0 are values, and never taken for nothing.
    """
    before, after = _side(change.get("before")), _side(change.get("after"))
    unknown = _side(change.get("after_unknown"))
    return bool(attributes) and all(
        _nothing(before.get(name)) and _nothing(after.get(name)) and not unknown.get(name)
        for name in attributes
    )


def _nothing(value: Json) -> bool:
    if isinstance(value, dict):
        return all(map(_nothing, value.values()))
    return value is None or value in ("", [])


def _side(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _digest(values: list[Json], own: Own) -> str:
    text = own.neutral(json.dumps(values, sort_keys=True, ensure_ascii=False))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


ACTIONS: Mapping[tuple[str, ...], Action | None] = {
    ("no-op",): None,
    ("read",): None,
    ("create",): Action.CREATE,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("forget",): Action.FORGET,
    # The old one stays behind unmanaged; for the gate that is no better than a replacement.
    ("create", "forget"): Action.REPLACE,
    ("forget", "create"): Action.REPLACE,
}


class Unreadable(ValueError):
    """A plan that does not say all it must, or says something unknown."""


@dataclass(frozen=True, slots=True)
class Contents:
    changes: tuple[Change, ...]
    drift: tuple[Change, ...]
    outputs_change: bool
    moved: bool = False


def read(document: Json, own: Own) -> Contents:
    """What a plan does to account `own`, sorted by address. Raises Unreadable."""
    plan = _mapping(document, "the plan")
    version = plan.get("format_version")
    if not isinstance(version, str) or not version.startswith("1."):
        raise Unreadable(f"format_version is '{version}', only 1.x is known")
    if plan.get("errored") is not False:
        raise Unreadable("the plan is marked as errored")
    # OpenTofu does not say whether a plan is complete, because it has none that are not.
    if plan.get("complete", True) is not True:
        raise Unreadable("the plan is marked as incomplete")
    for key in ("planned_values", "configuration"):
        _mapping(plan.get(key), key)
    outputs = _mapping(plan.get("output_changes", {}), "output_changes")
    return Contents(
        _changes(plan, "resource_changes", own),
        _changes(plan, "resource_drift", own),
        any(_action(output, name) is not None for name, output in outputs.items()),
        _moved(plan),
    )


def _changes(plan: Mapping[str, Json], key: str, own: Own) -> tuple[Change, ...]:
    resources = plan.get(key, [])
    if not isinstance(resources, list):
        raise Unreadable(f"{key} is not a list")
    return tuple(sorted(filter(None, (_change(resource, key, own) for resource in resources))))


def _moved(plan: Mapping[str, Json]) -> bool:
    """Whether any resource gets another address, by a `moved` block."""
    resources = plan.get("resource_changes", [])
    each = resources if isinstance(resources, list) else []
    return any(isinstance(one, dict) and "previous_address" in one for one in each)


def _change(resource: Json, key: str, own: Own) -> Change | None:
    body = _mapping(resource, key)
    address, type_, change = body.get("address"), body.get("type"), body.get("change")
    if not isinstance(address, str) or not isinstance(type_, str):
        raise Unreadable(f"an entry of {key} has no address or type")
    action = _action(change, address)
    details = _mapping(change, address)
    if action is None and details.get("importing"):
        action = Action.IMPORT
    if action is None:
        return None
    attributes = _attributes(action, details)
    values, more = value_changes(attributes, details)
    return Change(
        address,
        type_,
        action,
        attributes,
        normalized(action, attributes, details, own),
        written_otherwise(attributes, details),
        values,
        more,
    )


def _action(change: Json, where: str) -> Action | None:
    actions = _mapping(change, where).get("actions")
    key = tuple(map(str, actions)) if isinstance(actions, list) else ()
    if key not in ACTIONS:
        raise Unreadable(f"{where}: unknown actions {actions}")
    return ACTIONS[key]


def _attributes(action: Action, change: Mapping[str, Json]) -> tuple[str, ...]:
    """The top-level names that differ; all would, where something comes or goes as a whole."""
    before, after = change.get("before"), change.get("after")
    if action not in (Action.UPDATE, Action.REPLACE) or not isinstance(before, dict):
        return ()
    after = after if isinstance(after, dict) else {}
    unknown = change.get("after_unknown")
    unknown = unknown if isinstance(unknown, dict) else {}
    names = {*before, *after, *unknown}
    return tuple(sorted(n for n in names if before.get(n) != after.get(n) or _any(unknown.get(n))))


def _any(unknown: Json) -> bool:
    """Whether anything in a tree of booleans is true."""
    nested: Iterable[Json] = ()
    if isinstance(unknown, dict):
        nested = unknown.values()
    elif isinstance(unknown, list):
        nested = unknown
    return unknown is True or any(map(_any, nested))


def _mapping(value: Json, where: str) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise Unreadable(f"{where} is missing or not an object")
    return value


Document = Mapping[str, Any]

KEY = re.compile(r'\["[^"]*"\]|\[[0-9]+\]')
"""An instance's key, which the configuration does not know."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A resource that is to be created. `region` is its provider's, '' if that is not said."""

    address: str
    type: str
    region: str
    values: Document
    unknown: frozenset[str]
    """The top-level names whose values are known only afterwards, in whole or in part."""
    module: str = ""
    """The address of the module instance that it is in; '' for the root."""


def intents(plan: Path) -> tuple[Intent, ...]:
    """All that the plan in this JSON file creates, by address."""
    document = json.loads(plan.read_bytes())
    regions = dict(_regions(document["configuration"]))
    found = (
        _intent(change, regions)
        for change in document.get("resource_changes", [])
        if change["change"]["actions"] == ["create"]
    )
    return tuple(sorted(found, key=lambda intent: intent.address))


def _intent(change: Document, regions: Mapping[str, str]) -> Intent:
    details = change["change"]
    unknown = details.get("after_unknown") or {}
    return Intent(
        change["address"],
        change["type"],
        regions.get(KEY.sub("", change["address"]), ""),
        details.get("after") or {},
        frozenset(name for name, part in unknown.items() if _partly_unknown(part)),
        change.get("module_address", ""),
    )


def _regions(configuration: Document) -> Iterator[tuple[str, str]]:
    """The region of every resource, by its address without keys."""
    providers = {
        key: provider.get("expressions", {}).get("region", {}).get("constant_value", "")
        for key, provider in configuration.get("provider_config", {}).items()
    }
    yield from _of_module(configuration.get("root_module", {}), "", providers)


def _of_module(
    module: Document, prefix: str, providers: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for resource in module.get("resources", []):
        region = providers.get(resource["provider_config_key"], "")
        yield f"{prefix}{resource['address']}", region
    for name, call in module.get("module_calls", {}).items():
        yield from _of_module(call.get("module", {}), f"{prefix}module.{name}.", providers)


def _partly_unknown(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(map(_partly_unknown, unknown.values()))
    if isinstance(unknown, list):
        return any(map(_partly_unknown, unknown))
    return unknown is True


MOST = 512 * 1024 * 1024
"""Bytes of a part of a plan, unpacked."""


def part(plan: zipfile.ZipFile, name: str) -> bytes:
    """A part of a plan file. Raises KeyError, and BadZipFile for one that is too large to be one.

    What is unpacked is never more than the archive has said.
    """
    size = plan.getinfo(name).file_size
    if size > MOST:
        raise zipfile.BadZipFile(f"'{name}' unpacks to {size} bytes; the limit is {MOST}")
    return plan.read(name)

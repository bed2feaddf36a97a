"""What a saved plan means to create, with the values that are known before.

Values may be secret: they stay in adapters. Source: Terraform documentation, JSON Output Format,
"Plan Representation" and "Configuration Representation".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]

KEY = re.compile(r'\["[^"]*"\]|\[[0-9]+\]')
"""An instance's key, which the configuration does not know."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A resource that is to be created. `region` is its provider's, '' if that is not said."""

    address: str
    type: str
    region: str
    values: Json
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


def _intent(change: Json, regions: Mapping[str, str]) -> Intent:
    details = change["change"]
    unknown = details.get("after_unknown") or {}
    return Intent(
        change["address"],
        change["type"],
        regions.get(KEY.sub("", change["address"]), ""),
        details.get("after") or {},
        frozenset(name for name, part in unknown.items() if _any(part)),
        change.get("module_address", ""),
    )


def _regions(configuration: Json) -> Iterator[tuple[str, str]]:
    """The region of every resource, by its address without keys."""
    providers = {
        key: provider.get("expressions", {}).get("region", {}).get("constant_value", "")
        for key, provider in configuration.get("provider_config", {}).items()
    }
    yield from _of_module(configuration.get("root_module", {}), "", providers)


def _of_module(
    module: Json, prefix: str, providers: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for resource in module.get("resources", []):
        region = providers.get(resource["provider_config_key"], "")
        yield f"{prefix}{resource['address']}", region
    for name, call in module.get("module_calls", {}).items():
        yield from _of_module(call.get("module", {}), f"{prefix}module.{name}.", providers)


def _any(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(map(_any, unknown.values()))
    if isinstance(unknown, list):
        return any(map(_any, unknown))
    return unknown is True

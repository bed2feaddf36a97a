"""The resources of a state that a call may have changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from orchestrator.adapters.provider.blocks import Block
from orchestrator.adapters.provider.state_file import Instance, StateFile
from orchestrator.model.suspect import Suspect

CALLED = (
    *("alarm_name", "analyzer_name", "arn", "bucket", "event_bus_name", "function_name", "id"),
    *("key_id", "name", "queue_url", "role", "rule", "security_group_id", "topic_arn", "url"),
    "uuid",
)
"""Attributes by which a call may name a resource, or that which it belongs to."""


def narrowed(
    state: StateFile, providers: Mapping[str, Block], suspects: Iterable[Suspect]
) -> StateFile:
    """The state with nothing but the suspects in it."""
    sought = tuple(suspects)
    chosen = (one for one in state.instances if any(_is(one, providers, each) for each in sought))
    return replace(state, instances=tuple(chosen))


def _is(instance: Instance, providers: Mapping[str, Block], suspect: Suspect) -> bool:
    if suspect.types and instance.type not in suspect.types:
        return False
    where = providers.get(instance.alias, {}).get("region")
    if suspect.region and where and where != suspect.region:
        return False
    names = {part for name in suspect.names for part in _parts(name)}
    return not names or not names.isdisjoint(_called(instance))


def _called(instance: Instance) -> Iterator[str]:
    attributes = json.loads(instance.attributes)
    for name in CALLED:
        if isinstance(value := attributes.get(name), str):
            yield from _parts(value)


def _parts(value: str) -> tuple[str, ...]:
    """An ARN or a URL, and what stands at its end, which is the name."""
    if value.startswith(("arn:", "https://", "http://")):
        return value, value.rpartition("/")[2].rpartition(":")[2]
    return (value,)

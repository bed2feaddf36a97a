"""Events held against the schema that OCSF publishes, as the package `ocsf-json-schema` has it."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from orchestrator.logs.json_path import Tree
from orchestrator.logs.ocsf.classes import VERSION


@cache
def _published() -> OcsfJsonSchemaEmbedded:
    return OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION))


@cache
def class_schema(uid: int, profiles: tuple[str, ...]) -> dict[str, Any]:
    """The JSON Schema of a class, with its profiles."""
    name = _published().lookup_class_name_from_uid(uid)
    found: dict[str, Any] = _published().get_class_schema(name, list(profiles))
    return found


def problems(event: Tree, *, cloud: bool = False) -> list[str]:
    """What the class of the event does not allow; with the cloud profile, `cloud` is required."""
    profiles = ("datetime", "host", *(("cloud",) if cloud else ()))
    schema = class_schema(int(str(event["class_uid"])), profiles)
    found = Draft202012Validator(schema).iter_errors(event)
    return [f"{each.json_path}: {each.message[:200]}" for each in found]

"""Events held against the schema that OCSF publishes, as the package `ocsf-json-schema` has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    listed = [f"{each.json_path}: {each.message[:200]}" for each in found]
    return [*listed, *_constraints(event, "$", _class(int(str(event["class_uid"]))))]


@cache
def document() -> Any:
    """The schema as published: classes, objects, and the constraints that JSON Schema lacks."""
    return get_ocsf_schema(version=VERSION)


def _class(uid: int) -> Any:
    return document()["classes"].get(_published().lookup_class_name_from_uid(uid), {})


def _constraints(tree: object, path: str, described: Any) -> Iterator[str]:
    """Of a class or object and those in it, which of some attributes must be there."""
    if isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from _constraints(each, f"{path}[{number}]", described)
    if not isinstance(tree, Mapping):
        return
    for rule, names in described.get("constraints", {}).items():
        count = sum(tree.get(name) is not None for name in names)
        if count == 0 or (rule == "just_one" and count > 1):
            yield f"{path}: {rule} of {', '.join(names)}"
    for name, attribute in described.get("attributes", {}).items():
        inner = document()["objects"].get(attribute.get("object_type", ""))
        if inner and name in tree:
            yield from _constraints(tree[name], f"{path}.{name}", inner)

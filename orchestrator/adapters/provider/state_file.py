"""A state file as far as its resources can be read without Terraform. Every doubt is an error.

Source: Terraform's state format, version 4 (internal/states/statefile/version4.go).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.adapters.terraform.packages import Version

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"

FORMAT = 4
PROVIDER = re.compile(
    r'provider\["registry\.(?:terraform\.io|opentofu\.org)/hashicorp/aws"\](?:\.(\w+))?'
)
INSIDE = frozenset({"aws_iam_policy_document", "aws_partition", "aws_region"})
"""Data sources that are computed from their arguments and the provider's region alone."""


class Doubtful(ValueError):
    """A state of which it is not certain what Terraform would make of it."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One managed resource instance. `alias` names its provider block, '' the one without."""

    address: str
    type: str
    alias: str
    schema_version: int
    attributes: bytes
    private: bytes
    identity: bytes = b""
    """What names it in AWS, as JSON; empty in states of Terraform before 1.12."""
    identity_version: int = 0


@dataclass(frozen=True, slots=True)
class StateFile:
    lineage: str
    serial: int
    instances: tuple[Instance, ...]
    outside: tuple[str, ...]
    """Data sources that ask AWS something."""


def parse(content: bytes, terraform: Version) -> StateFile:
    """The state, if `terraform` would read it as it is. Raises Doubtful."""
    state = _mapping(_decoded(content), "the state")
    _check(state, terraform)
    resources = [_mapping(each, "a resource") for each in _list(state.get("resources"))]
    managed = [each for each in resources if each.get("mode") == "managed"]
    data = [each for each in resources if each.get("mode") == "data"]
    if len(managed) + len(data) != len(resources):
        raise Doubtful("the state has resources of an unknown mode")
    instances = tuple(instance for each in managed for instance in _instances(each))
    if len({instance.address for instance in instances}) != len(instances):
        raise Doubtful("the state has an address twice")
    return StateFile(
        _text(state, "lineage"),
        _number(state, "serial"),
        instances,
        tuple(sorted(_address(each) for each in data if each.get("type") not in INSIDE)),
    )


def _decoded(content: bytes) -> Json:
    try:
        value: Json = json.loads(content)
    except ValueError as error:
        raise Doubtful("the state is not JSON") from error
    return value


def _check(state: Mapping[str, Json], terraform: Version) -> None:
    if "encrypted_data" in state or "encryption_version" in state:
        raise Doubtful("the state is encrypted")
    if state.get("version") != FORMAT:
        raise Doubtful(f"the state's format is '{state.get('version')}', only {FORMAT} is known")
    writer = Version.parse(_text(state, "terraform_version"))
    if writer is None or terraform < writer:
        raise Doubtful(f"the state was written by Terraform '{state['terraform_version']}'")


def _instances(resource: Mapping[str, Json]) -> Iterator[Instance]:
    address = _address(resource)
    provider = PROVIDER.fullmatch(_text(resource, "provider"))
    if provider is None:
        raise Doubtful(f"{address} is of another provider: '{resource['provider']}'")
    for each in _list(resource.get("instances")):
        yield _instance(
            _mapping(each, address), address, _text(resource, "type"), provider[1] or ""
        )


def _instance(body: Mapping[str, Json], address: str, type_: str, alias: str) -> Instance:
    address += _index(body.get("index_key"), address)
    if "deposed" in body:
        raise Doubtful(f"{address} has a deposed object")
    if body.get("status"):
        raise Doubtful(f"{address} is {body['status']}")
    attributes = _mapping(body.get("attributes"), f"the attributes of {address}")
    try:
        private = base64.b64decode(str(body.get("private") or ""), validate=True)
    except ValueError as error:
        raise Doubtful(f"{address} has private data that is not base64") from error
    packed = json.dumps(attributes, ensure_ascii=False).encode("utf-8", "surrogatepass")
    version, identity = _number(body, "schema_version"), body.get("identity")
    if identity is None:
        return Instance(address, type_, alias, version, packed, private)
    named = json.dumps(_mapping(identity, f"the identity of {address}")).encode()
    of_identity = _number(body, "identity_schema_version")
    return Instance(address, type_, alias, version, packed, private, named, of_identity)


def _address(resource: Mapping[str, Json]) -> str:
    module = f"{resource['module']}." if resource.get("module") else ""
    data = "data." if resource.get("mode") == "data" else ""
    return f"{module}{data}{_text(resource, 'type')}.{_text(resource, 'name')}"


def _index(key: Json, address: str) -> str:
    if key is None:
        return ""
    if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
        return f"[{json.dumps(key, ensure_ascii=False)}]"
    raise Doubtful(f"{address} has an index that is neither a text nor a number")


def _mapping(value: Json, what: str) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise Doubtful(f"{what} is not an object")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise Doubtful("the state has no list of resources or instances")
    return value


def _text(body: Mapping[str, Json], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise Doubtful(f"the state has no {key}")
    return value


def _number(body: Mapping[str, Json], key: str) -> int:
    value = body.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Doubtful(f"the state has no {key}")
    return value

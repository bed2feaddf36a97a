"""Condition keys whose values a call itself brings: its members, and the tags it sets.

A key of a service is the member of the same name ('iam:PermissionsBoundary'), or the header
('s3:x-amz-acl'), where the reference says that the action has the key. Who sets tags on what is
made needs the tagging action too, on what is made.
Source: Service Authorization Reference, "Condition keys", and dependent actions of EC2 and RDS; IAM
User Guide, "Controlling access to AWS resources using tags" and "Tagging IAM resources"; for others
the guide of each service, such as Amazon SQS Developer Guide, "Tagging Amazon SQS queues", and AWS
Lambda Developer Guide, "Permissions required for working with tags".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from moto.core.utils import get_service_model

from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.needs import reference
from orchestrator.sandbox.needs.inputs import PLACEHOLDER, Place, plain

Members = Mapping[str, Any]
Keys = Mapping[str, Sequence[str]]

TAGS = frozenset({"tags", "tag", "taglist", "tagset", "tagging", "tagspecifications"})
TAG_KEYS = frozenset({"tagkeys", "tagkeylist", "tagstoremove"})
TAG_NAMES = (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue"), ("tagKey", "tagValue"))


def keys(action: str, call: Call, members: Members) -> Keys:
    """By key in lower case, as policies are compared."""
    known = reference.action_named(action)
    if known is None:
        return {}
    supported = known.keys.union(*(asked.keys for asked in known.types))
    found: dict[str, Sequence[str]] = {}
    given = _given(call, members)
    for key in supported:
        prefix, _, name = key.partition(":")
        if prefix != "aws" and (value := _texts(given.get(plain(name)))):
            found[key] = value
    return {**found, **tag_keys(members)}


def tag_keys(members: Members) -> Keys:
    """`aws:RequestTag/…` and `aws:TagKeys`."""
    given = tags(members)
    found: dict[str, Sequence[str]] = {f"aws:requesttag/{k.lower()}": [v] for k, v in given.items()}
    removed = [
        v for name, value in members.items() if plain(name) in TAG_KEYS for v in _texts(value)
    ]
    names = [*given, *removed]
    return found | ({"aws:tagkeys": names} if names else {})


def tags(members: Members) -> dict[str, str]:
    """The tags that a call sets, in whichever of AWS's forms."""
    found: dict[str, str] = {}
    for name, value in members.items():
        if plain(name) in TAGS:
            found |= dict(_tags(value))
    return found


def _tags(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield from parse_qsl(value, keep_blank_values=True)
    elif isinstance(value, list):
        for each in value:
            yield from _tag(each)
    elif isinstance(value, Mapping):
        inner = [each for name, each in value.items() if plain(name) in TAGS]
        for each in inner:
            yield from _tags(each)
        if not inner:
            yield from ((str(k), str(v)) for k, v in value.items())


def _tag(each: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(each, Mapping):
        return
    for key, value in TAG_NAMES:
        if key in each:
            yield str(each[key]), str(each.get(value) or "")
            return
    yield from (
        pair for name, inner in each.items() if plain(name) in TAGS for pair in _tags(inner)
    )


def _given(call: Call, members: Members) -> Mapping[str, Any]:
    headers = _headers(call.service, call.operation)
    found: dict[str, Any] = {}
    for name, value in members.items():
        found[plain(name)] = value
        if name in headers:
            found[headers[name]] = value
    return found


@cache
def _headers(service: str, operation: str) -> Mapping[str, str]:
    """The names under which members travel, where it is another one."""
    try:
        shape = get_service_model(service).operation_model(operation).input_shape
    except (UnknownServiceError, OperationNotFoundError, ValueError):
        return {}
    members = shape.members.items() if shape is not None else ()
    travelling = ((name, member.serialization.get("name")) for name, member in members)
    return {
        name: plain(other) for name, other in travelling if other and plain(other) != plain(name)
    }


def _texts(value: Any) -> Sequence[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, str | int | float):
        return [str(value)]
    if isinstance(value, list):
        return [str(each) for each in value if isinstance(each, str | int)]
    return []


MAKES = ("Create", "Put", "Run", "Request", "Import", "Allocate", "Copy", "Restore", "Register")
SETS = ("Tag", "AddTags", "CreateTags")


def action(made: str, call: Call) -> str | None:
    """The action that sets tags on what the action `made` makes; None where it makes nothing."""
    if not call.operation.startswith((*MAKES, "Enable")):
        return None
    if call.service == "s3":
        return {"PutObject": "s3:PutObjectTagging", "CopyObject": "s3:PutObjectTagging"}.get(
            call.operation
        )
    return _tagging(made)


def resource(setting: str, made: str, call: Call, members: Mapping[str, Any], place: Place) -> str:
    """What is made, as far as its ARN is known before it is there: `…:key/*` for a new key.

    A name that the caller chooses is known: `…:pipeline/logs` of `PipelineName`.
    """
    if made != "*":
        return made
    prefix, _, _ = setting.partition(":")
    known, templates = reference.action_named(setting), reference.service_named(prefix).arns
    for asked in sorted(known.types if known else (), key=_longest):
        if plain(asked.type) in plain(call.operation) and asked.type in templates:
            text = templates[asked.type].replace("${Partition}", "aws")
            text = text.replace("${Region}", call.region).replace("${Account}", place.account_id)
            return PLACEHOLDER.sub(lambda slot: _chosen(slot[1], members), text)
    return f"arn:aws:{prefix}:{call.region}:{place.account_id}:*" if known else made


def _chosen(slot: str, members: Mapping[str, Any]) -> str:
    """The member that is called just like the placeholder; else nobody knows yet."""
    given = (value for name, value in members.items() if plain(name) == plain(slot))
    return next((value for value in given if isinstance(value, str) and value), "*")


def _longest(asked: reference.Asked) -> int:
    """A task definition before a task."""
    return -len(asked.type)


@cache
def _tagging(made: str) -> str | None:
    own = reference.action_named(made)
    if own is None or own.tagging:
        return None
    types = {asked.type for asked in own.types}
    known = reference.service_named(made.partition(":")[0]).actions.values()
    setting = [a for a in known if a.tagging and a.name.partition(":")[2].startswith(SETS)]
    fitting = [a for a in setting if types & {asked.type for asked in a.types}]
    # Where types do not say it (they are incomplete), a service with one such action is clear.
    chosen = fitting or (setting if len(setting) == 1 else [])
    return next((a.name for a in sorted(chosen, key=_general)), None)


def _general(action: reference.Action) -> tuple[bool, str]:
    """`logs:TagResource` before `logs:TagLogGroup`, which is the older one."""
    return not action.name.endswith(":TagResource"), action.name

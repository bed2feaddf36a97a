"""The ARNs that an action of a call is asked on."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from moto.core.utils import get_service_model

from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.needs import exceptions, reference
from orchestrator.sandbox.needs.inputs import (
    PLACEHOLDER,
    Path,
    Place,
    Template,
    leaves,
    template,
    values,
)

log = logging.getLogger(__name__)

ANYTHING = "*"
MAKES = (
    *("Create", "Run", "Allocate", "Copy", "Import", "Register", "Request", "Purchase"),
    *("Provision", "Restore"),
)
"""What is made has no id yet, and is asked on any."""
EVERYTHING = (*MAKES, "List", "Describe", "Search", "Lookup", "Put", "Enable", "Generate")
"""Calls that are rightly about nothing in particular."""

Members = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Types:
    """What an operation can be about: its action's types, with what names them in the input."""

    required: frozenset[str]
    templates: tuple[Template, ...]
    leaves: tuple[Path, ...]


def arns(action: str, call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """The ARNs, or '*' alone where the action has no type of resource."""
    if special := exceptions.arns(call, members, place):
        return special
    types = _types(action, call.service, call.operation)
    if not types.templates:
        return (ANYTHING,)
    if outright := _outright(action, types, members):
        return outright
    found = dict(_given(types, members, place))
    named = _most_specific(found)
    if named:
        made = call.operation.startswith(MAKES)
        fresh = (t for t in types.templates if made and t.type in types.required and not t.nameable)
        return tuple(dict.fromkeys([*named, *(fill(t, {}, place) for t in fresh)]))
    return _unnamed(action, call, types, place)


def _outright(action: str, types: Types, members: Members) -> tuple[str, ...]:
    """ARNs of the service under a member such as `resourceArn`, though no template is like them.

    The reference writes some templates with less than ARNs hold, or with a literal '*'.
    """
    own = f"arn:aws:{action.partition(':')[0]}:"
    paths = [path for path in types.leaves if path and str(path[-1]).lower() == "resourcearn"]
    given = [text for path in paths for text in values(members, path) if text.startswith(own)]
    known = (one.pattern.fullmatch(text) for text in given for one in types.templates)
    return () if any(known) else tuple(given)


def _unnamed(action: str, call: Call, types: Types, place: Place) -> tuple[str, ...]:
    wanted = [t for t in types.templates if t.type in types.required]
    if not wanted:
        whole = tuple(fill(t, {}, place) for t in types.templates if not t.slots)
        return whole[:1] or (ANYTHING,)
    unclear = [t for t in wanted if not t.nameable]
    if unclear and not call.operation.startswith(EVERYTHING):
        _warn_unclear(action, call.service, call.operation)
    return tuple(dict.fromkeys(fill(t, {}, place) for t in wanted))


@cache
def _warn_unclear(action: str, service: str, operation: str) -> None:
    """Once for each."""
    log.warning(
        "%s: no member of %s.%s says which resource it is about; only a policy for any will do",
        action,
        service,
        operation,
    )


def _given(
    types: Types, members: Members, place: Place
) -> Iterator[tuple[Template, tuple[tuple[str, ...], Path]]]:
    whole = [
        text for path in types.leaves for text in values(members, path) if text.startswith("arn:")
    ]
    for one in types.templates:
        matching = tuple(text for text in whole if one.pattern.fullmatch(text))
        if matching:
            yield one, (matching, ())
            continue
        if one.slots:
            found, path = _filled(one, members, place)
            if found:
                yield one, (found, path)
        elif one.type in types.required:
            yield one, ((fill(one, {}, place),), ())


def _filled(one: Template, members: Members, place: Place) -> tuple[tuple[str, ...], Path]:
    known: dict[str, str] = {}
    for slot in one.slots[:-1]:
        given = [v for path in slot.paths for v in values(members, path)]
        if given:
            known[slot.name] = _bare(given[0], place)[0]
    last = one.slots[-1]
    choices = [*((path,) for path in last.paths), last.related]
    for paths in choices:
        texts = [text for path in paths for text in values(members, path) if text[:4] != "arn:"]
        if texts:
            bare = (_bare(text, place) for text in texts)
            return tuple(fill(one, {**known, last.name: n}, p) for n, p in bare), paths[0]
    return (), ()


def _bare(text: str, place: Place) -> tuple[str, Place]:
    """A name out of an ARN or a queue's URL, which also says whose it is."""
    if text.startswith(("http://", "https://")):
        *_, owner, name = text.split("/")
        whose = owner if owner.isdigit() and len(owner) == 12 else place.account_id
        return name, Place(place.region, whose, place.organization_id, place.management_id)
    if text.startswith("arn:"):
        return text.split(":", 5)[-1].rpartition("/")[2], place
    return text, place


def _most_specific(found: Mapping[Template, tuple[tuple[str, ...], Path]]) -> list[str]:
    """Of types that extend one another, or are named by one member, the longest."""
    kept: list[str] = []
    for one, (texts, path) in found.items():
        longer = (
            other
            for other, (_, by) in found.items()
            if other is not one
            and (
                other.text.startswith((f"{one.text}:", f"{one.text}/"))
                or (path and by == path and _filled_slots(other, found) > _filled_slots(one, found))
            )
        )
        if next(longer, None) is None:
            kept += texts
    return kept


def _filled_slots(
    one: Template, found: Mapping[Template, tuple[tuple[str, ...], Path]]
) -> tuple[bool, int]:
    texts, _ = found[one]
    return not any("*" in text for text in texts), len(one.slots)


def fill(one: Template, known: Mapping[str, str], place: Place) -> str:
    """The ARN; what nobody knows is '*'."""
    values = {
        "Partition": "aws",
        "Region": place.region,
        "Account": _owner(one, place),
        "OrganizationId": place.organization_id,
        **known,
    }
    found = ""
    for index, part in enumerate(PLACEHOLDER.split(one.text)):
        found += _after(found, part, values.get(part) or ANYTHING) if index % 2 else part
    return found


def _after(written: str, slot: str, value: str) -> str:
    """Some values repeat what the template says before them: 'alias/logs', 'o-abc', '/a/b'."""
    if slot.endswith("WithoutLeadingSlash"):
        return value.removeprefix("/")
    start = re.split(r"[:/]", written[:-1])[-1] + written[-1:]
    return value.removeprefix(start)


def _owner(one: Template, place: Place) -> str:
    """What an organization consists of belongs to its management account."""
    ours = ":organizations::" in one.text and place.management_id
    return place.management_id if ours else place.account_id


@cache
def _types(action: str, service: str, operation: str) -> Types:
    known = reference.action_named(action)
    if known is None or not known.types:
        return Types(frozenset(), (), ())
    try:
        shape = get_service_model(service).operation_model(operation).input_shape
    except (UnknownServiceError, OperationNotFoundError, ValueError):
        shape = None
    paths = leaves(shape)
    templates = reference.service_named(action.partition(":")[0]).arns
    required = frozenset(asked.type for asked in known.types if asked.required)
    found = (
        template(asked.type, templates[asked.type], paths, operation)
        for asked in known.types
        if asked.type in templates
    )
    return Types(required, tuple(found), paths)


__all__ = ["ANYTHING", "arns"]

"""How services list what they have, and are told of its tags.

Every service has its own names for the same three calls; a `Tagged` says them.
Source: AWS Security Hub User Guide, "AWS Resource Tagging Standard", and each control's "Resource
type"; botocore's models for calls and arguments; Service Authorization Reference for ARNs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import xform_name

from orchestrator.findings.arn import of
from orchestrator.findings.causes import Cause, missing, without_tags
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Remediation, Target
from orchestrator.findings.resource_type import ResourceType
from orchestrator.findings.tags import mapping, tag_control

Arguments = Callable[[str, str, str], Mapping[str, Any]]
"""Of a call, for an ARN, and the key and value of a tag."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a service is told of tags. `show` is '' where its listing shows them."""

    show: str
    shown: Arguments
    add: str
    added: Arguments
    remove: str
    removed: Arguments


def by_map(arn: str, tags: str, keys: str, show: str = "ListTagsForResource") -> Style:
    """Tags as a map, given and taken by the resource's ARN."""
    return Style(
        show,
        lambda given, *_: {arn: given},
        "TagResource",
        lambda given, key, value: {arn: given, tags: {key: value}},
        "UntagResource",
        lambda given, key, _: {arn: given, keys: [key]},
    )


def by_list(
    arn: str,
    names: tuple[str, str],
    calls: tuple[str, str, str] = ("ListTagsForResource", "TagResource", "UntagResource"),
    *,
    small: bool = False,
    whole: bool = False,
    id_: Callable[[str], str] = str,
    also: Mapping[str, str] | None = None,
) -> Style:
    """Tags as a list. `whole`: they are taken away by keys in tags, not by keys alone.

    `id_` is what the service asks for in place of the ARN, `also` what it asks for besides.
    """
    tags, keys = names
    key_, value_ = ("key", "value") if small else ("Key", "Value")
    more = also or {}
    return Style(
        calls[0],
        lambda given, *_: {arn: id_(given), **more},
        calls[1],
        lambda given, key, value: {arn: id_(given), tags: [{key_: key, value_: value}], **more},
        calls[2],
        lambda given, key, _: {arn: id_(given), keys: [{key_: key} if whole else key], **more},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A type of resource. `listing` is the action that lists all of them, `rows` its answers' key.

    `arn` reads or makes the ARN of a row; `iam` is the service in IAM, `source` in CloudTrail.
    """

    control: str
    kind: str
    client: str
    iam: str
    listing: str
    rows: str
    arn: Callable[[Place, Any], str]
    resources: str
    style: Style
    made_by: tuple[str, ...]
    source: str = ""
    given: Mapping[str, Any] | None = None
    keep: Callable[[Any], bool] = lambda _: True

    def all(self, aws: Aws) -> Iterator[Any]:
        client, operation = aws(self.client), xform_name(self.listing)
        given = self.given or {}
        if client.can_paginate(operation):
            pages: Iterable[Any] = client.get_paginator(operation).paginate(**given)
        else:
            pages = [getattr(client, operation)(**given)]
        return (row for page in pages for row in page[self.rows] if self.keep(row))

    def find(self, place: Place, aws: Aws) -> Iterator[str]:
        return (self.arn(place, row) for row in self.all(aws))

    def read(self, target: Target, aws: Aws) -> Json | None:
        """Whether AWS lists it; its own answers to who asks for tags differ too much."""
        found = (row for row in self.all(aws) if self.arn(target.place, row) == target.arn)
        return next((row if isinstance(row, Mapping) else {} for row in found), None)

    def tags(self, target: Target, aws: Aws) -> Mapping[str, str]:
        style = self.style
        if not style.show:
            return plain(self.read(target, aws) or {})
        call = getattr(aws(self.client), xform_name(style.show))
        return plain(call(**style.shown(target.arn, "", "")))

    def add(self, target: Target, aws: Aws, key: str, value: str) -> None:
        call = getattr(aws(self.client), xform_name(self.style.add))
        call(**self.style.added(target.arn, key, value))

    def remove(self, target: Target, aws: Aws, key: str, value: str) -> None:
        call = getattr(aws(self.client), xform_name(self.style.remove))
        call(**self.style.removed(target.arn, key, value))

    @property
    def remediation(self) -> Remediation:
        source, style = self.source or self.iam, self.style
        listing = Permission((f"{self.iam}:{self.listing}",), why="It lists all of them.")
        shows = Permission((f"{self.iam}:{style.show}",), (self.resources,))
        changes = tuple(dict.fromkeys(f"{self.iam}:{each}" for each in (style.add, style.remove)))
        reads = (listing, shows) if style.show else (listing,)
        kind = ResourceType(self.kind, self.find, self.read, self.tags, reads)
        causes = (
            Cause(source, self.made_by, without_tags),
            Cause(source, (style.remove,), self.untags, sure=False),
        )
        writes = (Permission(changes, (self.resources,)),)
        return tag_control(self.control, kind, self.add, self.remove, writes, causes)

    def untags(self, call: Any) -> bool:
        """Where one call adds and removes, only the latter."""
        return self.style.add != self.style.remove or not missing("removeTagKeys")(call)


def plain(answer: Mapping[str, Any]) -> dict[str, str]:
    """The tags of an answer, in whichever of the ways services write them."""
    inner = answer.get("ResourceTagSet", answer)
    found = next((inner[key] for key in ("Tags", "tags", "TagList") if inner.get(key)), None)
    if isinstance(found, Mapping):
        return dict(found)
    if found and "key" in found[0]:
        return mapping(found, "key", "value")
    return mapping(found)


def at(key: str) -> Callable[[Place, Any], str]:
    """The row's own ARN."""
    return lambda _, row: str(row[key])


def made(service: str, word: str, key: str = "") -> Callable[[Place, Any], str]:
    """An ARN of the account and region; the row itself is the name where `key` is ''."""
    return lambda place, row: of(place, service, f"{word}{row[key] if key else row}")

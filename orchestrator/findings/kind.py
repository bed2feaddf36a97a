"""A type of resource: how AWS lists, reads and tags those of an account and region.

Several remediations of one type share it. `looking` and `keeping` make their `check` and `before`
from what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Permission,
    Place,
    Refused,
    Status,
    Target,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """`read` gives what AWS describes, None when there is no such resource."""

    resource_type: str
    find: Callable[[Place, Aws], Iterable[str]]
    read: Callable[[Target, Aws], Json | None]
    tags: Callable[[Target, Aws], Mapping[str, str]] | None
    reads: tuple[Permission, ...]
    created: str = ""
    """The key under which `read` gives the time of creation; '' where names are never reused."""


def existing(kind: Kind, target: Target, aws: Aws) -> Json:
    """The resource, which has been there a moment ago."""
    found = kind.read(target, aws)
    if found is None:
        raise Refused("the resource is gone")
    return found


def looking(
    kind: Kind, fault: Callable[[Json, Target], str], unclear: Callable[[Json], str] = lambda _: ""
) -> Callable[[Target, Aws], Check]:
    """A check: `fault` says what is wrong with the resource, '' when nothing is.

    `unclear` says why that cannot be known now, for instance because a change is under way.
    """

    def check(target: Target, aws: Aws) -> Check:
        found = kind.read(target, aws)
        if found is None:
            return Check(Status.GONE)
        created = found.get(kind.created) if kind.created else None
        note = fault(found, target)
        if note and (waiting := unclear(found)):
            return Check(Status.UNCLEAR, waiting, created)
        return Check(Status.FAILS if note else Status.PASSES, note, created)

    return check


def keeping(kind: Kind, *keys: str) -> Callable[[Target, Aws], Json]:
    """A `before` that keeps these keys of the resource."""

    def before(target: Target, aws: Aws) -> Json:
        found = existing(kind, target, aws)
        return {key: found.get(key) for key in keys}

    return before


def seeing(kind: Kind, part: Callable[[Json], Json]) -> Callable[[Target, Aws], Json]:
    """A `before` that keeps what `part` says of the resource.

    Undo compares it with what it finds, so it must not take what AWS leaves out for a change.
    """

    def before(target: Target, aws: Aws) -> Json:
        return part(existing(kind, target, aws))

    return before

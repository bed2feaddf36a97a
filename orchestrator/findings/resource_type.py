"""A type of resource: how AWS lists, reads and tags those of an account and region.

Several remediations of one type share it. `looking` and `keeping` make their `check` and `before`
from what it reads. A `Setting` makes the whole remediation where AWS describes a resource with an
attribute's value, and one call changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import eq
from typing import Any

from orchestrator.findings.causes import Cause
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """`read` gives what AWS describes, None when there is no such resource."""

    resource_type: str
    find: Callable[[Place, Aws], Iterable[str]]
    read: Callable[[Target, Aws], Json | None]
    tags: Callable[[Target, Aws], Mapping[str, str]] | None
    reads: tuple[Permission, ...]
    created: str = ""
    """The key under which `read` gives the time of creation; '' where names are never reused."""


def existing(kind: ResourceType, target: Target, aws: Aws) -> Json:
    """The resource, which existed a moment ago."""
    found = kind.read(target, aws)
    if found is None:
        raise Refused("the resource is gone")
    return found


def looking(
    kind: ResourceType,
    fault: Callable[[Json, Target], str],
    unclear: Callable[[Json], str] = lambda _: "",
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


def keeping(kind: ResourceType, *keys: str) -> Callable[[Target, Aws], Json]:
    """A `before` that keeps these keys of the resource."""

    def before(target: Target, aws: Aws) -> Json:
        found = existing(kind, target, aws)
        return {key: found.get(key) for key in keys}

    return before


def seeing(kind: ResourceType, part: Callable[[Json], Json]) -> Callable[[Target, Aws], Json]:
    """A `before` that keeps what `part` says of the resource.

    Undo compares it with what it finds, so it must not take what AWS leaves out for a change.
    """

    def before(target: Target, aws: Aws) -> Json:
        return part(existing(kind, target, aws))

    return before


Change = Callable[[Target, Aws, Json], None]
Refusing = Callable[[Json, Target], str]


def nothing(*_: object) -> str:
    """No reason."""
    return ""


@dataclass(frozen=True, slots=True)
class Setting:
    """`wanted` has the values to set, by the keys under which AWS describes them.

    `enough` compares the value there is with the wanted one. `refusing` says why the resource must
    be left alone, `unclear` why it cannot be judged now; '' where they have nothing to say.
    """

    kind: ResourceType
    wanted: Callable[[Target], Mapping[str, Any]]
    change: Change
    fault: str
    enough: Callable[[Any, Any], bool] = eq
    applies: Callable[[Json], bool] = lambda _: True
    refusing: Refusing = nothing
    unclear: Callable[[Json], str] = nothing

    def wrong(self, found: Json, target: Target) -> str:
        if not self.applies(found):
            return ""
        wanted = self.wanted(target)
        met = all(self.enough(found.get(key), value) for key, value in wanted.items())
        return "" if met else self.fault

    def fix(self, target: Target, aws: Aws, _: Json) -> None:
        found = existing(self.kind, target, aws)
        if not self.wrong(found, target):
            return
        if why := self.refusing(found, target):
            raise Refused(why)
        self.change(target, aws, self.wanted(target))

    def remediation(
        self,
        keys: tuple[str, ...],
        *,
        name: str,
        controls: tuple[str, ...],
        risk: Risk,
        effect: str,
        breaks: str,
        writes: tuple[Permission, ...],
        causes: tuple[Cause, ...],
        cost: str = "",
        danger: str = "",
        by_hand: str = "",
        parameters: Mapping[str, Parameter] | None = None,
        also: tuple[str, ...] = (),
    ) -> Remediation:
        """`keys` are kept, and given back to `change` by the undo."""
        return Remediation(
            name=name,
            controls=controls,
            resource_type=self.kind.resource_type,
            risk=risk,
            effect=effect,
            breaks=breaks,
            reads=self.kind.reads,
            writes=writes,
            find=self.kind.find,
            check=looking(self.kind, self.wrong, self.unclear),
            before=keeping(self.kind, *keys),
            fix=self.fix,
            undo=self.change,
            tags=self.kind.tags,
            causes=causes,
            cost=cost,
            danger=danger,
            by_hand=by_hand,
            parameters=parameters or {},
            also=also,
        )


def always(**wanted: Any) -> Callable[[Target], Mapping[str, Any]]:
    """The same values for every decision."""
    return lambda _: wanted

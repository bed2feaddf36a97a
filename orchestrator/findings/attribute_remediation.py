"""Remediations that set one or more attributes of a resource, and set them back.

AWS describes the resource with the attribute's value, and one call changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq
from typing import Any

from orchestrator.findings.causes import Cause
from orchestrator.findings.kind import Kind, existing, keeping, looking
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Refused,
    Remediation,
    Risk,
    Target,
)

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

    kind: Kind
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
            by_hand=by_hand,
            parameters=parameters or {},
            also=also,
        )


def always(**wanted: Any) -> Callable[[Target], Mapping[str, Any]]:
    """The same values whatever the decision says."""
    return lambda _: wanted

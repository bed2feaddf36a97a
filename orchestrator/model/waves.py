"""Waves: which accounts are rolled out together, and what has to hold before others follow."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from orchestrator.model.settings import Frozen

Percent = Annotated[str, StringConstraints(pattern=r"^(100|[1-9]?[0-9])%$")]
Share = Annotated[str, StringConstraints(pattern=r"^(100|[1-9][0-9]?)%$")]
Count = Annotated[int, Field(ge=0)]


def part(share: str, of: int) -> int:
    """So much of `of`, rounded down: '10%' of 25 is 2."""
    return of * int(share.removesuffix("%")) // 100


class FailureMode(StrEnum):
    """What gives way when stacks fail, in the words of CloudFormation StackSets."""

    STRICT = "strict"
    SOFT = "soft"


class Failures(Frozen):
    """The failure budget of a wave: after more failures than tolerated, nothing new starts."""

    tolerance: Count | Percent = Field(
        0, description="Stacks, or a share of the wave's stacks such as '10%', rounded down."
    )
    mode: FailureMode = Field(
        FailureMode.STRICT,
        description="strict lowers the width so that at most one more than tolerated can fail; "
        "soft keeps the width, and what has begun may fail as well.",
    )

    def tolerated(self, stacks: int) -> int:
        """How many of a wave's `stacks` may fail."""
        return self.tolerance if isinstance(self.tolerance, int) else part(self.tolerance, stacks)


class Health(Frozen):
    """What must hold after a wave, once the bake time is over; otherwise no other wave starts."""

    verify: bool = Field(True, description="AWS is asked again whether it is as declared.")
    new_critical_findings: Count | None = Field(
        None,
        description="Most critical and high findings in Security Hub that are newer than the "
        "wave; null does not look.",
    )
    error_rate: Percent | None = Field(
        None, description="Largest share of the wave's stacks that may fail; null does not look."
    )


class Wave(Frozen):
    """Accounts rolled out together: those named, and those below the OUs that carry the tags."""

    accounts: list[str] = Field([], description="Names or globs.")
    ous: list[str] = Field([], description="Paths such as Workloads/Prod; all that is below.")
    tags: dict[str, str] = Field({}, description="All of these; values may be globs.")
    share: Share | None = Field(
        None,
        description="So much of those that no earlier wave has, at least one account, such as "
        "'10%'. Without OUs and tags it is drawn from all accounts.",
    )
    excluded: list[str] = Field([], alias="except", description="Accounts to leave out.")
    width: int = Field(4, ge=1, description="Stacks worked on at the same time.")
    bake_minutes: int = Field(
        0, ge=0, le=10080, description="How long to wait after the wave before it is judged."
    )
    health: Health | None = Field(None, description="What must hold before the next wave starts.")
    failures: Failures | None = Field(
        None, description="When the wave stops; without, it is brought to its end."
    )

"""What is in AWS already, and becomes the orchestrator's without being made twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.model.names import StackKey
from orchestrator.model.organization import Imports
from orchestrator.model.plan import Action, Plan
from orchestrator.model.run import Outcome


class Presence(StrEnum):
    """Whether what a plan means to create is there already."""

    THERE = "there"
    MISSING = "missing"
    SET = "set"
    """A setting that Terraform cannot import: creating it writes over what is set."""
    IN_THE_WAY = "in the way"
    """Something else is there, because of which creating this will fail."""
    WAITS = "waits"
    """It can be asked for only once something else is taken over, or made."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class ImportCandidate:
    """What was seen of one resource that a plan means to create.

    `id` is what it is imported by. `says` is what is set, what is in the way, or why it is not
    known; `fix` is the way out.
    """

    address: str
    presence: Presence
    id: str = ""
    says: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class StackImports:
    """One stack: what it takes over, and what its first apply would do then.

    `plan` is the plan with the imports. `held` are entries of before that the state holds by now,
    or that no plan creates now: they are taken out.
    """

    key: StackKey
    plan: Plan
    imports: Imports
    candidates: tuple[ImportCandidate, ...]
    before: Imports = field(default_factory=dict)

    @property
    def held(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.before) - set(self.imports)))

    @property
    def removes(self) -> tuple[str, ...]:
        """What the first apply would destroy, replace or forget."""
        actions = (Action.DELETE, Action.REPLACE, Action.FORGET)
        return tuple(c.address for c in self.plan.changes if c.action in actions)

    @property
    def outcome(self) -> Outcome:
        """REFUSED for what a person has to put right first, DENIED for what is not known."""
        if self.removes or self.seen(Presence.IN_THE_WAY):
            return Outcome.REFUSED
        if self.seen(Presence.UNKNOWN):
            return Outcome.DENIED
        return Outcome.UNCHANGED if self.plan.empty else Outcome.PLANNED

    def seen(self, presence: Presence) -> tuple[ImportCandidate, ...]:
        return tuple(candidate for candidate in self.candidates if candidate.presence is presence)

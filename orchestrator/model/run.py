"""What came of a run: one result a stack, and one exit code for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.organization import Place
from orchestrator.model.plan import Plan, Verdict, Violation


class Outcome(StrEnum):
    UNCHANGED = "unchanged"
    """Nothing to do, and nothing was done."""
    PLANNED = "planned"
    APPLIED = "applied"
    REFUSED = "refused"
    """The gate said no."""
    IN_SYNC = "in sync"
    DRIFTED = "drifted"
    UNVERIFIED = "unverified"
    """Applied, but a second plan is not empty or AWS does not answer as declared."""
    PARTLY = "partly"
    """Applied, but AWS is still at a part of it, or could not bring it to every target."""
    DENIED = "denied"
    """AWS refused or could not be reached."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Something it depends on did not succeed, or the run had already stopped."""
    INTERRUPTED = "interrupted"
    LEASE_LOST = "lost its lease"
    """Another run may be in the account: Terraform was interrupted, and nothing more written."""
    SET_ASIDE = "set aside"
    """The account is in quarantine: nothing was done, as expected."""
    CLOSED = "closed"
    """AWS Organizations says so, or knows the account no more: nothing can be done there."""
    MOVED = "moved"
    """In another OU than its file, so that other settings would hold: not applied unasked."""


EXIT_CODES: Mapping[Outcome, ExitCode] = {
    Outcome.REFUSED: ExitCode.GATE_REFUSED,
    Outcome.DRIFTED: ExitCode.DRIFT,
    Outcome.UNVERIFIED: ExitCode.INCOMPLETE,
    Outcome.PARTLY: ExitCode.INCOMPLETE,
    Outcome.DENIED: ExitCode.AWS_DENIED,
    Outcome.FAILED: ExitCode.TERRAFORM_FAILED,
    Outcome.SKIPPED: ExitCode.INCOMPLETE,
    Outcome.INTERRUPTED: ExitCode.INTERRUPTED,
    Outcome.LEASE_LOST: ExitCode.LEASE_LOST,
    Outcome.MOVED: ExitCode.INCOMPLETE,
}
"""Every outcome that is not in here is a success."""

WORST_FIRST = (
    Outcome.INTERRUPTED,
    Outcome.LEASE_LOST,
    Outcome.FAILED,
    Outcome.DENIED,
    Outcome.REFUSED,
    Outcome.UNVERIFIED,
    Outcome.PARTLY,
    Outcome.SKIPPED,
    Outcome.MOVED,
    Outcome.DRIFTED,
)

LEFT_ALONE = frozenset({Outcome.SET_ASIDE, Outcome.CLOSED, Outcome.MOVED})
"""Known before anything began, so that no failure budget is spent on them."""


def code_of(outcomes: Iterable[Outcome]) -> ExitCode:
    """The code of the worst of them."""
    seen = frozenset(outcomes)
    codes = [EXIT_CODES[outcome] for outcome in WORST_FIRST if outcome in seen]
    return codes[0] if codes else ExitCode.DONE


class Answer(StrEnum):
    AS_DECLARED = "as declared"
    ON_ITS_WAY = "on its way"
    """AWS has accepted it and is still at it: asked again later, and not a failure."""
    UNCONFIRMED = "not confirmed"
    """A person has to agree to it first. Not a failure, and not an excuse for anything else."""
    NOT_EVERYWHERE = "not everywhere"
    """AWS could not bring it to some targets, which are named; the others have it."""
    DIFFERENT = "different"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Probe:
    """One question put to AWS after an apply, and its answer."""

    what: str
    answer: Answer
    found: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.answer}{self.found and f' ({self.found})'}"

    @property
    def pending(self) -> bool:
        """Whether AWS, or a person, is still at it."""
        return self.answer in (Answer.ON_ITS_WAY, Answer.UNCONFIRMED)


class How(StrEnum):
    """By what a stack was compared with AWS."""

    READ = "read"
    """Through the provider, resource by resource, against a baseline."""
    EXACT = "exact"
    """By a plan of Terraform's."""


class Kind(StrEnum):
    """What kind of difference a drift check has come upon."""

    CHANGED_OUTSIDE = "changed outside"
    GONE = "resource gone"
    NOT_APPLIED = "configuration not yet applied"
    UPGRADE = "provider or Terraform upgrade"
    NORMALISED = "default normalisation"
    """The provider writes nothing in another way; AWS has not changed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How a stack was checked for drift, and when it was last planned for it, in UTC.

    `why` says what reading left open, where a plan had to decide. `suppressed` are changes that
    the configuration says do not count. `normalised` are resources of which only the way of
    writing nothing differs. `flapping` are those that were put right and came back, again and
    again.
    """

    how: How
    exact_at: datetime
    why: str = ""
    kinds: tuple[Kind, ...] = ()
    suppressed: tuple[str, ...] = ()
    normalised: tuple[str, ...] = ()
    flapping: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StackResult:
    """What became of one stack in one run. `seconds` are wall time by stage name."""

    key: StackKey
    outcome: Outcome
    plan: Plan | None = None
    violations: tuple[Violation, ...] = ()
    verdict: Verdict | None = None
    probes: tuple[Probe, ...] = ()
    reason: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    checked: Checked | None = None

    @property
    def succeeded(self) -> bool:
        return self.outcome not in EXIT_CODES

    @property
    def stands(self) -> bool:
        """Whether others may go on. What AWS is late with, or refuses one target, stops none."""
        return self.succeeded or self.outcome in (Outcome.PARTLY, Outcome.MOVED)

    @property
    def on_its_way(self) -> tuple[Probe, ...]:
        """What AWS, or a person, is still at."""
        return tuple(probe for probe in self.probes if probe.pending)


@dataclass(frozen=True, slots=True)
class Lifted:
    """Limits of the blast radius that did not count this once, and why."""

    reason: str
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation over some stacks. `started` is in UTC, ISO 8601."""

    id: str
    command: str
    started: str
    seconds: float
    results: tuple[StackResult, ...]
    lifted: Lifted | None = None
    group_of: Mapping[StackKey, str] = field(default_factory=dict)
    """The foundation or wave that a stack was worked on in, as far as that is known."""
    configured_at: Mapping[AccountId, Place] = field(default_factory=dict)
    """Where each account is written down, as far as that is known."""
    overrides: tuple[str, ...] = ()
    """What of the project's overrides/ its stacks were made with, or scanned with."""

    @property
    def exit_code(self) -> ExitCode:
        """The code of the worst outcome; 7 when several stacks failed in different ways."""
        return code_of(result.outcome for result in self.results)

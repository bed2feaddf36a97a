"""The stages that touch the world, as the pipeline sees them. Adapters implement them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from orchestrator.model.census import Landscape, Member
from orchestrator.model.events import Event, Tell, silently
from orchestrator.model.journal import Inputs, Stored
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.notice import Step, Ticket
from orchestrator.model.organization import Account
from orchestrator.model.plan import Plan, Violation
from orchestrator.model.reading import Baseline, Reading, Unread
from orchestrator.model.rendering import Rendering
from orchestrator.model.review import Files
from orchestrator.model.run import Probe
from orchestrator.model.sighting import Sighting

Environment = Mapping[str, str]
"""All that a started process sees. Nothing of the caller's leaks in unless it was put there."""


class Purpose(StrEnum):
    """Why an account is entered; each has a role of its own."""

    PLAN = "plan"
    APPLY = "apply"
    ENTRY = "entry"
    """Into an account that does not have the orchestrator's roles yet."""


class Folders(Protocol):
    """Rendered roots on disk."""

    def write(self, rendering: Rendering) -> Path:
        """Make the stack's folder hold exactly `rendering`, and return the folder.

        Leaves untouched what Terraform keeps there (`.terraform/`) and files that are already
        as they should be; removes every other file that an earlier rendering left.
        """
        ...

    def discard(self, plan: Plan) -> None:
        """Remove a plan's files, which may hold secret values."""
        ...


class Terraform(Protocol):
    """The part of the Terraform command line this project uses.

    Every method raises TerraformFailed with Terraform's own words, and Interrupted when asked
    to stop.
    """

    def init(self, folder: Path, env: Environment) -> bool:
        """Install provider and modules, unless nothing `init` reads has changed: then False."""
        ...

    def unsaved(self, folder: Path) -> bool:
        """Whether an earlier apply could not save its state, and left it in the folder."""
        ...

    def save(self, folder: Path, env: Environment) -> None:
        """Bring the state left in the folder to where it belongs.

        Raises TerraformFailed if the backend holds another or a newer one: then a person decides.
        """
        ...

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        """Save a plan and read it back. `rendered` is the digest of the rendering.

        Takes no lock on the state: an apply of a plan whose state has moved is refused by
        Terraform itself ("Saved plan is stale").
        """
        ...

    def apply(self, plan: Plan, env: Environment) -> None:
        """Carry out exactly `plan`, whose digest is computed again first."""
        ...

    def migrate(self, folder: Path, env: Environment) -> None:
        """Move a state kept in the folder to the backend the folder names now.

        The local copy is removed once the backend has it. Safe to repeat.
        """
        ...

    def is_empty(self, folder: Path, env: Environment) -> tuple[str, ...]:
        """Plan once more; the addresses that would still change, none when the plan is empty."""
        ...

    def record(self, folder: Path, env: Environment) -> None:
        """Keep in the state what the empty plan of `is_empty` has just read.

        Providers read some attributes differently after a create (a bucket's versioning, a role's
        policies). Recorded once, a later refresh shows only what others have changed.
        """
        ...


class Scanner(Protocol):
    """checkov."""

    def scan(self, plans: Sequence[Plan]) -> Mapping[StackKey, tuple[Violation, ...]]:
        """The failed checks of each plan, one process for all. Every plan has an entry.

        Raises ScanFailed if the scanner did not account for each plan.
        """
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """Being let into an account: the environment for Terraform, and the role it acts as."""

    env: Environment
    role: str


class Doors(Protocol):
    """Temporary credentials for an account and for its state."""

    def open(self, key: StackKey, purpose: Purpose) -> AbstractContextManager[Entry]:
        """Assume the role, and keep the keys in a private file for as long as the context lasts.

        Raises AwsDenied when the role does not let us in.
        """
        ...

    def has_state(self, key: StackKey) -> bool:
        """Whether the stack was ever applied. Raises AwsDenied when the bucket cannot be read."""
        ...

    def state_of(self, key: StackKey) -> str:
        """Lineage and serial of the stack's state now, written as Plan.state has them.

        Raises AwsDenied when the bucket cannot be read.
        """
        ...

    def roles_made(self, key: StackKey) -> bool:
        """Whether an apply of this stack has brought the orchestrator's roles to an end.

        Read from the state's output `orchestrator_roles`, which an apply that broke off half-way
        does not write.
        """
        ...


class Inspector(Protocol):
    """AWS, asked whether it is as declared."""

    def inspect(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
        """Put the stack's questions to AWS with the plan role. Denied is an answer of its own."""
        ...


class Reader(Protocol):
    """AWS as the provider reads it, without a plan."""

    def read(self, key: StackKey, folder: Path, env: Environment) -> Reading | Unread:
        """Read every managed resource of the stack's state. The folder is initialised.

        Whatever Terraform might see otherwise ends in Unread: an encrypted or newer state, deposed
        or tainted objects, another provider, a resource that cannot be read.
        """
        ...


class Baselines(Protocol):
    """The last reading of each stack with which AWS agreed."""

    def get(self, key: StackKey) -> Baseline | None:
        """None when there is none that can be read, too."""
        ...

    def put(self, baseline: Baseline) -> None: ...

    def forget(self, key: StackKey) -> None: ...


class Census(Protocol):
    """AWS Organizations: which accounts there are. Raises AwsDenied."""

    def member(self, account: AccountId) -> Member | None:
        """One account with its tags; None if Organizations does not know it."""
        ...

    def members(self) -> tuple[Member, ...]:
        """Every account, closed ones included, in id order and without tags.

        Source: Organizations API Reference, ListAccountsForParent: a page may be empty and still
        announce a next one.
        """
        ...

    def landscape(self) -> Landscape:
        """OUs and accounts, with the accounts' tags."""
        ...


class Tickets(Protocol):
    """Where people are told. Raises NotTold when they could not be."""

    def opened(self) -> Mapping[str, Ticket]:
        """Those of ours that are open, by key."""
        ...

    def carry_out(self, step: Step) -> None: ...


class Sightings(Protocol):
    """What earlier drift checks have seen of each stack."""

    def of(self, key: StackKey) -> tuple[Sighting, ...]:
        """The oldest first; none when there are none that can be read, too."""
        ...

    def keep(self, key: StackKey, sightings: tuple[Sighting, ...]) -> None: ...


class Journal(Protocol):
    """What is written down of a run while it runs."""

    def begin(self, inputs: Inputs) -> None:
        """The first line. Raises UsageError if there is no place: then nothing is started."""
        ...

    def tell(self, event: Event | Stored) -> None:
        """See events.Tell."""
        ...

    def end(self, seconds: float, exit_code: int | None = None, error: str = "") -> None:
        """The last line. Without an exit code it is that of the stacks' results."""
        ...


class StoredPlans(Protocol):
    """Plans that an earlier run has kept for a review."""

    def files(self, run: str, key: StackKey) -> Files:
        """What the stack's files are now."""
        ...

    def take(self, run: str, key: StackKey, folder: Path, rendered: str) -> Plan:
        """Put the plan back into `folder`. Raises PlanChanged if it cannot be read as one."""
        ...

    def violations(self, run: str, key: StackKey) -> tuple[Violation, ...]:
        """What the scanner has said of the plan. Raises ScanFailed if that cannot be read."""
        ...


class KmsApprovals(Protocol):
    """Approvals of stored plans by keys of AWS KMS. Raises AwsDenied."""

    def sign(self, manifest: str, key: str) -> str:
        """The approval. Raises UsageError for a key that cannot sign."""
        ...

    def signer(self, run: str, manifest: str, approval: str, keys: Mapping[str, str]) -> str:
        """The name of the key that approves exactly this manifest. Raises NotApproved."""
        ...


class PlanBucket(Protocol):
    """The same in the state bucket, for runners that are thrown away. Raises AwsDenied."""

    def runs(self) -> tuple[str, ...]:
        """Ids of the runs that have plans there, the oldest first."""
        ...

    def put(self, run: str, folder: Path) -> None:
        """Copy a run's plans there."""
        ...

    def fetch(self, run: str, folder: Path, *, manifest_only: bool = False) -> None:
        """Copy them into a folder of the run's own in `folder`, whole or not at all."""
        ...

    def approve(self, run: str, approval: Path) -> None:
        """Put the approval beside the plans."""
        ...

    def approval(self, run: str) -> str:
        """What approves them; '' when nothing does."""
        ...

    def journal(self, run: str) -> bytes:
        """The copy of the journal of the run that made them; empty when there is none."""
        ...

    def remove(self, run: str, keys: Iterable[StackKey]) -> None:
        """Remove what is carried out; what goes wrong is a warning."""
        ...


Clock = Callable[[], datetime]
"""The time, in UTC."""

Rest = Callable[[float], bool]
"""Wait so many seconds; True, and at once, when the run is being stopped."""


def sleeping(seconds: float) -> bool:
    """Wait, whatever happens meanwhile."""
    time.sleep(seconds)
    return False


class Capacity(Protocol):
    """What the machine carries, and what AWS puts up with."""

    def width(self, under_way: int) -> int:
        """How many stacks this machine can work on, where so many are under way; at least one."""
        ...

    def use(self, width: int, most: int) -> None:
        """So many stacks are worked on at the same time from now on, of `most` that might be."""
        ...

    def throttles(self) -> int:
        """How often AWS has asked us to slow down since the run began."""
        ...


class Findings(Protocol):
    """Security Hub, asked for what is new."""

    def newer(self, accounts: Sequence[AccountId], since: datetime) -> tuple[str, ...]:
        """Active critical and high findings of these accounts that came up after `since`, a line
        for each. Raises AwsDenied.
        """
        ...


class AccountLocks(Protocol):
    """So that two runs never change one account at the same time."""

    def hold(self, key: StackKey) -> AbstractContextManager[None]:
        """Keep every other run out of the stack's account for as long as the context lasts.

        Raises AccountBusy when another run is in it, AwsDenied when that cannot be found out.
        """
        ...

    def tidy(self, key: StackKey) -> None:
        """Let go of what a run that is gone has left locked there. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Revisions:
    """Two commits to compare. `after` is None for the files as they lie in the checkout."""

    before: str
    after: str | None


class History(Protocol):
    """The checkout's git history."""

    def revisions(self, text: str) -> Revisions:
        """The commits that `text` names, as `git diff` reads it.

        `A...B` begins where B branched off from A, `A..B` at A; a single `A` is compared with the
        files as they are. Raises UsageError when there is no such revision, or no history.
        """
        ...

    def extract(self, commit: str, paths: Sequence[str], folder: Path) -> None:
        """Write what `commit` has at `paths`, relative to the project's root, into `folder`."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The side effects of a run, in one bundle."""

    folders: Folders
    terraform: Terraform
    scanner: Scanner
    doors: Doors
    inspector: Inspector
    reader: Reader
    baselines: Baselines
    clock: Clock
    sightings: Sightings
    capacity: Capacity
    findings: Findings
    locks: AccountLocks
    tell: Tell = silently
    rest: Rest = sleeping

"""The stages of one stack that touch the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from orchestrator.errors import ScanFailed
from orchestrator.model.drift import Reading, Suspect, Unread
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Account
from orchestrator.model.plan import Plan, Rendering, Violation
from orchestrator.model.run import Probe

Environment = Mapping[str, str]
"""All that a started process sees. Nothing of the caller's leaks in unless it was put there."""


class Purpose(StrEnum):
    """Why an account is entered; each has a role of its own."""

    PLAN = "plan"
    APPLY = "apply"
    LISTEN = "listen"
    """Changes made by hand, in the security account."""
    INVESTIGATE = "investigate"
    """Logs and the event history, read and nothing else."""
    DETECT = "detect"
    """Findings of our own rules, imported and nothing else."""
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

    def show(self, plan: Plan, env: Environment) -> Plan:
        """The same plan by what its plan file says, whatever lies beside it.

        Its JSON is written anew; of a plan that changes nothing there is none. Raises PlanChanged
        where what lies beside it, and counts, says something else.
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


Scan = tuple[Violation, ...] | ScanFailed


class Scanner(Protocol):
    """checkov."""

    def scan(self, plans: Sequence[Plan]) -> Mapping[StackKey, Scan]:
        """The failed checks of each plan, one process for all. Every plan has an entry.

        A plan that could not be accounted for has the reason instead: it alone does not pass.
        Raises ScanFailed if the scanner cannot look at any plan.
        """
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """Being let into an account: the environment for Terraform, and the role it acts as."""

    env: Environment
    role: str


class Sessions(Protocol):
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


class Conformance(Protocol):
    """AWS, asked whether it is as declared."""

    def inspect(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
        """Put the stack's questions to AWS with the plan role. Denied is an answer of its own."""
        ...

    def arrivals(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
        """Ask whether logs arrive, and have room, where they are searched; no apply's fault."""
        ...


class Reader(Protocol):
    """AWS as the provider reads it, without a plan."""

    def read(
        self,
        key: StackKey,
        folder: Path,
        env: Environment,
        only: Sequence[Suspect] | None = None,
    ) -> Reading | Unread:
        """Read every managed resource of the stack's state, or `only` those that are suspects.

        The folder is initialised.

        What Terraform might see otherwise ends in Unread: an encrypted or newer state, deposed
        or tainted objects, another provider, a resource that cannot be read.
        """
        ...

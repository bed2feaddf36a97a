"""What is kept from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from orchestrator.model.drift import Baseline, Sighting
from orchestrator.model.events import Event, Inputs, Stored
from orchestrator.model.inventory import KeptState
from orchestrator.model.lease import Leftover
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.plan import Plan, Violation
from orchestrator.model.review import Files


@dataclass(frozen=True, slots=True)
class StateVersion:
    """`serial` counts Terraform's writes; None where the version holds no state at all."""

    id: str
    at: datetime
    serial: int | None


class Baselines(Protocol):
    """The last reading of each stack with which AWS agreed."""

    def get(self, key: StackKey) -> Baseline | None:
        """None when there is none that can be read, too."""
        ...

    def put(self, baseline: Baseline) -> None: ...

    def forget(self, key: StackKey) -> None: ...


class Sightings(Protocol):
    """What earlier drift checks have seen of each stack."""

    def of(self, key: StackKey) -> tuple[Sighting, ...]:
        """The oldest first; none when there are none that can be read, too."""
        ...

    def keep(self, key: StackKey, sightings: tuple[Sighting, ...]) -> None: ...


class Journal(Protocol):
    """What is written down of a run while it runs."""

    def begin(self, inputs: Inputs) -> None:
        """The first line. Raises UsageError where it cannot be written: then nothing is started."""
        ...

    def emit(self, event: Event | Stored) -> None:
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

    def says(self, run: str, plan: Plan) -> bool:
        """Whether the JSON beside `plan` is the one that was kept for the review."""
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


class StateArchive(Protocol):
    """The states of accounts that have gone. Raises AwsDenied."""

    def states(self, account: AccountId, name: str) -> tuple[KeptState, ...]:
        """Those the account has, and those it had that are archived."""
        ...

    def archive(self, key: StackKey) -> None:
        """Copy the stack's state there, over what is archived of it; versions are kept."""
        ...

    def remove(self, key: StackKey) -> None:
        """Take the state from where Terraform looks for it. Raises UsageError unless the archive
        holds the same.
        """
        ...


class StateRepair(Protocol):
    """Damaged states, put right by hand. Raises UsageError and AwsDenied."""

    def lock(self, key: StackKey) -> Leftover | None: ...

    def unlock(self, key: StackKey, id_: str) -> Leftover:
        """Remove that lock and no other; who held it."""
        ...

    def versions(self, key: StackKey) -> tuple[StateVersion, ...]:
        """The newest versions, the newest first."""
        ...

    def restore(self, key: StackKey, version: str) -> StateVersion:
        """Put a version on top again."""
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

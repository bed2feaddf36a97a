"""What can go wrong, each kind with its exit code. Refusal and drift are results, not errors.

Some errors pass: the same may go well when it is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from orchestrator.model.exit_code import ExitCode


class Transient(StrEnum):
    """Why something may be tried again. Nothing else is."""

    THROTTLING = "AWS throttles"
    LOCKED = "the state is locked"
    NETWORK = "the network"
    FAULT = "a fault of AWS"


class OrchestratorError(Exception):
    """An error the user can understand and act on: one line for what, one for the way out."""

    exit_code = ExitCode.BUG

    transient: Transient | None = None
    """Why the same may go well another time; None for all that will not."""

    holder: str = ""
    """Who is in the way, as ' by alice@laptop since …'."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}\n  fix: {self.fix}" if self.fix else self.message


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in account_configs/, where it stands and the way out. `line` counts from 1."""

    file: Path
    line: int
    key: str
    what: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        key = f"{self.key}: " if self.key else ""
        return f"{where}: {key}{self.what}\n  fix: {self.fix}"


class ConfigurationError(OrchestratorError):
    """Every problem found in account_configs/, all at once."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__("\n".join([*map(str, self.problems), f"{count} {noun}"]))


class UsageError(OrchestratorError):
    """A command line that cannot be carried out as it stands."""

    exit_code = ExitCode.CONFIGURATION


class NothingSelected(UsageError):
    """A selection that makes sense and means nothing, such as what a change affects may be."""


class ToolMissing(OrchestratorError):
    """Terraform, the provider or checkov is not to be had, or not in a version that works."""

    exit_code = ExitCode.CONFIGURATION


class TerraformFailed(OrchestratorError):
    """A Terraform command ended with an error of its own."""

    exit_code = ExitCode.TERRAFORM_FAILED

    denied = False
    """Whether it was AWS that refused or could not be reached."""

    unfinished: tuple[str, ...] = ()
    """Resources that AWS has taken and is late with, or refuses some target."""

    nothing_else = False
    """Whether it ended so for no other reason than what is unfinished."""

    def __init__(
        self, argv: Sequence[str], folder: Path, code: int, stderr: str, fix: str = ""
    ) -> None:
        self.argv, self.folder, self.code, self.stderr = tuple(argv), folder, code, stderr
        super().__init__(f"{' '.join(argv)} in {folder} ended with {code}\n{stderr.strip()}", fix)


class StateDamaged(OrchestratorError):
    """What lies where a state should is none: nothing may be planned against it."""

    exit_code = ExitCode.TERRAFORM_FAILED

    def __init__(self, where: str, size: int, fix: str = "") -> None:
        self.where, self.size = where, size
        super().__init__(f"{where} is not a Terraform state ({size} bytes)", fix)


class TerraformDenied(TerraformFailed):
    """A Terraform command to which AWS said no, or did not answer."""

    exit_code = ExitCode.AWS_DENIED
    denied = True


class PlanChanged(OrchestratorError):
    """The plan, or the state it was made for, is not the one that was reviewed any more."""

    exit_code = ExitCode.GATE_REFUSED


class TooFar(OrchestratorError):
    """A run would reach further than the blast radius allows. Nothing has been started."""

    exit_code = ExitCode.GATE_REFUSED

    def __init__(self, limits: Sequence[str]) -> None:
        self.limits = tuple(limits)
        what = "\n".join(f"  {limit}" for limit in limits)
        fix = "select fewer accounts, or say why this run may: --reason TEXT"
        super().__init__(f"this run is larger than it may be:\n{what}", fix)


class NotResumable(OrchestratorError):
    """What a run was asked is not what would be done now. Nothing has been started."""

    exit_code = ExitCode.GATE_REFUSED

    def __init__(self, run: str, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        what = "\n".join(f"  {reason}" for reason in reasons)
        super().__init__(
            f"run {run} cannot be resumed:\n{what}",
            f"begin a new run for what is left: orchestrator apply 'failed:{run}'",
        )


class NotApproved(OrchestratorError):
    """Stored plans that may be applied only with an approval, and have none that holds."""

    exit_code = ExitCode.GATE_REFUSED

    def __init__(self, run: str, why: str) -> None:
        super().__init__(
            f"the plans of run {run} are not approved: {why}",
            f"let one of organization.approval run: orchestrator approve {run}, --key or --kms",
        )


class ScanFailed(OrchestratorError):
    """checkov did not say what it found, so nothing it should have looked at may pass."""

    exit_code = ExitCode.TERRAFORM_FAILED


class NotificationFailed(OrchestratorError):
    """What was found is known, but those who should hear of it could not be told."""

    exit_code = ExitCode.INCOMPLETE


class AwsDenied(OrchestratorError):
    """AWS refused a call, or could not be reached: neither "ok" nor "no drift"."""

    exit_code = ExitCode.AWS_DENIED

    def __init__(self, account: str, role: str, call: str, reason: str) -> None:
        self.account, self.role, self.call, self.reason = account, role, call, reason
        super().__init__(
            f"account {account}: {call} as '{role}': {reason}",
            "check that the role exists there and that its trust policy allows the caller",
        )


class AccountBusy(OrchestratorError):
    """Another run is changing the account. Nothing has been done there."""

    exit_code = ExitCode.INCOMPLETE

    def __init__(self, account: str, holder: str) -> None:
        super().__init__(
            f"account {account} is held by {holder}",
            "wait until that run has ended; what it leaves is taken up by the next run",
        )


class LeaseLost(OrchestratorError):
    """Another run may be in the account by now. Terraform was interrupted in order."""

    exit_code = ExitCode.LEASE_LOST

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}: the lease was lost",
            "see who holds the account, and apply again when that run has ended: the next plan "
            "says what is left to do",
        )


class Interrupted(OrchestratorError):
    """The user or the machine asked to stop; what had begun was brought to an end."""

    exit_code = ExitCode.INTERRUPTED

"""What botocore raises, as the one error the rest of the program knows."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
)

from orchestrator.adapters.aws.missing_credentials import NETWORK, Source, remedy, why
from orchestrator.adapters.capacity import CODES
from orchestrator.errors import AwsDenied
from orchestrator.model.transient import Transient


class Refused(AwsDenied):
    """AWS's refusal with its error code, for those who know what a certain code means."""

    def __init__(self, account: str, role: str, call: str, reason: str, code: str) -> None:
        super().__init__(account, role, call, reason)
        self.code = code


def without_credentials(account: str, role: str, error: Exception, of: Source) -> Refused:
    """Nobody was asked for anything yet: the caller's own credentials did not come."""
    reason, fix = why(error, of)
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    refusal = Refused(account, role, "credentials", reason, code or type(error).__name__)
    refusal.fix = fix
    if isinstance(error, ConnectionError | HTTPClientError):
        refusal.transient = Transient.NETWORK
    return refusal


def closed(refusal: Refused, standing: str) -> Refused:
    """A role that could not be entered because its account is not open any more."""
    why = f"AWS Organizations calls the account {standing} ({refusal.reason})"
    told = Refused(refusal.account, refusal.role, refusal.call, why, refusal.code)
    told.fix = f"offboard it: orchestrator offboard {refusal.account}"
    return told


def refused(
    account: str, role: str, call: str, error: ClientError | BotoCoreError, of: Source | None = None
) -> Refused:
    """Name who asked for what, and why it was not given. `of` is where the keys came from."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        code, message = str(details.get("Code", "")), str(details.get("Message", ""))
        refusal = Refused(account, role, call, f"{code}: {message}", code)
        refusal.fix = (remedy(code, message, of) if of else "") or refusal.fix
        refusal.transient = Transient.THROTTLING if code in CODES else None
        return refusal
    refusal = Refused(account, role, call, str(error), type(error).__name__)
    if isinstance(error, ConnectionError | HTTPClientError):
        refusal.transient = Transient.NETWORK
    if "Credential" not in refusal.code:
        refusal.fix = NETWORK
    return refusal

"""What botocore raises, as the one error the rest of the program knows."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from orchestrator.adapters.throttling import CODES
from orchestrator.errors import AwsDenied
from orchestrator.model.transient import Transient

NO_CREDENTIALS = (
    "set AWS_PROFILE, or log in the way your organization does, and try again; if the sandbox is "
    "meant, say --sandbox before the command"
)
NOT_SIGNED_IN = (NoCredentialsError, ProfileNotFound, SSOError, TokenRetrievalError)


class Refused(AwsDenied):
    """AWS's refusal with its error code, for those who know what a certain code means."""

    def __init__(self, account: str, role: str, call: str, reason: str, code: str) -> None:
        super().__init__(account, role, call, reason)
        self.code = code


def refused(account: str, role: str, call: str, error: ClientError | BotoCoreError) -> Refused:
    """Name who asked for what, and why it was not given."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        code = details.get("Code", "")
        refusal = Refused(account, role, call, f"{code}: {details.get('Message', '')}", code)
        refusal.transient = Transient.THROTTLING if code in CODES else None
        return refusal
    refusal = Refused(account, role, call, str(error), type(error).__name__)
    if isinstance(error, ConnectionError | HTTPClientError):
        refusal.transient = Transient.NETWORK
    if isinstance(error, NOT_SIGNED_IN):
        refusal.fix = NO_CREDENTIALS
    elif "Credential" not in refusal.code:
        refusal.fix = "check the network, proxy and endpoint settings, and try again"
    return refusal

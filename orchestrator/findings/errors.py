"""What an error of AWS means: retry, denied, or failed. It never means success."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
)

from orchestrator.findings.event_reader import clean

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedOperation",
        "Client.UnauthorizedOperation",
    }
)
AGAIN = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
SERVER_ERROR = 500

AwsError = (ClientError, BotoCoreError)
"""Everything a call to AWS raises."""


class Retry(Exception):
    """The outcome is not known yet: the message goes back to the queue."""


def denied(error: Exception) -> bool:
    return isinstance(error, ClientError) and code(error) in DENIED


def passing(error: Exception) -> bool:
    """Whether the same call may well succeed a little later."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code(error) in AGAIN or status >= SERVER_ERROR
    return isinstance(error, ConnectionError | HTTPClientError)


def code(error: Exception) -> str:
    """'AccessDenied', or the kind of the error where AWS has not answered."""
    if isinstance(error, ClientError):
        return clean(error.response.get("Error", {}).get("Code", ""), 64) or "Unknown"
    return type(error).__name__


def said(error: Exception) -> str:
    """The error in a sentence, without what AWS encodes for itself."""
    if isinstance(error, ClientError):
        message = error.response.get("Error", {}).get("Message", "")
        message = message.partition("Encoded authorization failure")[0]
        return f"{error.operation_name}: {code(error)}: {clean(message, 300)}".rstrip(" :")
    return f"{type(error).__name__}: {clean(str(error), 300)}"


def client_error_code(error: ClientError) -> str:
    """'AccessDenied', 'NoSuchBucket' …"""
    return str(error.response.get("Error", {}).get("Code", ""))


def unless(codes: tuple[str, ...], call: Callable[..., Any], **arguments: Any) -> Any:
    """The answer of a call, None when it fails with one of these codes; other errors rise."""
    try:
        return call(**arguments)
    except ClientError as error:
        if client_error_code(error) in codes:
            return None
        raise

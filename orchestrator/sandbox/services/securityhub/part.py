"""What every part of a Security Hub has: AWS's errors and limits, one lock, and the time."""

from __future__ import annotations

import datetime
import json
import threading
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import AwsError, Json

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


class InvalidInputException(AwsError):
    code = "InvalidInputException"


class InvalidAccessException(AwsError):
    code = "InvalidAccessException"


class AccessDeniedException(AwsError):
    code = "AccessDeniedException"


class ResourceNotFoundException(AwsError):
    code = "ResourceNotFoundException"


class ResourceConflictException(AwsError):
    code = "ResourceConflictException"


class LimitExceededException(AwsError):
    code = "LimitExceededException"


def not_subscribed(account_id: str) -> InvalidAccessException:
    """The words Terraform's provider looks for when it decides that a resource is gone."""
    return InvalidAccessException(f"Account {account_id} is not subscribed to AWS Security Hub")


LONGEST = {"Title": 256, "Description": 1024, "GeneratorId": 512, "Id": 512, "SourceUrl": 2048}
MOST_PRODUCT_FIELDS = 50
BYTES = 240 * 1024
NAMESPACES = (
    "Software and Configuration Checks",
    "TTPs",
    "Effects",
    "Unusual Behaviors",
    "Sensitive Data Identifications",
)


def exceeded(finding: Json) -> str:
    """Which limit one finding of BatchImportFindings breaks; '' when none."""
    for name, most in LONGEST.items():
        if len(str(finding.get(name) or "")) > most:
            return f"{name} is longer than {most} characters"
    if len(finding.get("ProductFields") or {}) > MOST_PRODUCT_FIELDS:
        return f"ProductFields holds more than {MOST_PRODUCT_FIELDS} pairs"
    provider = finding.get("FindingProviderFields") or {}
    for kind in [*(finding.get("Types") or []), *(provider.get("Types") or [])]:
        if str(kind).partition("/")[0] not in NAMESPACES:
            return f"Types: '{kind}' has no known namespace"
    if len(json.dumps(finding, default=str).encode()) > BYTES:
        return "The finding is larger than 240 KB"
    return ""


# The server answers requests in threads; held where a limit or a name is checked and then taken.
LOCK = threading.RLock()


class Part:
    def __init__(self, backend: SecurityHubBackend) -> None:
        self.backend = backend


def now() -> str:
    """The time as AWS Security Hub writes it in findings: UTC, milliseconds, `Z`."""
    moment = datetime.datetime.now(datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

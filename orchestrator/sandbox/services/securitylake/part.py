"""What every part of a Security Lake has: AWS's errors, and who may ask for what."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.sandbox.extend import AwsError, Json, operation
from orchestrator.sandbox.organization import organization_of

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securitylake import SecurityLakeBackend


class AccessDeniedException(AwsError):
    code = "AccessDeniedException"


class BadRequestException(AwsError):
    code = "BadRequestException"


class ConflictException(AwsError):
    code = "ConflictException"


class ResourceNotFoundException(AwsError):
    code = "ResourceNotFoundException"


PRINCIPAL = "securitylake.amazonaws.com"
SECONDS = 0.05
"""What a change takes here, so that two at once can meet."""

Change = Callable[[Any, Json], Json | None]


@dataclass
class Declared:
    """Of an account, whichever region is asked: lakes by region, the others by name or id."""

    lakes: dict[str, Json] = field(default_factory=dict)
    collected: set[tuple[str, str, str, str]] = field(default_factory=set)
    custom: dict[str, Json] = field(default_factory=dict)
    subscribers: dict[str, Json] = field(default_factory=dict)
    auto_enable: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    changing: threading.Lock = field(default_factory=threading.Lock)


class Part:
    def __init__(self, backend: SecurityLakeBackend) -> None:
        self.backend = backend

    @property
    def declared(self) -> Declared:
        return self.backend.declared

    def lake(self, region: str) -> Json:
        if region not in self.declared.lakes:
            raise ResourceNotFoundException(f"Security Lake is not enabled in {region}")
        return self.declared.lakes[region]

    def accounts(self) -> tuple[str, ...]:
        """Those that are collected from where none is named: all of the organization."""
        organization = organization_of(self.backend.account_id)
        return tuple(organization.emails) if organization else (self.backend.account_id,)


def change(function: Change) -> Change:
    """An operation of the administrator that changes something: one at a time, others are refused.

    Source: hashicorp/terraform-provider-aws#42973, which says how the service answers.
    """

    @functools.wraps(function)
    def changing(self: Part, params: Json) -> Json | None:
        _check_administrator(self.backend.account_id)
        if not self.declared.changing.acquire(blocking=False):
            raise ConflictException("Another change of Security Lake is going on")
        try:
            time.sleep(SECONDS)
            return function(self, params)
        finally:
            self.declared.changing.release()

    return operation(changing)


def _check_administrator(account_id: str) -> None:
    """In an organization, its administrators declare lakes, and nobody else."""
    organization = organization_of(account_id)
    if organization and not organization.is_administrator(account_id, PRINCIPAL):
        raise AccessDeniedException(
            f"The account {account_id} is not the delegated administrator of Security Lake"
        )

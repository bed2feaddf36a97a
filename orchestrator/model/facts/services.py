"""AWS's own services, as they are run for the whole organization."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from orchestrator.model.settings import Frozen


class Mode(StrEnum):
    """Who configures Security Hub: its central configuration, or every account's own stack."""

    CENTRAL = "central"
    LOCAL = "local"


class SecurityHubFacts(Frozen):
    """How Security Hub is run for the whole organization."""

    mode: Mode = Field(
        Mode.CENTRAL, description="Configured by the security account, or by each account's stack."
    )


class GuardDuty(Frozen):
    """GuardDuty for the organization."""

    enabled: bool = True
    features: dict[str, bool] = Field(
        {"S3_DATA_EVENTS": True},
        description=(
            "What it watches besides, for a price, in the administrator's account and all members. "
            "The management account's detector begins with all but runtime monitoring, as AWS "
            "makes it, until its administrator turns that off."
        ),
    )


class AccessAnalyzer(Frozen):
    """IAM Access Analyzer for the organization."""

    enabled: bool = True


class LogArchive(Frozen):
    """The buckets of the log archive account; ages in days."""

    bucket_prefix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")]
    glacier_after: int = Field(90, ge=1, description="Days until logs move to Glacier.")
    expire_after: int = Field(2557, ge=1, description="Days until logs are deleted.")
    object_lock_days: int = Field(0, ge=0, description="0 means no object lock.")

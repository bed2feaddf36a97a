"""The regions and the contact of an account, kept in moto's backend of the account."""

from __future__ import annotations

from typing import Any

from moto.account.models import account_backends
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from orchestrator.sandbox.delays import DELAYS

DEFAULT_REGIONS = (
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
    *("ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1"),
    *("eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
)
"""Those every account has. Source: AWS Account Management Reference Guide, "AWS Regions"."""
OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-isoe-", "us-isob-", "us-isof-")
REGIONS = tuple(
    sorted(
        region.name
        for region in RegionsAndZonesBackend.regions
        if not region.name.startswith(OTHER_PARTITIONS)
    )
)
OPT_IN = frozenset(REGIONS) - frozenset(DEFAULT_REGIONS)
OPENED_WITH = {
    "FullName": "Example Organization",
    "AddressLine1": "1 Example Street",
    "City": "Tokyo",
    "PostalCode": "100-0001",
    "CountryCode": "JP",
    "PhoneNumber": "+81300000000",
}
OPEN = frozenset({"ENABLED", "ENABLED_BY_DEFAULT"})


def region_status(account_id: str, region: str) -> str:
    """A RegionOptStatus. What is not a region of the partition is nobody's to enable."""
    if region not in OPT_IN:
        return "ENABLED_BY_DEFAULT"
    return _opted(account_id).get(region, "DISABLED")


def is_enabled(account_id: str, region: str) -> bool:
    """Whether the account's keys are known in the region."""
    return region_status(account_id, region) in OPEN


def change(account_id: str, region: str, through: str, end: str) -> None:
    """It takes minutes to hours. Source: as of the package."""
    opted = _opted(account_id)
    opted[region] = through

    def done() -> None:
        opted[region] = end

    DELAYS.later("region", done)


def contact(account_id: str) -> dict[str, str]:
    """The primary contact; every account has had one since it was opened.

    Source: as of the package.
    """
    backend: Any = account_backends[account_id]["aws"]
    kept: dict[str, str] = backend.__dict__.setdefault("contact", dict(OPENED_WITH))
    return kept


def _opted(account_id: str) -> dict[str, str]:
    backend: Any = account_backends[account_id]["aws"]
    opted: dict[str, str] = backend.__dict__.setdefault("opted", {})
    return opted

"""AWS Account Management: which regions an account has, and whom AWS writes to.

Regions since 2019 want to be enabled first. Every call for another account, also of alternate
contacts, is the management account's or a delegated administrator's, and for an active member.
All is kept in moto's backend of the account.
Source: AWS Account Management Reference Guide, "Enable or disable AWS Regions in your account" and
"Update the primary contact for your AWS account".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.account import urls
from moto.account.models import account_backends
from moto.account.responses import AccountResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import AwsError, ConflictException, ValidationException
from orchestrator.sandbox.organization import organization_of

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


SERVICE = "account.amazonaws.com"


class AccessDeniedException(AwsError):
    code = "AccessDeniedException"


def list_regions(self: Any) -> Any:
    account_id = account_of(self)
    wanted = self._get_param("RegionOptStatusContains") or ()
    every = {name: region_status(account_id, name) for name in REGIONS}
    found = [
        {"RegionName": name, "RegionOptStatus": status}
        for name, status in every.items()
        if not wanted or status in wanted
    ]
    return ActionResult({"Regions": found})


def get_region_opt_status(self: Any) -> Any:
    name, account_id = _region(self), account_of(self)
    return ActionResult({"RegionName": name, "RegionOptStatus": region_status(account_id, name)})


def enable_region(self: Any) -> Any:
    _changed(self, "DISABLED", "ENABLING", "ENABLED")
    return EmptyResult()


def disable_region(self: Any) -> Any:
    _changed(self, "ENABLED", "DISABLING", "DISABLED")
    return EmptyResult()


def get_contact_information(self: Any) -> Any:
    return ActionResult({"ContactInformation": contact(account_of(self))})


def put_contact_information(self: Any) -> Any:
    """The whole of it, each time."""
    kept, told = contact(account_of(self)), self._get_param("ContactInformation")
    kept.clear()
    kept.update(told)
    return EmptyResult()


def _changed(self: Any, before: str, through: str, end: str) -> None:
    """Asked again for what is so already, AWS takes it; not while it is being changed."""
    name, account_id = _region(self), account_of(self)
    if name not in OPT_IN:
        raise ValidationException(f"{name} is enabled by default and cannot be changed.")
    now = region_status(account_id, name)
    if now.endswith("ING"):
        raise ConflictException(f"{name} is {now} already.")
    if now == before:
        change(account_id, name, through, end)


def _region(self: Any) -> str:
    name = str(self._get_param("RegionName") or "")
    if name not in REGIONS:
        raise ValidationException(f"{name} is not a Region.")
    return name


def account_of(self: Any) -> str:
    """The management account and a delegated administrator ask for members, with trusted access.

    A suspended account is asked for in vain.
    """
    own, named = str(self.current_account), str(self._get_param("AccountId") or "")
    if not named:
        return own
    organization = organization_of(own)
    if organization and named == organization.management:
        raise ValidationException("The management account asks for itself without AccountId.")
    if not organization or not (
        named in organization.emails
        and SERVICE in organization.trusted
        and organization.is_administrator(own, SERVICE)
    ):
        raise AccessDeniedException(f"{own} may not ask for {named}.")
    return named


ACTIONS: Mapping[str, Callable[[Any], Any]] = {
    "disable_region": disable_region,
    "enable_region": enable_region,
    "get_contact_information": get_contact_information,
    "get_region_opt_status": get_region_opt_status,
    "list_regions": list_regions,
    "put_contact_information": put_contact_information,
}


__all__ = ["install", "is_enabled", "region_status"]


def install() -> None:
    AccountResponse._get_account_id = account_of
    for name, action in ACTIONS.items():
        setattr(AccountResponse, name, action)
        words = name.split("_")
        path = words[0] + "".join(word.capitalize() for word in words[1:])
        urls.url_paths[f"{{0}}/{path}$"] = AccountResponse.dispatch

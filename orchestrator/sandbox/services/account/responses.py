"""What is asked about the regions of an account, by itself or by its organization.

Source: AWS Account Management API Reference, ListRegions, GetRegionOptStatus, EnableRegion and
DisableRegion, with `AccountId` and their errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.organizations.models import organizations_backends

from orchestrator.sandbox.extend import AwsError
from orchestrator.sandbox.services.account.models import OPT_IN, REGIONS, change, region_status

SERVICE = "account.amazonaws.com"


class AccessDeniedException(AwsError):
    code = "AccessDeniedException"


class ConflictException(AwsError):
    code = "ConflictException"


class ValidationException(AwsError):
    code = "ValidationException"


def list_regions(self: Any) -> Any:
    account_id = _account(self)
    wanted = self._get_param("RegionOptStatusContains") or ()
    every = {name: region_status(account_id, name) for name in REGIONS}
    found = [
        {"RegionName": name, "RegionOptStatus": status}
        for name, status in every.items()
        if not wanted or status in wanted
    ]
    return ActionResult({"Regions": found})


def get_region_opt_status(self: Any) -> Any:
    name, account_id = _region(self), _account(self)
    return ActionResult({"RegionName": name, "RegionOptStatus": region_status(account_id, name)})


def enable_region(self: Any) -> Any:
    _changed(self, "DISABLED", "ENABLING", "ENABLED")
    return EmptyResult()


def disable_region(self: Any) -> Any:
    _changed(self, "ENABLED", "DISABLING", "DISABLED")
    return EmptyResult()


def _changed(self: Any, before: str, through: str, end: str) -> None:
    """Asked again for what is so already, AWS takes it; not while it is being changed."""
    name, account_id = _region(self), _account(self)
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
        raise ValidationException(f"{name} is no Region.")
    return name


def _account(self: Any) -> str:
    """The management account and a delegated administrator ask for members, with trusted access."""
    own, named = str(self.current_account), str(self._get_param("AccountId") or "")
    if not named:
        return own
    management, partition = organizations_backends.master_accounts.get(own, (own, "aws"))
    organization = organizations_backends[management][partition]
    if named == management:
        raise ValidationException("The management account asks for itself without AccountId.")
    members = {each.id for each in organization.accounts}
    if named not in members or not _trusted(organization, own, management):
        raise AccessDeniedException(f"{own} may not ask for the regions of {named}.")
    return named


def _trusted(organization: Any, own: str, management: str) -> bool:
    if SERVICE not in {each["ServicePrincipal"] for each in organization.services}:
        return False
    admins = [each.account.id for each in organization.admins if SERVICE in each.services]
    return own == management or own in admins


ACTIONS: Mapping[str, Callable[[Any], Any]] = {
    "disable_region": disable_region,
    "enable_region": enable_region,
    "get_region_opt_status": get_region_opt_status,
    "list_regions": list_regions,
}

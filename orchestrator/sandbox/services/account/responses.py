"""What is asked about an account, its regions and its contact, by itself or by its organization.

Source: AWS Account Management API Reference, ListRegions, GetRegionOptStatus, EnableRegion,
DisableRegion, GetContactInformation and PutContactInformation, with `AccountId` and their errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from orchestrator.sandbox.extend import AwsError
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.services.account.models import (
    OPT_IN,
    REGIONS,
    change,
    contact,
    region_status,
)

SERVICE = "account.amazonaws.com"


class AccessDeniedException(AwsError):
    code = "AccessDeniedException"


class ConflictException(AwsError):
    code = "ConflictException"


class ValidationException(AwsError):
    code = "ValidationException"


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

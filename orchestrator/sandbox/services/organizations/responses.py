"""Answers of Organizations: lists in pages of at most 20, and accounts that take a while.

Who forgets to page must fail here already. An account that is asked for is IN_PROGRESS before it is
there, or has FAILED.
Source: AWS Organizations API Reference, CreateAccountStatus: State, FailureReason; there is no
AccountId before it has succeeded.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from moto.organizations import utils

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json, page
from orchestrator.sandbox.services.organizations.models import ConstraintViolation, InvalidInput

ANY_OTHER = "INTERNAL_FAILURE"


def request_account(original: Callable[[Any], str], self: Any, moved: Callable[[str], None]) -> str:
    """A new account, once it is there, is what services make of accounts below the root."""
    backend = self.organizations_backend
    request: Json = {
        "Id": utils.make_random_create_account_status_id(),
        "AccountName": self.request_params["AccountName"],
        "State": "IN_PROGRESS",
        "RequestedTimestamp": time.time(),
    }
    _requests(backend)[request["Id"]] = request

    def end() -> None:
        reason = DELAYS.failed("account", request["AccountName"])
        request["CompletedTimestamp"] = time.time()
        if reason:
            request["State"] = "FAILED"
            request["FailureReason"] = reason if reason.isupper() else ANY_OTHER
            return
        made = json.loads(original(self))["CreateAccountStatus"]["AccountId"]
        backend.get_account_by_id(made).create_account_status_id = request["Id"]
        request.update(State="SUCCEEDED", AccountId=made)
        moved(made)

    DELAYS.later("account", end)
    return json.dumps({"CreateAccountStatus": request})


def describe_create_account_status(original: Callable[[Any], str], self: Any) -> str:
    wanted = self.request_params["CreateAccountRequestId"]
    found = _requests(self.organizations_backend).get(wanted)
    return json.dumps({"CreateAccountStatus": found}) if found else original(self)


def list_create_account_status(original: Callable[[Any], str], self: Any) -> str:
    """moto knows those that have come to an account."""
    answer = json.loads(original(self))
    states = self.request_params.get("States") or ("IN_PROGRESS", "FAILED")
    requests = _requests(self.organizations_backend).values()
    others = [r for r in requests if r["State"] in states and r["State"] != "SUCCEEDED"]
    answer["CreateAccountStatuses"] = [*others, *answer["CreateAccountStatuses"]]
    return json.dumps(answer)


def _requests(backend: Any) -> dict[str, Json]:
    found: dict[str, Json] = backend.__dict__.setdefault("requests", {})
    return found


PAGE = 20
Rows = Callable[[Any, Json], list[Any]]


def _unpaged(name: str, *parameters: tuple[str, str]) -> Rows:
    """All rows of a method of moto's that pages by itself, with its own token."""

    def rows(backend: Any, params: Json) -> list[Any]:
        method = getattr(type(backend), name).__wrapped__
        given = {ours: params.get(theirs) for ours, theirs in parameters}
        found = method(backend, **given)
        return [row if isinstance(row, dict) else _described(row) for row in found]

    return rows


def _described(row: Any) -> Any:
    described = row.describe()
    return described.get("OrganizationalUnit", described)


def _whole(name: str, key: str) -> Rows:
    """All rows of a method of moto's that does not page."""

    def rows(backend: Any, params: Json) -> list[Any]:
        given = {k: v for k, v in params.items() if k not in ("MaxResults", "NextToken")}
        return list(getattr(backend, name)(**given)[key])

    return rows


def _accounts(backend: Any, _: Json) -> list[Any]:
    return [account.describe() for account in backend.accounts]


LISTS: dict[str, tuple[str, Rows]] = {
    "list_accounts": ("Accounts", _accounts),
    "list_accounts_for_parent": (
        "Accounts",
        _unpaged("list_accounts_for_parent", ("parent_id", "ParentId")),
    ),
    "list_organizational_units_for_parent": (
        "OrganizationalUnits",
        _unpaged("list_organizational_units_for_parent", ("parent_id", "ParentId")),
    ),
    "list_policies": ("Policies", _unpaged("list_policies", ("policy_type", "Filter"))),
    "list_policies_for_target": (
        "Policies",
        _unpaged("list_policies_for_target", ("target_id", "TargetId"), ("policy_type", "Filter")),
    ),
    "list_children": ("Children", _whole("list_children", "Children")),
    "list_parents": ("Parents", _whole("list_parents", "Parents")),
    "list_roots": ("Roots", _whole("list_roots", "Roots")),
    "list_targets_for_policy": ("Targets", _whole("list_targets_for_policy", "Targets")),
    "list_delegated_administrators": (
        "DelegatedAdministrators",
        _whole("list_delegated_administrators", "DelegatedAdministrators"),
    ),
    "list_delegated_services_for_account": (
        "DelegatedServices",
        _whole("list_delegated_services_for_account", "DelegatedServices"),
    ),
    "list_aws_service_access_for_organization": (
        "EnabledServicePrincipals",
        _whole("list_aws_service_access_for_organization", "EnabledServicePrincipals"),
    ),
}


def listing(key: str, rows: Rows) -> Callable[[Any], str]:
    """An action that answers with one page of rows."""

    def action(self: Any) -> str:
        params: Json = self.request_params
        size = int(params.get("MaxResults") or PAGE)
        if not 1 <= size <= PAGE:
            raise InvalidInput(f"MaxResults is {size}; a page holds 1 to {PAGE}")
        if not str(params.get("NextToken") or "0").isdigit():
            raise InvalidInput("You specified an invalid NextToken.")
        return json.dumps(page(rows(self.organizations_backend, params), params, key, limit=PAGE))

    return action


def register_delegated_administrator(original: Callable[..., Any], self: Any) -> Any:
    """Only for a service that the organization trusts.

    Source: Organizations API Reference, RegisterDelegatedAdministrator, reason
    SERVICE_ACCESS_NOT_ENABLED.
    """
    service = self.request_params.get("ServicePrincipal")
    trusted = {row["ServicePrincipal"] for row in self.organizations_backend.services}
    if service not in trusted:
        raise ConstraintViolation(
            "You cannot register a delegated administrator before you enable service access."
        )
    return original(self)


def move_account(original: Callable[..., Any], self: Any) -> Any:
    """What services configure by OU goes with the OU."""
    answer = original(self)
    _moved(self.request_params["AccountId"])
    return answer


def create_account(original: Callable[..., Any], self: Any) -> Any:
    return request_account(original, self, _moved)


def _moved(account_id: str) -> None:
    from orchestrator.sandbox import services  # noqa: PLC0415  the package above imports others

    services.on_account_moved(account_id)

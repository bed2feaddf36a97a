"""Policies for all log groups of an account and region; here, subscriptions to a destination.

Source: CloudWatch Logs API Reference, PutAccountPolicy; user guide, "Account-level subscription
filters".
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import logs_backends

from orchestrator.sandbox.extend import AwsError, Json
from orchestrator.sandbox.organization import organization_of

SUBSCRIPTION = "SUBSCRIPTION_FILTER_POLICY"


class LimitExceededException(AwsError):
    code = "LimitExceededException"


def put_account_policy(self: Any) -> str:
    """One subscription policy an account and region, and only to who accepts it."""
    backend, name = self.logs_backend, self._get_param("policyName")
    kind = self._get_param("policyType")
    document = json.loads(self._get_param("policyDocument"))
    known = _policies(backend)
    if kind == SUBSCRIPTION:
        if any(other["policyName"] != name for other in known.values() if _is(other, kind)):
            raise LimitExceededException("Resource limit exceeded.")
        _accepted(document, backend.account_id)
    known[kind, name] = {
        "accountId": backend.account_id,
        "lastUpdatedTime": int(time.time() * 1000),
        "policyDocument": self._get_param("policyDocument"),
        "policyName": name,
        "policyType": kind,
        "scope": self._get_param("scope") or "ALL",
        "selectionCriteria": self._get_param("selectionCriteria") or "",
    }
    return json.dumps({"accountPolicy": known[kind, name]})


def describe_account_policies(self: Any) -> str:
    kind, name = self._get_param("policyType"), self._get_param("policyName")
    found = [
        policy
        for policy in _policies(self.logs_backend).values()
        if _is(policy, kind) and name in (None, policy["policyName"])
    ]
    return json.dumps({"accountPolicies": found})


def delete_account_policy(self: Any) -> str:
    key = self._get_param("policyType"), self._get_param("policyName")
    if _policies(self.logs_backend).pop(key, None) is None:
        raise ResourceNotFoundException(msg="The specified account policy does not exist.")
    return ""


def described(original: Callable[..., Any], self: Any, prefix: str | None, *more: Any) -> Any:
    """moto answers with all destinations, whatever is asked for."""
    found, token = original(self, prefix, *more)
    return [each for each in found if each["destinationName"].startswith(prefix or "")], token


def _policies(backend: Any) -> dict[tuple[str, str], Json]:
    known: dict[tuple[str, str], Json] = backend.__dict__.setdefault("account_policies", {})
    return known


def _is(policy: Json, kind: str) -> bool:
    return bool(policy["policyType"] == kind)


def _accepted(document: Json, account_id: str) -> None:
    """Source for the role: aws-cli, issue 9474, and CloudWatch Logs User Guide, "Cross-account
    cross-Region account-level subscriptions", step 3; the API Reference says otherwise.
    """
    arn = document["DestinationArn"]
    parts = arn.split(":")
    if len(parts) < 7 or parts[5] != "destination":
        return
    owner, region = parts[4], parts[3]
    found = next(
        (d for d in logs_backends[owner][region].destinations.values() if d.arn == arn), None
    )
    if found is None:
        raise InvalidParameterException(msg=f"The destination {arn} does not exist.")
    if owner != account_id and not _lets_in(found.access_policy, account_id):
        raise AwsError(
            "AccessDeniedException",
            f"User with accountId: {account_id} is not authorized to perform: "
            f"logs:PutSubscriptionFilter on resource: {arn}",
        )
    if "aws:PrincipalOrgID" in (found.access_policy or "") and not document.get("RoleArn"):
        raise InvalidParameterException(
            msg="Role ARN is required when creating subscription filter against destination with "
            "Organization access policy"
        )


def _lets_in(policy: str | None, account_id: str) -> bool:
    """By account, or by organization. A condition of any other kind is taken as not met."""
    organization = organization_of(account_id)
    mine = {"aws:PrincipalOrgID": organization.id if organization else ""}
    for statement in json.loads(policy or "{}").get("Statement", []):
        actions = _listed(statement["Action"])
        wanted = statement.get("Condition", {})
        if (
            statement["Effect"] == "Allow"
            and "logs:PutSubscriptionFilter" in actions
            and _names(statement["Principal"], account_id)
            and all(operator == "StringEquals" for operator in wanted)
            and all(
                mine.get(key) in _listed(values)
                for key, values in wanted.get("StringEquals", {}).items()
            )
        ):
            return True
    return False


def _names(principal: Any, account_id: str) -> bool:
    named = _listed(principal.get("AWS", []) if isinstance(principal, dict) else principal)
    return any(one in ("*", account_id) or f":{account_id}:" in one for one in named)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value

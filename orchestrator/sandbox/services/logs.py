"""CloudWatch Logs: the account's own policies, which moto lacks, and destinations by prefix.

A policy is for all log groups of an account and region; here, subscriptions to a destination. What
is logged goes to those who subscribed, by filters of a group and by the account's policy.
Source: CloudWatch Logs API Reference, PutAccountPolicy; CloudWatch Logs User Guide, "Log
group-level subscription filters", "Account-level subscription filters" and "Cross-account
cross-Region subscriptions".
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from moto.backends import get_backend
from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogsBackend, LogStream, logs_backends
from moto.logs.responses import LogsResponse

from orchestrator.sandbox import extend, handover
from orchestrator.sandbox.extend import AwsError, Json
from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.resource_policies import existing
from orchestrator.sandbox.service_access import on_behalf, role_refusal
from orchestrator.sandbox.services.cloudwatch import count

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


SERVICE = "logs.amazonaws.com"


def put_log_events(original: Callable[..., str], self: Any, log_events: list[Json]) -> str:
    """What `LogStream.put_log_events` does; then the account's own subscription gets them, too."""
    answer = original(self, log_events)
    backend = existing("logs", self.account_id, self.region)
    for policy in list(vars(backend).get("account_policies", {}).values()) if backend else ():
        document = json.loads(policy["policyDocument"])
        excluded = f'"{self.log_group.name}"' in str(policy.get("selectionCriteria", ""))
        if policy["policyType"] == "SUBSCRIPTION_FILTER_POLICY" and not excluded:
            _forward(self, document, log_events)
    return answer


def _forward(stream: Any, document: Json, log_events: list[Json]) -> None:
    """To a stream of Data Firehose, as the destination's role. Others are only asked."""
    arn, group = str(document["DestinationArn"]), stream.log_group
    problem = destination_refusal(group, arn, str(document.get("RoleArn") or ""))
    if problem:
        _dropped(stream, arn, "account policy", problem)
        return
    target = _target(arn)
    _, _, service, region, account_id, _ = target.split(":", 5)
    if service == "firehose":
        streams = get_backend("firehose")[account_id][region]
        events = [{"id": str(uuid.uuid4()), **event} for event in log_events]
        streams.send_log_event(target, "account", group.name, stream.log_stream_name, events)


def destination_refusal(group: Any, arn: str, role: str) -> str:
    """Why a log group cannot hand its events to a destination; '' when it can."""
    source = f"arn:aws:logs:{group.region}:{group.account_id}:log-group:{group.name}"
    said = on_behalf(SERVICE, source, group.account_id)
    keys = {name: value for name, value in said.items() if name != "aws:sourceorgid"}
    if role:
        problem = role_refusal(role, SERVICE, "logs:PutLogEvents", f"{source}:log-stream:any", keys)
        if problem:
            return problem
    target = _target(arn)
    if not target:
        return f"there is no {arn}"
    return refused(SERVICE, target, keys, role=_destination(arn).role_arn)


def _destination(arn: str) -> Any:
    _, _, _, region, account_id, name = arn.split(":", 5)
    backend = existing("logs", account_id, region)
    return backend.destinations.get(name.partition(":")[2]) if backend else None


def _target(arn: str) -> str:
    found = _destination(arn)
    return str(found.target_arn) if found else ""


def send_log_events(
    original: Callable[..., None],
    self: Any,
    service: str,
    destination_arn: str,
    filter_name: str,
    log_events: list[Json],
) -> None:
    """What `LogStream._send_log_events` does for a filter, where whoever gets them lets Logs in."""
    group = self.log_group
    source = f"arn:aws:logs:{group.region}:{group.account_id}:log-group:{group.name}:*"
    role = str(group.subscription_filters[filter_name].role_arn or "")
    keys = on_behalf(SERVICE, source, group.account_id)
    problem = refused(SERVICE, destination_arn, keys, role=role)
    if problem:
        _dropped(self, destination_arn, filter_name, problem)
        return
    original(self, service, destination_arn, filter_name, log_events)


def _dropped(stream: Any, arn: str, name: str, problem: str) -> None:
    group = stream.log_group
    named = {"LogGroupName": group.name, "FilterName": name}
    count(group.account_id, group.region, "AWS/Logs", "DeliveryErrors", named)
    source = f"arn:aws:logs:{group.region}:{group.account_id}:log-group:{group.name}"
    handover.note(handover.Drop("logs", source, arn, problem))


DESTINATION = ":destination:"


def put_subscription_filter(original: Callable[..., None], self: Any, *args: Any) -> None:
    """What `LogsBackend.put_subscription_filter` does.

    Source: Amazon CloudWatch Logs User Guide, "Cross-account log data sharing".
    """
    group_name, filter_name, pattern, destination_arn, role_arn = args
    group = self.groups.get(group_name)
    if group is None or DESTINATION not in destination_arn:
        original(self, *args)
    else:
        group.put_subscription_filter(filter_name, pattern, destination_arn, role_arn)


def install() -> None:
    LogsResponse.put_account_policy = put_account_policy
    LogsResponse.describe_account_policies = describe_account_policies
    LogsResponse.delete_account_policy = delete_account_policy
    extend.amend(LogsBackend, "describe_destinations", described)
    extend.amend(LogStream, "put_log_events", put_log_events)
    extend.amend(LogStream, "_send_log_events", send_log_events)
    extend.amend(LogsBackend, "put_subscription_filter", put_subscription_filter)

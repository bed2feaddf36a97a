"""From log groups to those who subscribed: by filters of a group, and by the account's policy.

Source: CloudWatch Logs User Guide, "Log group-level subscription filters", "Account-level
subscription filters" and "Cross-account cross-Region subscriptions".
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from moto.backends import get_backend

from orchestrator.sandbox import handover
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.resource_policies import existing
from orchestrator.sandbox.service_access import on_behalf, role_refusal
from orchestrator.sandbox.services.cloudwatch.metrics import count

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

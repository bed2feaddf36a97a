"""Calls as events on the default bus of the account they were made in, at once.

EventBridge is told of calls that change something, and only where a trail logs.
Source: EventBridge user guide, "AWS service events delivered via CloudTrail".
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from moto.events.models import events_backends

from orchestrator.sandbox.exchange import Answer, Exchange
from orchestrator.sandbox.trail import names
from orchestrator.sandbox.trail.buckets import logging_trails
from orchestrator.sandbox.trail.record import record

Json = dict[str, Any]


def announce(exchange: Exchange, answer: Answer, time: datetime) -> None:
    """Let the rules of the account's default bus see the call, if there are any."""
    call, principal = exchange.call, exchange.principal
    if principal is None or names.reads(call.operation):
        return
    region = "us-east-1" if call.service in names.GLOBAL else call.region
    rules = _rules(principal.account_id, region)
    made = record(exchange, answer, time) if rules else None
    if made is None or not any(trail.wants(made) for trail in logging_trails()):
        return
    event = _event(made)
    for rule in rules:
        rule.send_to_targets(event)


def _rules(account_id: str, region: str) -> list[Any]:
    """Without making a backend where there is none yet."""
    backend = dict.get(dict.get(events_backends, account_id, {}), region)
    bus = backend.event_buses.get("default") if backend else None
    return [rule for rule in list(bus.rules.values()) if rule.targets] if bus else []


def _event(detail: Json) -> Json:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{detail['eventSource'].partition('.')[0]}",
        "account": detail["recipientAccountId"],
        "time": detail["eventTime"],
        "region": detail["awsRegion"],
        "resources": [],
        "detail": detail,
    }

"""From an event to the targets of the rules it matches, as far as each rule may reach its target.

`detail.findings.Severity.Label` is the shape of every Security Hub rule, and `findings` is an
array: a pattern matches if one element has all that it asks of an element, each of its fields
with one of its values.
Queues, topics, functions and log groups of the rule's account are reached as EventBridge itself,
by their own policies; everything else, and whatever is in another account, with the target's role.
Source: EventBridge User Guide, "Matching arrays in event patterns", "Using resource-based policies
for Amazon EventBridge", "IAM roles for EventBridge", "Sending and receiving events between
accounts"; aws/event-ruler, "Ruler supports array consistency".
"""

from __future__ import annotations

import datetime
import logging
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from moto.events.models import UNDEFINED, events_backends
from moto.utilities.arns import parse_arn

from orchestrator.sandbox import handover
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.service_access import on_behalf, role_refusal
from orchestrator.sandbox.services.cloudwatch import count
from orchestrator.sandbox.services.events.targets import payload, target_of

SERVICE = "events.amazonaws.com"
BY_POLICY = frozenset({"lambda", "logs", "sns", "sqs"})


def unreachable(rule: Any, target: Json, event: Json) -> str:
    """Why the rule cannot reach the target; '' when it can, or nobody has to ask."""
    arn, role = str(target["Arn"]), str(target.get("RoleArn") or "")
    service, account_id = arn.split(":")[2], arn.split(":")[4]
    if service not in handover.ACTIONS or ":archive/" in arn or arn.endswith(":::"):
        return ""
    keys = on_behalf(SERVICE, rule.arn, rule.account_id)
    if not role and (service not in BY_POLICY or account_id != rule.account_id):
        return f"the target {arn} of {rule.arn} has no role"
    if service == "ecs":
        return _task(target, role, rule)
    about = {"events:source": [str(event.get("source", ""))]}
    about["events:detail-type"] = [str(event.get("detail-type", ""))]
    return handover.refused(SERVICE, arn, keys, role=role, about=about)


def _task(target: Json, role: str, rule: Any) -> str:
    """The task definition is what is run, and its roles are passed.

    Source: Amazon ECS Developer Guide, "Amazon ECS EventBridge IAM Role".
    """
    keys = on_behalf(SERVICE, rule.arn, rule.account_id)
    definition = str(target.get("EcsParameters", {}).get("TaskDefinitionArn", ""))
    problem = role_refusal(role, SERVICE, handover.ACTIONS["ecs"], definition, keys)
    passed = {"iam:passedtoservice": ["ecs-tasks.amazonaws.com"]}
    for other in () if problem else _roles(definition):
        problem = problem or role_refusal(role, SERVICE, "iam:PassRole", other, keys, passed)
    return problem


def _roles(definition: str) -> list[str]:
    """Those of the task and of its execution."""
    from moto.ecs.models import ecs_backends  # noqa: PLC0415  moto loads a service when it is used

    _, _, _, region, account_id, name = definition.split(":", 5)
    found = ecs_backends[account_id][region].describe_task_definition(name.partition("/")[2])
    return [role for role in (found.execution_role_arn, found.task_role_arn) if role]


def matches_event(_: Callable[..., bool], self: Any, event: Json) -> bool:
    """What `EventPattern.matches_event` answers."""
    pattern = self.get_pattern()
    return not pattern or _matches(self, event, pattern)


def _matches(self: Any, node: Any, pattern: Json) -> bool:
    if isinstance(node, list) and node:
        return any(_matches(self, element, pattern) for element in node)
    return all(_field(self, node, key, wanted) for key, wanted in pattern.items())


def _field(self: Any, node: Any, key: str, wanted: Any) -> bool:
    if key == "$or":
        return any(_matches(self, node, choice) for choice in wanted)
    found = node.get(key, UNDEFINED) if isinstance(node, dict) else UNDEFINED
    if isinstance(wanted, dict):
        return _matches(self, found, wanted)
    values = list(_values(found)) or [UNDEFINED]
    return any(self._does_item_match_filters(value, wanted) for value in values)


def _values(node: Any) -> Iterator[Any]:
    """Every leaf of a field; none if it is an empty list."""
    if isinstance(node, list):
        for item in node:
            yield from _values(item)
    else:
        yield node


log = logging.getLogger(__name__)

KEPT = 1000


def send_to_targets(
    _: Callable[..., None], self: Any, original_event: Json, transform_input: bool = True
) -> None:
    """What `Rule.send_to_targets` does. A replayed event is sent as it was archived.

    A rule that has a schedule alone hears of no event.
    """
    event = _clean(original_event)
    if self.scheduled_expression and not self.event_pattern.get_pattern():
        return
    if self.state != "ENABLED" or not self.event_pattern.matches_event(event):
        return
    for target in list(self.targets):
        body = payload(target if transform_input else {}, event)
        _deliver(self, target, body, event)


def deliveries(account_id: str, region: str) -> deque[tuple[str, str, str]]:
    """The last deliveries of an account's rules: rule, target, and '' or why it failed."""
    state = events_backends[account_id][region].__dict__
    kept: deque[tuple[str, str, str]] = state.setdefault("deliveries", deque(maxlen=KEPT))
    return kept


def tick() -> int:
    """Let every schedule come due once; how many there were."""
    accounts = list(dict.values(events_backends))
    backends = [backend for account in accounts for backend in list(dict.values(account))]
    buses = [bus for backend in backends for bus in list(backend.event_buses.values())]
    rules = [rule for bus in buses for rule in list(bus.rules.values())]
    due = [rule for rule in rules if rule.scheduled_expression and rule.state == "ENABLED"]
    for rule in due:
        event = _scheduled(rule)
        for target in list(rule.targets):
            _deliver(rule, target, payload(target, event), event)
    return len(due)


def _scheduled(rule: Any) -> Json:
    """Source: EventBridge user guide, "Creating a rule that runs on a schedule"."""
    moment = datetime.datetime.now(datetime.UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }


def _deliver(rule: Any, target: Json, body: str, event: Json) -> None:
    problem = _try(rule, target, body, event)
    deliveries(rule.account_id, rule.region_name).append((rule.arn, target["Arn"], problem))
    if problem:
        _failed(rule, target, body, event, problem)


def _failed(rule: Any, target: Json, body: str, event: Json, problem: str) -> None:
    """Set the event aside where the target has a dead-letter queue that takes it; else drop it.

    Source: EventBridge User Guide, "Using dead-letter queues to process undelivered events" and
    "Monitoring Amazon EventBridge".
    """
    _count(rule, "FailedInvocations")
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    unkept = _try(rule, {"Arn": queue}, body, event) if queue else ""
    if queue:
        _count(rule, "InvocationsFailedToBeSentToDlq" if unkept else "InvocationsSentToDlq")
    why = f"{problem}; {unkept}" if unkept else problem
    outcome = handover.SET_ASIDE if queue and not unkept else handover.DROPPED
    handover.note(handover.Drop("events", rule.arn, target["Arn"], why, outcome))


def _count(rule: Any, metric: str) -> None:
    bus = {} if rule.event_bus_name == "default" else {"EventBusName": rule.event_bus_name}
    count(rule.account_id, rule.region_name, "AWS/Events", metric, {**bus, "RuleName": rule.name})


def _try(rule: Any, target: Json, body: str, event: Json) -> str:
    try:
        arn = parse_arn(target["Arn"])
        refused = unreachable(rule, target, event)
        if refused:
            return refused
        target_of(arn)(rule, target, arn, body, event)
    except Exception as error:  # noqa: BLE001  moto's services raise what they like
        log.info("%s: %s got nothing: %s", rule.arn, target["Arn"], error)
        return f"{type(error).__name__}: {error}"
    return ""


def _clean(event: Json) -> Json:
    """The event as AWS shows it: moto keeps the time as a number and adds a field of its own."""
    clean = {key: value for key, value in event.items() if key != "ingestion-time"}
    if isinstance(clean.get("time"), int | float):
        moment = datetime.datetime.fromtimestamp(clean["time"], datetime.UTC)
        clean["time"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return clean

"""Amazon EventBridge: schedules, targets with the roles they need, permissions, and how many rules.

A schedule is `rate(5 minutes)` or `cron(0 8 ? * MON-FRI *)`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moto.events.models import events_backends

from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.refusals.rules.events_patterns import wrong_pattern
from orchestrator.sandbox.refusals.rules.iam import trusts
from orchestrator.sandbox.service_access import on_behalf

RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
CRON = re.compile(r"cron\((.+)\)")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS: Sequence[tuple[int, int, Sequence[str]]] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, MONTHS),
    (1, 7, DAYS),
    (1970, 2199, ()),
)
"""Minutes, hours, day of the month, month, day of the week, year."""

DAY, WEEKDAY = 2, 4
ONE = f"(?:[1-7]|{'|'.join(DAYS)})"
SPECIAL = {DAY: r"L|LW|L-\d+|\d{1,2}W", WEEKDAY: rf"L|{ONE}L|{ONE}#[1-5]"}
"""The last day, the weekday nearest to a day, the nth of a weekday."""


def valid_schedule(expression: str) -> bool:
    """Whether EventBridge takes it: one is singular, and one of the two days is `?`."""
    if rate := RATE.fullmatch(expression):
        return (rate[1] == "1") == (rate[3] == "")
    cron = CRON.fullmatch(expression)
    fields = cron[1].split() if cron else []
    if len(fields) != len(FIELDS):
        return False
    if (fields[DAY] == "?") == (fields[WEEKDAY] == "?"):
        return False
    return all(_field(index, text) for index, text in enumerate(fields))


def _field(index: int, text: str) -> bool:
    if text == "?":
        return index in (DAY, WEEKDAY)
    return all(_part(index, part) for part in text.split(","))


def _part(index: int, part: str) -> bool:
    low, high, names = FIELDS[index]
    special = SPECIAL.get(index)
    if special and re.fullmatch(special, part):
        return True
    start, slash, step = part.partition("/")
    if slash and not (step.isdigit() and int(step) > 0):
        return False
    if start == "*":
        return True
    numbers = {name: low + offset for offset, name in enumerate(names)}
    ends = [_number(text, numbers) for text in start.split("-")]
    return len(ends) <= 2 and all(end is not None and low <= end <= high for end in ends)


def _number(text: str, names: Mapping[str, int]) -> int | None:
    return int(text) if text.isdigit() else names.get(text.upper())


SERVICE = "events.amazonaws.com"
INVALID = "ValidationException"
MOST_BUSES, MOST_RULES, MOST_TARGETS, LONGEST_PATTERN = 100, 300, 5, 2048
FEWER_RULES = {"af-south-1": 100, "eu-south-1": 100}
FULL = Refused(
    "LimitExceededException", "The requested resource exceeds the maximum number allowed."
)
INPUTS = ("Input", "InputPath", "InputTransformer")
NEED_ROLE = ("kinesis", "states", "ecs", "batch", "firehose", "codebuild", "codepipeline", "ssm")
Target = dict[str, Any]


def pattern(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon EventBridge User Guide, "Event patterns" and quotas ("Event pattern size")."""
    text = asked.text("EventPattern")
    if not text:
        return
    if len(text) > LONGEST_PATTERN:
        said = f"The pattern is longer than the quota of {LONGEST_PATTERN} characters."
        yield Refused("LimitExceededException", said)
    wrong = wrong_pattern(text)
    if wrong:
        yield Refused(
            "InvalidEventPatternException", f"Event pattern is not valid. Reason: {wrong}"
        )


def schedule(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon EventBridge User Guide, "Schedule expressions"."""
    expression = asked.text("ScheduleExpression")
    if expression and not valid_schedule(expression):
        yield Refused(INVALID, "Parameter ScheduleExpression is not valid.")


def role_of_rule(asked: Asked) -> Iterator[Refused]:
    yield from _role(asked.text("RoleArn"), asked)


def _role(arn: str, asked: Asked) -> Iterator[Refused]:
    """Source: Amazon EventBridge User Guide, "Using execution roles"; Zappa issue 381."""
    bus = asked.text("EventBusName").rpartition("/")[2] or "default"
    name = asked.text("Name") or asked.text("Rule")
    path = name if bus == "default" else f"{bus}/{name}"
    rule = f"arn:aws:events:{asked.region}:{asked.account_id}:rule/{path}"
    if arn and not trusts(arn, SERVICE, on_behalf(SERVICE, rule, asked.account_id)):
        yield Refused(INVALID, f"Provided role '{arn}' cannot be assumed by principal '{SERVICE}'.")


def targets(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon EventBridge API Reference, PutTargets; User Guide, quotas."""
    given: list[Target] = asked.params.get("Targets") or []
    ids = {target.get("Id") for target in given} | _there(asked)
    if len(ids) > MOST_TARGETS:
        yield FULL
    for target in given:
        yield from _target(target, asked)


def _there(asked: Asked) -> set[str]:
    rule = _rules(asked).get(asked.text("Rule"))
    return {target["Id"] for target in rule.targets} if rule else set()


def _rules(asked: Asked) -> Mapping[str, Any]:
    """Those of the bus that is meant."""
    bus = _buses(asked).get(asked.text("EventBusName").rpartition("/")[2] or "default")
    return bus.rules if bus else {}


def _buses(asked: Asked) -> Mapping[str, Any]:
    buses: Mapping[str, Any] = events_backends[asked.account_id][asked.region].event_buses
    return buses


def one_more_rule(asked: Asked) -> Iterator[Refused]:
    """A bus takes so many rules, until its quota is raised, which nobody can here.

    Source: Amazon EventBridge User Guide, "Amazon EventBridge quotas" ("Number of rules").
    """
    rules = _rules(asked)
    if asked.text("Name") not in rules and len(rules) >= FEWER_RULES.get(asked.region, MOST_RULES):
        yield FULL


def one_more_bus(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon EventBridge User Guide, "Amazon EventBridge quotas" ("Event buses")."""
    if len(_buses(asked)) >= MOST_BUSES:
        yield FULL


def _target(target: Target, asked: Asked) -> Iterator[Refused]:
    name, arn = target.get("Id"), str(target.get("Arn"))
    given = [key for key in INPUTS if target.get(key)]
    if len(given) > 1:
        text = (
            f"Only one of Input, InputPath, or InputTransformer must be provided for target {name}."
        )
        yield Refused(INVALID, text)
    if target.get("Input") and not _is_json(target["Input"]):
        yield Refused(INVALID, f"JSON syntax error in input for target {name}.")
    if not str(target.get("InputPath") or "$").startswith("$"):
        yield Refused(INVALID, f"InputPath for target {name} is invalid.")
    yield from _transformer(target, str(name))
    parts = arn.split(":")
    if len(parts) < 6:
        text = f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        yield Refused(INVALID, text)
        return
    elsewhere = parts[2] != "events" and parts[3] not in ("", asked.region)
    if elsewhere:
        text = f"Provided Arn is not in the region of the rule: {arn}"
        yield Refused(INVALID, f"Parameter {arn} is not valid. Reason: {text}")
    foreign_bus = parts[2] == "events" and parts[4] != asked.account_id
    if not target.get("RoleArn") and (parts[2] in NEED_ROLE or foreign_bus):
        yield Refused(INVALID, f"RoleArn is required for target {arn}.")
    yield from _role(str(target.get("RoleArn") or ""), asked)


def _transformer(target: Target, name: str) -> Iterator[Refused]:
    """Source: Amazon EventBridge User Guide, "Input transformation"."""
    paths = (target.get("InputTransformer") or {}).get("InputPathsMap") or {}
    for variable, path in paths.items():
        if variable.upper().startswith("AWS"):
            text = f"InputTransformer variable names for target {name} must not start with AWS."
            yield Refused(INVALID, text)
        if not path.startswith("$"):
            yield Refused(INVALID, f"Invalid InputTransformer for target {name}: {path}")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def permission(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon EventBridge API Reference, PutPermission."""
    text = asked.text("Policy")
    if not text:
        if not all(asked.text(name) for name in ("Action", "Principal", "StatementId")):
            yield Refused(
                INVALID, "Parameters StatementId, Principal and Action must be specified."
            )
        return
    document = documents.loaded(text)
    if document is None:
        yield Refused(INVALID, "This policy contains invalid Json")
        return
    for wrong in documents.malformed(document, resources=True, principals=True):
        yield Refused(INVALID, f"This policy is not valid: {wrong}")
    if next(documents.unknown_principals(document), None):
        yield Refused(INVALID, "This policy contains an invalid principal")


RULES: Rules = {
    "CreateEventBus": (one_more_bus,),
    "PutRule": (pattern, schedule, role_of_rule, one_more_rule),
    "PutTargets": (targets,),
    "PutPermission": (permission,),
    "TestEventPattern": (pattern,),
    "CreateArchive": (pattern,),
    "UpdateArchive": (pattern,),
}

"""Conditions on a call's parameters, in the shapes in which CloudTrail writes them.

EC2 and RDS answer in camel case; S3 keeps XML's capital letters; policies are JSON in strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from orchestrator.logs.event import Event
from orchestrator.logs.json_path import Tree, as_text, at, branch, items, parsed, strings

Predicate = Callable[[Event], bool]

WORLD = frozenset({"0.0.0.0/0", "::/0"})
EVERYONE = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


def always(_event: Event) -> bool:
    """The call alone makes the control fail, whatever its parameters."""
    return True


def given(path: str, *values: str) -> Predicate:
    """A parameter has one of these values, as text and without case."""
    wanted = {value.lower() for value in values}
    return lambda event: as_text(at(event.parameters, path)).lower() in wanted


def not_given(path: str, *values: str) -> Predicate:
    """A parameter is missing, or has another value than these."""
    has = given(path, *values)
    return lambda event: not has(event)


def below(path: str, limit: int) -> Predicate:
    """A number is smaller than `limit`."""

    def is_below(event: Event) -> bool:
        value = as_text(at(event.parameters, path))
        return value.isdigit() and int(value) < limit

    return is_below


def either(*predicates: Predicate) -> Predicate:
    return lambda event: any(predicate(event) for predicate in predicates)


def both(*predicates: Predicate) -> Predicate:
    return lambda event: all(predicate(event) for predicate in predicates)


def named(*names: str) -> Predicate:
    return lambda event: event.name in names


def mentions(*values: str) -> Predicate:
    """One of these stands somewhere as a value."""
    wanted = frozenset(values)
    return lambda event: any(each in wanted for each in strings(event.parameters))


def by_root(event: Event) -> bool:
    return event.actor.kind == "Root"


def opened(*ports: int) -> Predicate:
    """A rule of a security group lets the world in, to one of the ports; to any without ports."""

    def opens(event: Event) -> bool:
        return any(
            not WORLD.isdisjoint(strings(rule)) and _covers(rule, ports) for rule in _rules(event)
        )

    return opens


def opened_unlike(*allowed: int) -> Predicate:
    """A rule lets the world in to another port than those allowed."""

    def opens(event: Event) -> bool:
        return any(
            not WORLD.isdisjoint(strings(rule))
            and not (_number(rule, "fromPort") == _number(rule, "toPort") in allowed)
            for rule in _rules(event)
        )

    return opens


def _rules(event: Event) -> Iterator[Tree]:
    """The rules of Authorize and of ModifySecurityGroupRules, and the old flat form."""
    parameters = event.parameters
    for path in ("ipPermissions.items", "ipPermissions"):
        for rule in items(parameters, path):
            if isinstance(rule, Mapping) and "items" not in rule:
                yield rule
    for rule in items(parameters, "ModifySecurityGroupRulesRequest.SecurityGroupRule"):
        inner = branch(rule, "SecurityGroupRule")
        yield {**inner, "fromPort": inner.get("FromPort"), "toPort": inner.get("ToPort")}
    if "cidrIp" in parameters:
        yield parameters


def _covers(rule: Tree, ports: tuple[int, ...]) -> bool:
    first, last = _number(rule, "fromPort"), _number(rule, "toPort")
    if not ports or first is None or last is None or first == -1:
        return True
    return any(first <= port <= last for port in ports)


def _number(rule: Tree, name: str) -> int | None:
    value = as_text(rule.get(name))
    return int(value) if value.lstrip("-").isdigit() else None


def policy(path: str, test: Callable[[Tree], bool]) -> Predicate:
    """A statement of the policy at `path`, JSON in a string or a tree, passes the test."""

    def has(event: Event) -> bool:
        value = at(event.parameters, path)
        document = parsed(value) if isinstance(value, str) else value
        return any(
            isinstance(each, Mapping) and test(each) for each in items(document, "Statement")
        )

    return has


def for_everyone(statement: Tree) -> bool:
    """Allows anybody, and no condition narrows it."""
    principal = statement.get("Principal")
    anybody = principal == "*" or "*" in items(principal, "AWS")
    return statement.get("Effect") == "Allow" and anybody and not statement.get("Condition")


def for_all_actions(statement: Tree) -> bool:
    return (
        statement.get("Effect") == "Allow"
        and "*" in items(statement, "Action")
        and "*" in items(statement, "Resource")
    )


def for_a_whole_service(statement: Tree) -> bool:
    return statement.get("Effect") == "Allow" and any(
        as_text(action).endswith(":*") for action in items(statement, "Action")
    )


def denies_plain_http(statement: Tree) -> bool:
    return statement.get("Effect") == "Deny" and (
        as_text(at(statement, "Condition.Bool.aws:SecureTransport")).lower() == "false"
    )


def lacks(path: str, test: Callable[[Tree], bool]) -> Predicate:
    has = policy(path, test)
    return lambda event: not has(event)

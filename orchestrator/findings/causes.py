"""The calls that make a control fail, as CloudTrail writes them: source, name and parameters.

Every remediation states its own, and `orchestrator investigate` receives them. CloudTrail's
shapes: EC2 and RDS in camel case, S3 with XML's capital letters, policies as JSON in strings.
Source: AWS Security Hub User Guide, controls reference; each service's CloudTrail page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

Tree = Mapping[str, object]


class Caller(Protocol):
    @property
    def kind(self) -> str:
        """CloudTrail's userIdentity.type."""
        ...


class Call(Protocol):
    """A call on record."""

    @property
    def service(self) -> str:
        """The event source, such as ec2.amazonaws.com."""
        ...

    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def actor(self) -> Caller: ...
    @property
    def parameters(self) -> Tree: ...


Predicate = Callable[[Call], bool]


def always(_: Call) -> bool:
    """The call alone makes the control fail, with any parameters."""
    return True


@dataclass(frozen=True, slots=True)
class Cause:
    """Calls that make a control fail when `when` is true of them.

    `service` is the event source before '.amazonaws.com', `controls` those of a remediation that
    the calls are about; () for all of them. A cause that is not `sure` is a call of which the
    parameters do not tell: whether the control fails depends on what was there before.
    """

    service: str
    names: tuple[str, ...]
    when: Predicate = always
    controls: tuple[str, ...] = ()
    sure: bool = True

    def fits(self, call: Call) -> bool:
        return (
            call.name in self.names
            and call.service == f"{self.service}.amazonaws.com"
            and not call.error
            and self.when(call)
        )


def untagged(service: str, creates: tuple[str, ...], untags: str) -> tuple[Cause, ...]:
    """Made without a tag, or untagged; of the latter only the rest of the tags tells."""
    return (Cause(service, creates, without_tags), Cause(service, (untags,), sure=False))


TAGS = ("tags", "taglist", "tagslist", "tagset", "tagspecificationset")
"""How parameters end that give tags, without case: `backupVaultTags` is one."""


def without_tags(call: Call) -> bool:
    """No parameter, however deep, gives tags."""
    return not any(
        str(name).lower().endswith(TAGS) and value not in (None, "", [], {})
        for tree in mappings(call.parameters)
        for name, value in tree.items()
    )


def given(path: str, *values: str) -> Predicate:
    """The parameter at `a.b.c` has one of these values, as text and without case."""
    wanted = {value.lower() for value in values}
    return lambda call: as_text(at(call.parameters, path)).lower() in wanted


def not_given(path: str, *values: str) -> Predicate:
    """A parameter is missing, or has another value than these."""
    return negated(given(path, *values))


def says(name: str, *values: str) -> Predicate:
    """A parameter of this name, however deep and without case, has one of these values."""
    wanted = {value.lower() for value in values}
    return lambda call: any(
        as_text(value).lower() in wanted for value in everywhere(call.parameters, name.lower())
    )


def omits(name: str, *values: str) -> Predicate:
    """No parameter of this name, however deep, has one of these values."""
    return negated(says(name, *values))


def missing(name: str) -> Predicate:
    """No parameter of this name, however deep, has anything in it."""
    return lambda call: (
        not any(
            value not in (None, "", [], {}) for value in everywhere(call.parameters, name.lower())
        )
    )


def absent(name: str) -> Predicate:
    """No parameter of this name, however deep, not even an empty one."""
    return lambda call: not any(True for _ in everywhere(call.parameters, name.lower()))


def below(name: str, limit: int) -> Predicate:
    """A parameter of this name is a number smaller than `limit`."""
    return lambda call: any(
        as_text(value).isdigit() and int(as_text(value)) < limit
        for value in everywhere(call.parameters, name.lower())
    )


def either(*predicates: Predicate) -> Predicate:
    return lambda call: any(predicate(call) for predicate in predicates)


def both(*predicates: Predicate) -> Predicate:
    return lambda call: all(predicate(call) for predicate in predicates)


def negated(predicate: Predicate) -> Predicate:
    return lambda call: not predicate(call)


def mentions(*values: str, under: str = "") -> Predicate:
    """One of these stands somewhere as a value; below the parameter `a.b.c`, where one is named."""
    wanted = frozenset(values)
    return lambda call: any(
        each in wanted for each in strings(at(call.parameters, under) if under else call.parameters)
    )


def attribute(name: str, *values: str) -> Predicate:
    """A list of keys and values gives this key one of these values, as text and without case."""
    wanted = {value.lower() for value in values}
    return lambda call: any(
        as_text(tree.get("key") or tree.get("name")) == name
        and as_text(tree.get("value")).lower() in wanted
        for tree in mappings(call.parameters)
    )


def by_root(call: Call) -> bool:
    return call.actor.kind == "Root"


def policy(path: str, test: Callable[[Tree], bool]) -> Predicate:
    """A statement of the policy at `path`, JSON in a string or a tree, passes the test."""

    def has(call: Call) -> bool:
        value = at(call.parameters, path)
        return any(
            isinstance(each, Mapping) and test(each) for each in items(parsed(value), "Statement")
        )

    return has


def for_everyone(statement: Tree) -> bool:
    """Allows everyone, and no condition narrows it."""
    principal = statement.get("Principal")
    everyone = principal == "*" or "*" in items(principal, "AWS")
    return statement.get("Effect") == "Allow" and everyone and not statement.get("Condition")


def at(tree: object, path: str) -> object:
    """What stands at `a.b.c`; None if anything on the way is missing or not a mapping."""
    for name in path.split("."):
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree


def items(tree: object, path: str) -> tuple[object, ...]:
    """The list at `path`; a single value is a list of one."""
    found = at(tree, path)
    if found is None:
        return ()
    return tuple(found) if isinstance(found, list | tuple) else (found,)


def as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def parsed(value: object) -> object:
    """JSON in a string is read; None if it is not JSON."""
    if not isinstance(value, str):
        return value
    try:
        found: object = json.loads(value)
    except ValueError:
        return None
    return found


def strings(value: object) -> Iterator[str]:
    """Every string value in a tree, keys left out."""
    if isinstance(value, str):
        yield value
    for inner in inside(value):
        yield from strings(inner)


def everywhere(value: object, name: str) -> Iterator[object]:
    """Every value under a key of this name, which is in lower case."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if str(key).lower() == name:
                yield inner
    for inner in inside(value):
        yield from everywhere(inner, name)


def mappings(value: object) -> Iterator[Tree]:
    """Every mapping in a tree."""
    if isinstance(value, Mapping):
        yield value
    for inner in inside(value):
        yield from mappings(inner)


def inside(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value

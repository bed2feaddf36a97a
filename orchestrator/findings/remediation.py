"""What a remediation is: a small value, with functions that check, fix and undo.

Each is an entry of a literal registry (`registry.py`). Common code does what all of them need:
entering the account, asking whether the control still fails, keeping the state before, looking
again afterwards, recording, notifying. The parameters of a decision are completed here, and checked
against what the remediation expects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from orchestrator.findings.causes import Cause

Json = Mapping[str, Any]
"""What `json.dumps` takes. The state before is kept as such."""

Value = str | int | bool | tuple[str, ...]


class Risk(StrEnum):
    """What a fix may do to those who use the resource."""

    REVERSIBLE = "reversible"
    """Users of the resource notice nothing, and undo restores it."""
    DISRUPTIVE = "disruptive"
    """Users of the resource may notice it; undo restores it."""
    DESTRUCTIVE = "destructive"
    """Deletes, cuts access, or cannot be undone: by hand only, on an approved plan."""


class Status(StrEnum):
    """How a resource stands to a control."""

    PASSES = "passes"
    FAILS = "fails"
    GONE = "gone"
    """There is no such resource any more."""
    UNCLEAR = "unclear"
    """AWS does not say; never fixed, never counted as passed."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a look at the resource has shown. `created` guards against another of the same name."""

    status: Status
    note: str = ""
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a region. `partition` is 'aws', 'aws-cn' or 'aws-us-gov'."""

    account: str
    region: str
    partition: str = "aws"


@dataclass(frozen=True, slots=True)
class Target:
    """One resource that fails one control. `parameters` are complete: defaults are filled in."""

    control: str
    place: Place
    arn: str
    parameters: Mapping[str, Value] = field(default_factory=dict)


class Aws(Protocol):
    """Clients with the rights of the role that was assumed, for the target's account."""

    def __call__(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of `service`, in the target's region unless another is named."""
        ...


@dataclass(frozen=True, slots=True)
class Permission:
    """One statement of a policy.

    `resources` are ARN patterns with {partition}, {account} and {region} ('*' for {region} when
    the role is made); '*' alone needs a `why`. `conditions` is an IAM Condition block.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    conditions: Json = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a decision may set. `control` is Security Hub's name for it, where it has one."""

    default: Value
    meaning: str
    control: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """Ids other than the ARN by which findings name a resource, such as AWS Config's own.

    `pattern` fits all of such an id; its first group is what `find` is given. `find` gives the
    ARN, '' where there is no such resource any more, with nothing but the remediation's `reads`.
    Exceptions are written for ARNs, and calls take names: both need it.
    """

    pattern: str
    find: Callable[[str, Place, Aws], str]


@dataclass(frozen=True, slots=True)
class Slow:
    """How a resource shows that AWS has taken a change and is still applying it.

    `changing` gives AWS's own word for that, '' once nothing is under way, with nothing but the
    remediation's `reads`. What has not settled within `limit` has failed.
    """

    limit: timedelta
    changing: Callable[[Target, Aws], str]


class Refused(Exception):
    """The remediation itself says that it must not be done here, and why, in one sentence."""


@dataclass(frozen=True, slots=True)
class Remediation:
    """How resources of one type are made to pass one or more controls.

    `effect` and `breaks` are sentences for people. `reads` cover find, check, tags and before;
    `writes` cover fix and undo. Functions raise botocore's ClientError as it comes.
    """

    name: str
    controls: tuple[str, ...]
    resource_type: str
    """In ASFF's words: 'AwsS3Bucket'; 'AwsAccount' for a setting of the account."""
    risk: Risk
    effect: str
    breaks: str
    reads: tuple[Permission, ...]
    writes: tuple[Permission, ...]
    find: Callable[[Place, Aws], Iterable[str]]
    """The ARNs of all resources of this type, whether they pass or not."""
    check: Callable[[Target, Aws], Check]
    before: Callable[[Target, Aws], Json]
    """All that undo needs, and nothing secret."""
    fix: Callable[[Target, Aws, Json], None]
    """The smallest change. Given what `before` has returned. Raises Refused."""
    undo: Callable[[Target, Aws, Json], None] | None
    tags: Callable[[Target, Aws], Mapping[str, str]] | None
    """None where AWS has no tags for the type."""
    causes: tuple[Cause, ...]
    """The calls after which a resource fails; () with the reason in `uncaused`."""
    uncaused: str = ""
    cost: str = ""
    """'' when it costs nothing; else a sentence."""
    danger: str = ""
    """What is open to others again once it is undone, in a sentence; empty where nothing is."""
    by_hand: str = ""
    """Why it never runs by itself; '' when a decision may let it."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    """Further types that findings of its controls name: 'AwsRdsDbClusterSnapshot'."""
    everywhere: bool = False
    """A global service: looked at in one region only."""
    naming: Naming | None = None
    """None where findings name the resource by its ARN alone."""
    slow: Slow | None = None
    """None where AWS shows a change within seconds."""

    def spelled(self, control: str) -> str:
        """The id as the remediation spells it: Security Hub's ids are the same in any case."""
        return next((each for each in self.controls if each.lower() == control.lower()), control)


class Unfit(Exception):
    """A parameter that the remediation does not know, or one of another type."""


def settle(remediation: Remediation, decided: Mapping[str, Any]) -> Mapping[str, Value]:
    """Every parameter, as decided or by default.

    A parameter may be named as the remediation or as Security Hub names it. Raises Unfit rather
    than fix something with a default that was meant otherwise.
    """
    names = {parameter.control: name for name, parameter in remediation.parameters.items()}
    own = {names.get(given, given): given for given in decided}
    for name, given in own.items():
        if name not in remediation.parameters:
            known = ", ".join(sorted(remediation.parameters)) or "none"
            raise Unfit(f"the remediation knows no parameter '{given}'; known: {known}")
    return {
        name: _fit(own[name], decided[own[name]], parameter) if name in own else parameter.default
        for name, parameter in remediation.parameters.items()
    }


def _fit(given: str, value: Any, parameter: Parameter) -> Value:
    default = parameter.default
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        if all(isinstance(item, str) or type(item) is int for item in value):
            return tuple(str(item) for item in value)
    elif type(value) is type(default):
        fit: Value = value
        return fit
    kinds = {bool: "true or false", int: "a whole number", str: "text", tuple: "a list of text"}
    raise Unfit(f"the parameter '{given}' is {value!r}, expected {kinds[type(default)]}")


def text(target: Target, name: str) -> str:
    """The text, with {account}, {region} and {partition} filled in; '' when nothing is set."""
    return placed(str(target.parameters.get(name, "")), target.place)


def required(target: Target, name: str) -> str:
    """The text; Refused when the decision does not set it."""
    if value := text(target, name):
        return value
    raise Refused(f"the decision for {target.control} sets no '{name}', and none is made up")


def number(target: Target, name: str) -> int:
    """The number; 0 when nothing is set."""
    value = target.parameters.get(name, 0)
    return int(value) if isinstance(value, int | str) and value != "" else 0


def switch(target: Target, name: str) -> bool:
    """Whether the parameter is set to true."""
    return target.parameters.get(name) is True


def several(target: Target, name: str) -> tuple[str, ...]:
    """The texts of a list."""
    value = target.parameters.get(name, ())
    found = value if isinstance(value, tuple | list) else (value,)
    return tuple(str(item) for item in found if item != "")


def placed(pattern: str, place: Place) -> str:
    """`pattern` for one account and region."""
    known = {"account": place.account, "region": place.region, "partition": place.partition}
    for key, value in known.items():
        pattern = pattern.replace("{" + key + "}", value)
    return pattern

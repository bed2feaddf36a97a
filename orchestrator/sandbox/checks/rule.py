"""What a check is: the Config rule's name, the resources it looks at, and what makes one fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from orchestrator.sandbox.checks.answers import Reader, dig

Parameters = Mapping[str, Any]
"""By Security Hub's names; what is not there has the control's default."""

Fault = Callable[[Any, Reader, Parameters], str]
"""Why the resource fails, in a few words; '' when it passes. Raises Unavailable."""


class Outcome(StrEnum):
    """Security Hub's words.

    Source: AWS Security Hub User Guide, "Evaluating compliance status and control status".
    """

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_AVAILABLE = "NOT_AVAILABLE"


class Unavailable(Exception):
    """That it cannot be said, and why."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A type of resource. `kind` is the finding's `Resources[].Type`."""

    kind: str
    resources: Callable[[Reader], Iterable[Any]]
    arn: Callable[[Any, Reader], str]
    once: bool = False
    """Global: looked at in the home region only."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one type of resource is judged. `config` is '' where Security Hub uses code of its own.

    Source: AWS Security Hub User Guide, each control's "AWS Config rule" and "Parameters".
    """

    config: str
    subject: Subject
    fault: Fault


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one resource stands to one control."""

    control: str
    kind: str
    resource: str
    outcome: Outcome
    reason: str = ""


Rules = Mapping[str, tuple[Rule, ...]]
"""By control id. Several rules where a control looks at several types of resources."""


def judged(control: str, rule: Rule, reader: Reader, parameters: Parameters) -> Iterable[Verdict]:
    """The verdict on each resource there is."""
    subject = rule.subject
    for resource in subject.resources(reader):
        arn = subject.arn(resource, reader)
        try:
            reason = rule.fault(resource, reader, parameters)
        except Unavailable as why:
            yield Verdict(control, subject.kind, arn, Outcome.NOT_AVAILABLE, str(why))
            continue
        outcome = Outcome.FAILED if reason else Outcome.PASSED
        yield Verdict(control, subject.kind, arn, outcome, reason)


def account_arn(_: Any, reader: Reader) -> str:
    """Source: the same, sample findings: how the account itself is named as a resource."""
    return f"AWS::::Account:{reader.scope.account}"


ACCOUNT = Subject("AwsAccount", lambda reader: [reader.scope.account], account_arn)
GLOBAL_ACCOUNT = Subject("AwsAccount", lambda reader: [reader.scope.account], account_arn, True)


def named(key: str) -> Callable[[Any, Reader], str]:
    """The resource's own ARN, which AWS describes under `key`."""
    return lambda resource, _: str(resource[key])


def on(*path: str, why: str) -> Fault:
    """Fails unless this is true."""
    return lambda resource, _, __: "" if dig(resource, *path) is True else why


def off(*path: str, why: str) -> Fault:
    """Fails if this is true."""
    return lambda resource, _, __: why if dig(resource, *path) is True else ""


def filled(*path: str, why: str) -> Fault:
    """Fails where this is empty."""
    return lambda resource, _, __: "" if dig(resource, *path) else why


def tagged(tags: Callable[[Any, Reader], Iterable[str]]) -> Fault:
    """`tags` gives the keys. Those of AWS itself, which begin with 'aws:', do not count.

    Source: AWS Security Hub User Guide, any of the "... should be tagged" controls: without
    `requiredTagKeys` one key of whatever name is enough; keys are case sensitive.
    """

    def fault(resource: Any, reader: Reader, parameters: Parameters) -> str:
        keys = {key for key in tags(resource, reader) if not key.startswith("aws:")}
        required = set(parameters.get("requiredTagKeys") or ())
        if not keys:
            return "has no tags"
        return f"lacks the tags {sorted(required - keys)}" if required - keys else ""

    return fault


def keys_of(tags: Any) -> list[str]:
    """The keys of tags in any of the ways in which AWS's services write them."""
    if isinstance(tags, Mapping):
        return [str(key) for key in tags]
    return [str(tag.get("Key") or tag.get("key") or tag.get("TagKey")) for tag in tags or ()]

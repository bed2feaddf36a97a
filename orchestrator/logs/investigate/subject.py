"""What is investigated: a finding, a resource, or a principal; and what makes a control fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from orchestrator.errors import UsageError
from orchestrator.logs.event import Event
from orchestrator.logs.json_path import Tree, at, items, parsed, text
from orchestrator.logs.lake.question import By

ACCESS_KEY = re.compile(r"(AKIA|ASIA)[A-Z0-9]{12,}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What of a finding an investigation needs, whether it is ASFF or OCSF."""

    uid: str
    title: str
    control: str
    account: str
    region: str
    resources: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class ResourceSubject:
    """A resource by ARN or id."""

    uid: str


@dataclass(frozen=True, slots=True)
class PrincipalSubject:
    """A principal that makes calls."""

    name: str
    who: By


Subject = Finding | ResourceSubject | PrincipalSubject


class Cause(Protocol):
    """Calls that make a control fail."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def sure(self) -> bool:
        """Whether the parameters of a call that fits tell; else it is only a possible one."""
        ...

    def fits(self, call: Event, /) -> bool:
        """Whether `call` is one of them."""
        ...


Causes = Callable[[str], Sequence[Cause]]
"""Control id → its causes; () where none is known."""


@dataclass(frozen=True, slots=True)
class Failing:
    """The control that fails, '' if none is named, and what is known to make it fail."""

    control: str
    causes: Sequence[Cause]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({name for cause in self.causes for name in cause.names}))


def subject(word: str) -> Subject:
    """What a word on the command line means.

    An ARN of STS, an access key, and everything that is not an ARN or an id of a resource is a
    principal; ARNs of IAM are resources.
    """
    if word.startswith("arn:") and word.split(":")[2:3] != ["sts"]:
        return ResourceSubject(word)
    if re.fullmatch(r"[a-z]+-[0-9a-f]{8,17}|AWS::::Account:\d{12}|\d{12}", word):
        return ResourceSubject(word)
    if word.startswith("arn:"):
        return PrincipalSubject(word, By(arns=(word,)))
    if ACCESS_KEY.fullmatch(word):
        return PrincipalSubject(word, By(access_keys=(word,)))
    return PrincipalSubject(word, By(names=(word,)))


def principal(word: str) -> PrincipalSubject:
    """The word as a principal, also where it could be a resource: a role or a user."""
    if ACCESS_KEY.fullmatch(word):
        return PrincipalSubject(word, By(access_keys=(word,)))
    return PrincipalSubject(
        word, By(arns=(word,)) if word.startswith("arn:") else By(names=(word,))
    )


def resource(word: str) -> ResourceSubject:
    """The word as a resource, also where it could be a principal: a name alone."""
    return ResourceSubject(word)


def finding(document: str, where: str) -> Finding:
    """The finding in a JSON text: alone, in `Findings`, or in an event of EventBridge.

    Raises UsageError, naming `where`, if there is none.
    """
    tree = parsed(document)
    for path in ("detail.findings", "Findings", "findings"):
        found = items(tree, path)
        if found:
            tree = found[0]
    tree = tree[0] if isinstance(tree, list) and tree else tree
    if not isinstance(tree, Mapping):
        raise _no_finding(where, "no JSON object")
    return _ocsf(tree, where) if "finding_info" in tree else _asff(tree, where)


def _asff(tree: Tree, where: str) -> Finding:
    resources = tuple(filter(None, (text(each, "Id") for each in items(tree, "Resources"))))
    if not resources or not text(tree, "AwsAccountId"):
        raise _no_finding(
            where, "neither ASFF's AwsAccountId and Resources nor OCSF's finding_info"
        )
    region = text(tree, "Region") or text((*items(tree, "Resources"),)[0], "Region")
    first = text(tree, "FirstObservedAt") or text(tree, "CreatedAt")
    last = text(tree, "LastObservedAt") or text(tree, "UpdatedAt")
    return Finding(
        text(tree, "Id"),
        text(tree, "Title"),
        text(tree, "Compliance.SecurityControlId") or text(tree, "ProductFields.ControlId"),
        text(tree, "AwsAccountId"),
        region,
        resources,
        _moment(first, where),
        _moment(last or first, where),
    )


def _ocsf(tree: Tree, where: str) -> Finding:
    listed = items(tree, "resources") or items(tree, "resource")
    # The unified hub has the ARN in `uid_alt`; `uid` may be a URL, or an id inside of a service.
    names = (text(each, name) for each in listed for name in ("uid_alt", "uid"))
    resources = tuple(dict.fromkeys(filter(None, names)))
    if not resources:
        raise _no_finding(where, "no resources with a uid")
    first = at(tree, "finding_info.first_seen_time") or at(tree, "finding_info.created_time")
    last = at(tree, "finding_info.last_seen_time") or at(tree, "time")
    return Finding(
        text(tree, "finding_info.uid"),
        text(tree, "finding_info.title"),
        text(tree, "compliance.control"),
        text(tree, "cloud.account.uid"),
        text(tree, "cloud.region"),
        resources,
        _since_1970(first or last, where),
        _since_1970(last or first, where),
    )


def _moment(value: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _no_finding(where, f"'{value}' is not a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _since_1970(value: object, where: str) -> datetime:
    if not isinstance(value, int | float):
        raise _no_finding(where, f"'{value}' is not a time")
    return datetime.fromtimestamp(value / 1000, UTC)


def _no_finding(where: str, why: str) -> UsageError:
    return UsageError(
        f"{where}: no finding: {why}", "save it as Security Hub's GetFindings gives it"
    )

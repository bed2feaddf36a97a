"""A resource that is wanted, how AWS is asked for it, and what may be answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.terraform.plan_json import Intent
from orchestrator.model.import_candidates import Presence


class NotYet(Exception):
    """A value that the question needs is known only once something else is there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that a plan creates, and the others of the same plan."""

    account: str
    intent: Intent
    siblings: tuple[Intent, ...] = ()

    @property
    def region(self) -> str:
        return self.intent.region

    def __getitem__(self, name: str) -> Any:
        """A planned value; None where nothing is said. Raises NotYet."""
        if name in self.intent.unknown:
            raise NotYet(name)
        return self.intent.values.get(name)


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is. `id` is given for what is THERE, `says` for everything else."""

    presence: Presence
    id: str = ""
    says: str = ""
    fix: str = ""


MISSING = Seen(Presence.MISSING)
Finder = Callable[[Aws, Wanted], Seen]
Asked = Callable[[Wanted], Mapping[str, object]]
Read = Callable[[Wanted, Any], str | None]


def there(id_: str | None) -> Seen:
    """It is imported by this id; without one there is nothing."""
    return Seen(Presence.THERE, id_) if id_ else MISSING


def setting(now: str) -> Seen:
    """It cannot be imported, and creating it writes over what is set; '' is nothing."""
    return Seen(Presence.SET, says=now) if now else MISSING


def in_the_way(what: str, fix: str) -> Seen:
    return Seen(Presence.IN_THE_WAY, says=what, fix=fix)


def asked(service: str, operation: str, parameters: Asked, read: Read, *absent: str) -> Finder:
    """A finder of one call: `read` takes the import id out of the answer.

    `absent` are the error codes by which the service says that there is none.
    """

    def find(aws: Aws, wanted: Wanted) -> Seen:
        said = parameters(wanted)
        answer = or_none(lambda: aws.call(service, operation, wanted.region, **said), *absent)
        return there(read(wanted, answer)) if answer is not None else MISSING

    return find


def listed(
    service: str, operation: str, key: str, parameters: Asked, read: Read, *absent: str
) -> Finder:
    """A finder over all pages of a list: `read` takes the import id out of the items."""

    def find(aws: Aws, wanted: Wanted) -> Seen:
        said = parameters(wanted)
        items = or_none(lambda: aws.pages(service, operation, key, wanted.region, **said), *absent)
        return there(read(wanted, items or []))

    return find


def or_none(ask: Callable[[], Any], *absent: str) -> Any:
    """The answer, or None where AWS says that there is nothing of the kind. Raises Refused."""
    try:
        return ask()
    except Refused as refusal:
        if refusal.code in absent:
            return None
        raise


def nothing(_: Wanted) -> Mapping[str, object]:
    """No parameters."""
    return {}


def same(name: str) -> Read:
    """The id is the planned value of that name."""
    return lambda wanted, _answer: str(wanted[name])


def named(parameter: str, value: str = "name") -> Asked:
    """One parameter, with a planned value."""
    return lambda wanted: {parameter: wanted[value]}


def first(items: Any, key: str, **equal: object) -> str | None:
    """`key` of the first item whose other keys are equal to these."""
    for item in items:
        if all(item.get(name) == value for name, value in equal.items()):
            found: str = item[key]
            return found
    return None

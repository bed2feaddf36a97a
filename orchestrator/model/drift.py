"""Drift: the notification of it, what a check remembers, and the calls that may have caused it.

A notification goes out once, and not again until it changes. What is known of a call says which
resource types it is about, and which rules forward it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orchestrator.model.call_table import CALLS, Calls
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.resource_types import TYPES


@dataclass(frozen=True, slots=True)
class DriftNotification:
    """One ticket's worth. `key` stays the same for as long as it is about the same thing."""

    key: str
    title: str
    body: str
    """Markdown; every value in it is escaped."""

    @property
    def digest(self) -> str:
        """Of what it says: the same digest, nothing new."""
        return hashlib.sha256(f"{self.title}\n{self.body}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A notice that was opened. `place` is what the system that holds it calls it."""

    key: str
    place: str
    digest: str
    title: str


class Move(StrEnum):
    OPEN = "open"
    UPDATE = "update"
    REMARK = "remark"
    """Say something more; what the ticket says stays as it is."""
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done about one ticket. `ticket` is None for one that is opened.

    `remark` is said once, beside what the ticket says: Markdown, too.
    """

    move: Move
    key: str
    notification: DriftNotification | None
    ticket: Ticket | None
    remark: str = ""

    @property
    def title(self) -> str:
        """As it is to be, or, of one that is closed, as it was."""
        said = self.notification or self.ticket
        return said.title if said else ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The addresses that had changed outside of Terraform at `at`, in UTC; none when in sync."""

    at: datetime
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Suspect:
    """Resources that may have changed. Nothing named means everything of that sort.

    `names` are all that the call calls them by: names, ids, ARNs, URLs. `region` is '' for what is
    in none.
    """

    types: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    region: str = ""


@dataclass(frozen=True, slots=True)
class DriftEvent:
    """A successful call in an account. `at` is in UTC, `uid` CloudTrail's own id of the event.

    `who` is the person behind the call as far as the event says, `through` the role or user whose
    credentials were used. Without a suspect it is not known what the call is about.
    """

    uid: str
    account: AccountId
    region: str
    service: str
    name: str
    at: datetime
    who: str
    through: str
    source: str
    issuer: str = ""
    """ARN of the role whose session called."""
    suspect: Suspect | None = None

    @property
    def call(self) -> str:
        return f"{self.service.removesuffix('.amazonaws.com')}:{self.name}"


GONE = ""
"""The digest of a resource that is not there."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Who has read: versions, and the lock file's hash of the provider's contents."""

    terraform: str
    provider: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Every managed resource instance of one state, as AWS has it, and never its values.

    `resources` are digests by address. `unsettled` are the addresses read otherwise than the state
    has them; without any, a plan that only refreshes would find nothing. `outside` are data
    sources that ask AWS something, which is not compared here.
    """

    lineage: str
    serial: int
    tools: Tools
    resources: Mapping[str, str]
    unsettled: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """No reading, and why: a doubt, so Terraform decides."""

    reason: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """A reading of a stack of which a plan had just said that nothing has changed.

    `rendered` and `lock` are digests of the root and of its lock file at that time; `exact_at`,
    in UTC, is when the plan was made.
    """

    key: StackKey
    rendered: str
    lock: str
    reading: Reading
    exact_at: datetime


GLOBAL = frozenset({"iam.amazonaws.com", "organizations.amazonaws.com"})
"""Their resources are in no region, and their events in us-east-1.

Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"."""

EVERYWHERE = frozenset({"aws_s3_account_public_access_block"})
"""Of an account and no region, though the event is in the region that was asked."""


def find(service: str, name: str) -> Calls | None:
    """What is known of an event; None for one that is not in the table."""
    return next((each for each in CALLS.get(service, ()) if name in each.names), None)


def about(types: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Event source and name of every call that is about some of these types, in order."""
    for service, groups in CALLS.items():
        names = {name for each in groups if types & set(each.types) for name in each.names}
        yield from ((service, name) for name in sorted(names))


RULE = "orchestrator-drift"
BUS = "orchestrator-drift"
QUEUE = "orchestrator-drift-events"
LONGEST = 1400
"""Characters of a rule's names and sources. A pattern has 2,048, of which roles need some.

Source: EventBridge user guide, quotas."""

Rules = Mapping[str, Mapping[str, list[str]]]


def rules(stacks: Iterable[StackName]) -> Rules:
    """By name of the rule, the names and sources of the calls it forwards."""
    found: dict[str, dict[str, list[str]]] = {}
    types = frozenset(type_ for stack in stacks for type_ in TYPES[stack])
    current: dict[str, list[str]] = {}
    for service, name in about(types):
        if not current or _length(current) + len(service) + len(name) + 6 > LONGEST:
            current = {"names": [], "sources": []}
            found[f"{RULE}-{len(found) + 1}" if found else RULE] = current
        for key, value in (("names", name), ("sources", service)):
            if value not in current[key]:
                current[key].append(value)
    return found


def _length(rule: Mapping[str, list[str]]) -> int:
    return sum(len(value) + 3 for values in rule.values() for value in values)


FUNCTION = "orchestrator-findings"
"""The role of the function that findings go to, which lives in the security account."""


def own_roles(organization: Organization, account: Account) -> tuple[str, ...]:
    """Their ARNs. The entry role is none of them: people use it, too."""
    facts = organization.facts
    names = [facts.access.apply_role]
    if facts.remediation.enabled:
        names += [facts.remediation.role, f"{facts.remediation.role}-2"]
        names += [FUNCTION] if account.id == organization.security.id else []
    return tuple(sorted(f"arn:aws:iam::{account.id}:role/{name}" for name in names))


def may_be_ours(call: DriftEvent, organization: Organization) -> bool:
    """Whether it looks like the entry role in a run of ours, which makes and changes the roles.

    Any caller who may be that role can call a session so: a reason to look later, when the run has
    written its state, and none not to look.
    """
    entry = f"arn:aws:iam::{call.account}:role/{organization.facts.access.entry_role}"
    return call.issuer == entry and call.through.rpartition("/")[2].startswith("orchestrator-")

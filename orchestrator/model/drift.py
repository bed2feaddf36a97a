"""What people are told about drift, once and not again until it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orchestrator.model.names import AccountId, StackKey


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

"""A call that somebody has made, and what it may have changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orchestrator.model.names import AccountId


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
class Heard:
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

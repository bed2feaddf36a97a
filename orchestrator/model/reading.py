"""What a provider has read of a stack's resources, kept to be compared with the next time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestrator.model.names import StackKey

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

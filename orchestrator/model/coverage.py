"""Which accounts are covered, and which are not: one row for each account that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orchestrator.model.names import AccountId
from orchestrator.model.organization import Quarantine
from orchestrator.model.run import Answer, Outcome, Probe


class Gap(StrEnum):
    """What keeps an account from being covered, the worst first."""

    NOT_CONFIGURED = "not in account_configs/"
    NOT_IN_AWS = "not in AWS Organizations"
    CLOSED = "closed, but still in account_configs/"
    OVERDUE = "its quarantine ran out"
    IN_ANOTHER_OU = "in another OU than account_configs/ says"
    NEVER_APPLIED = "never applied"
    FAILED = "the last apply did not come through"
    DENIED = "AWS did not let us look"
    DIFFERENT = "AWS is not as declared"
    DRIFTED = "drifted"
    UNCHECKED = "not checked for drift lately"


class Area(StrEnum):
    """What AWS is asked about in an account."""

    ROLES = "roles"
    SECURITY_HUB = "Security Hub"
    CONFIG = "AWS Config"
    LOG_DELIVERY = "log delivery"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run has made of an account's stack. `at` is in UTC."""

    at: datetime
    outcome: Outcome
    reason: str = ""

    @property
    def looked(self) -> bool:
        """Whether a drift check has come to an answer."""
        return self.outcome in (Outcome.IN_SYNC, Outcome.DRIFTED)


@dataclass(frozen=True, slots=True)
class Row:
    """One account. `name` is its file's name, or AWS's where there is no file.

    `applied` is the last apply that came through, `tried` the last apply at all, `checked` the
    last drift check. `probes` are empty unless AWS was asked; `answers` are the worst of them by
    what they are about. An account in `quarantine` is not expected to have it all.
    """

    id: AccountId
    name: str
    ou: str
    team: str = ""
    gaps: tuple[Gap, ...] = ()
    has_state: bool = False
    applied: datetime | None = None
    tried: Seen | None = None
    checked: Seen | None = None
    probes: tuple[Probe, ...] = field(default=())
    answers: Mapping[Area, Answer] = field(default_factory=dict)
    quarantine: Quarantine | None = None
    """Why it is set aside now; one that ran out is a gap."""
    unwatched: tuple[str, ...] = ()
    """Where no security service watches, as AWS says; a note, as it may be meant so."""

    @property
    def late(self) -> tuple[Probe, ...]:
        """What AWS, or a person, is still at: a note, and no gap."""
        return tuple(probe for probe in self.probes if probe.pending)

    @property
    def covered(self) -> bool:
        return not self.gaps and not self.quarantine

    @property
    def missed(self) -> bool:
        """Whether it should be covered, and is not."""
        return bool(self.gaps) and not self.quarantine

    @property
    def looked(self) -> datetime | None:
        """When it was last compared with AWS: by a drift check, or by an apply's second plan."""
        seen = [self.applied, self.checked.at if self.checked and self.checked.looked else None]
        return max(filter(None, seen), default=None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every account of AWS Organizations and of account_configs/, in id order.

    `asked` says whether AWS was asked about Security Hub, AWS Config, roles and log delivery.
    """

    at: datetime
    rows: tuple[Row, ...]
    asked: bool = False

    @property
    def covered(self) -> bool:
        """Whether nothing is missing; who is set aside is not missed."""
        return not any(row.missed for row in self.rows)

"""Who is covered, and who is not: one row for each account anybody knows of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orchestrator.model.names import AccountId
from orchestrator.model.run import Outcome, Probe


class Gap(StrEnum):
    """What keeps an account from being covered, the worst first."""

    NOT_CONFIGURED = "not in account_configs/"
    NOT_IN_AWS = "not in AWS Organizations"
    CLOSED = "closed, but still in account_configs/"
    IN_ANOTHER_OU = "in another OU than account_configs/ says"
    NEVER_APPLIED = "never applied"
    FAILED = "the last apply did not come through"
    DENIED = "AWS did not let us look"
    DIFFERENT = "AWS is not as declared"
    DRIFTED = "drifted"
    UNCHECKED = "not checked for drift lately"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run has made of an account's stack. `at` is in UTC."""

    at: datetime
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One account. `name` is its file's name, or AWS's where there is no file.

    `applied` is the last apply that came through, `tried` the last apply at all, `checked` the
    last drift check. `probes` are empty unless AWS was asked.
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

    @property
    def covered(self) -> bool:
        return not self.gaps


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every account of AWS Organizations and of account_configs/, in id order.

    `asked` says whether AWS was asked about Security Hub, AWS Config, roles and log delivery.
    """

    at: datetime
    rows: tuple[Row, ...]
    asked: bool = False

    @property
    def covered(self) -> bool:
        return all(row.covered for row in self.rows)

"""What was done, so that it can be shown and undone: a record of each fix that was considered.

Records stand in the table by day, so that they can be listed without an index; a record's id begins
with the day. The state before a fix stands in S3, and the record holds its digest. A digest of
a JSON value does not depend on the order of its keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from orchestrator.findings.finding import Finding
from orchestrator.findings.remediation import Place, Target, Value
from orchestrator.findings.table import Item, Key, Table


def text_of(value: Any) -> str:
    """`value` as JSON. Times are written in ISO 8601, tuples and sets as lists."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def digest(value: Any) -> str:
    return hashlib.sha256(text_of(value).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class Outcome(StrEnum):
    """How it ended."""

    FIXING = "fixing"
    """Begun. If it stays so, the invocation has died; the state before is kept."""
    FIXED = "fixed"
    ON_ITS_WAY = "on_its_way"
    """Fixed, and AWS is still applying it: checked again later."""
    FAILING = "failing"
    """Fixed, but the check still fails."""
    PASSES = "passes"
    """There was nothing to fix."""
    GONE = "gone"
    UNCLEAR = "unclear"
    CHANGED = "changed"
    """It is not what the finding, or the approved plan, was about."""
    OWNED = "owned"
    """Code owns it: the change is proposed."""
    PROPOSED = "proposed"
    REFUSED = "refused"
    HELD = "held"
    """The hour's budget is used up; tried again later."""
    STOPPED = "stopped"
    """By the kill switch or a circuit breaker."""
    STARTED = "started"
    """A runbook is running."""
    DENIED = "denied"
    FAILED = "failed"
    UNDOING = "undoing"
    """An undo has begun. If it stays so, it broke off: a part may be taken back."""
    UNDONE = "undone"
    NOTIFIED = "told"


CHANGED = frozenset(
    {
        Outcome.FIXED,
        Outcome.ON_ITS_WAY,
        Outcome.FAILING,
        Outcome.FAILED,
        Outcome.DENIED,
        Outcome.FIXING,
        Outcome.UNDOING,
    }
)
"""Outcomes after which something may have been changed. One call may have been allowed before
another was denied."""


@dataclass(frozen=True, slots=True)
class Record:
    """One finding that was decided to be fixed, and how that went."""

    id: str
    key: str
    finding: str
    product_arn: str
    control: str
    account: str
    region: str
    partition: str
    resource: str
    title: str
    severity: str
    team: str
    decision: str
    reason: str
    source: str
    at: str
    """UTC, ISO 8601."""
    found: str = ""
    """When Security Hub first had the finding; UTC, ISO 8601."""
    by: str = "function"
    outcome: Outcome = Outcome.FIXING
    note: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    before: str = ""
    """The digest of the state before the fix; '' if there was none."""
    after: str = ""
    """The digest of the same part of the resource as the fix left it."""
    undone_at: str = ""
    """When the undo began."""
    undone_by: str = ""
    undone_why: str = ""
    """What the person said who wanted it."""
    was: str = ""
    """The outcome that an undo which is under way has found."""

    @property
    def target(self) -> Target:
        """What it was about."""
        place = Place(self.account, self.region, self.partition)
        return Target(self.control, place, self.resource, self.parameters)

    @property
    def can_be_undone(self) -> bool:
        """Whether there is something to take back; whether it can be, its remediation says."""
        return bool(self.before) and self.outcome in CHANGED


def new_id(finding: Finding, now: datetime, attempt: int) -> str:
    """'20261123-1f0c9a2b4d': the day, and what tells records of one day apart."""
    what = f"{finding.key}{finding.updated.isoformat()}{finding.asked}{attempt}"
    return f"{now:%Y%m%d}-{hashlib.sha256(what.encode()).hexdigest()[:10]}"


class Records:
    """The records in the table."""

    def __init__(self, table: Table, keep_days: int) -> None:
        self._table = table
        self._keep = timedelta(days=keep_days)

    def save(self, record: Record) -> None:
        """Write `record`, also over an earlier state of it."""
        key = _key(record.id)
        expires = int((datetime.fromisoformat(record.at) + self._keep).timestamp())
        while True:
            there = self._table.get(key)
            item = Item(key, json.loads(text_of(asdict(record))), there.version if there else 0)
            if self._table.put(item, expires):
                return

    def get(self, id_: str) -> Record | None:
        """The record of this id."""
        if not _is_id(id_):
            return None
        item = self._table.get(_key(id_))
        return _record(item.data) if item else None

    def of(self, day: date) -> tuple[Record, ...]:
        """The records that began on a day (UTC), in no particular order."""
        items = self._table.query(f"day#{day:%Y%m%d}", limit=100_000)
        return tuple(_record(item.data) for item in items)

    def since(self, days: int, now: datetime) -> tuple[Record, ...]:
        """The records of the last days, newest first."""
        wanted = (now.astimezone(UTC).date() - timedelta(days=ago) for ago in range(days))
        found = [record for day in wanted for record in self.of(day)]
        return tuple(sorted(found, key=lambda record: record.at, reverse=True))


def _is_id(text: str) -> bool:
    day, dash, rest = text.partition("-")
    return day.isdigit() and len(day) == 8 and bool(dash) and 0 < len(rest) <= 32


def _key(id_: str) -> Key:
    return Key(f"day#{id_.partition('-')[0]}", id_)


def _record(data: Mapping[str, Any]) -> Record:
    known = Record.__dataclass_fields__
    values = {name: value for name, value in data.items() if name in known}
    parameters = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data["parameters"].items()
    }
    outcome = Outcome(data["outcome"])
    return Record(**{**values, "parameters": parameters, "outcome": outcome})


class BeforeStates(Protocol):
    """Where states before a fix are kept, and those after it, which are there to be shown."""

    def put(self, id_: str, before: Any) -> str:
        """Keep `before` under a record's id; its digest."""

    def get(self, id_: str) -> Any:
        """What was kept. Raises ClientError if it is gone."""

    def put_after(self, id_: str, after: Any) -> None:
        """Keep what the fix has made of it."""

    def get_after(self, id_: str) -> Any:
        """The same. Raises ClientError if it is gone, or was never there."""


class S3BeforeStates:
    """States before, in the security account's bucket; its lifecycle rule removes them."""

    def __init__(self, client: Any, bucket: str, key_arn: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key_arn = key_arn

    def put(self, id_: str, before: Any) -> str:
        self._put(f"before/{id_}.json", before)
        return digest(before)

    def get(self, id_: str) -> Any:
        return self._get(f"before/{id_}.json")

    def put_after(self, id_: str, after: Any) -> None:
        self._put(f"after/{id_}.json", after)

    def get_after(self, id_: str) -> Any:
        return self._get(f"after/{id_}.json")

    def _put(self, key: str, state: Any) -> None:
        self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=text_of(state).encode(),
            ContentType="application/json",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self._key_arn,
        )

    def _get(self, key: str) -> Any:
        answer = self._client.get_object(Bucket=self._bucket, Key=key)
        return json.loads(answer["Body"].read())

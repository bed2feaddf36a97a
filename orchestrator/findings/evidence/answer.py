"""What the rows of a query show of a resource: unused, used by these, or not to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from orchestrator.findings.evidence.question import (
    OF_ONE_RESOURCE,
    TITLES,
    Asks,
    Kind,
    Log,
    Question,
    Subject,
    collecting,
)
from orchestrator.findings.evidence.sql import LOST, MOST, USE

DAY = 24 * 60 * 60 * 1000
STALE = DAY
"""A log whose last line is older has stopped: VPC flow logs and events arrive within hours."""
GAPS = 0.1
"""So much of the time may have no line before an answer is a weak one."""
SHOWN = 20


class State(StrEnum):
    UNUSED = "unused"
    USED = "used"
    UNKNOWN = "cannot be told"


class Confidence(StrEnum):
    """How far an answer can be relied on."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class Row(NamedTuple):
    """One row of a query of `sql.query`; times are milliseconds since 1970."""

    kind: int
    who: str
    account: str
    network: str
    lines: int
    earliest: int
    latest: int
    days: int


@dataclass(frozen=True, slots=True)
class User:
    """Who used it: a principal, its account, an address; '' for what the log does not say."""

    who: str
    account: str
    network: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a log shows of one resource. `days` is how far back it reaches, never more than asked.

    `why` says what cannot be told and how it could be; `notes` say what weakens the answer.
    """

    state: State
    log: Log | None = None
    days: int = 0
    users: tuple[User, ...] = ()
    more: bool = False
    """Whether there are more users than these."""
    why: str = ""
    notes: tuple[str, ...] = ()
    confidence: Confidence = Confidence.NONE

    @property
    def uses(self) -> int:
        return sum(user.count for user in self.users)

    def unused_for(self, days: int) -> bool:
        """Whether it is shown well enough that nothing used it for so long."""
        sure = self.confidence in (Confidence.HIGH, Confidence.MEDIUM)
        return self.state is State.UNUSED and sure and self.days >= days


def unknown(why: str, log: Log | None = None) -> Evidence:
    return Evidence(state=State.UNKNOWN, log=log, why=why)


def not_collected(log: Log, subject: Subject) -> Evidence:
    where = f"{subject.account}/{subject.region}"
    return unknown(f"{TITLES[log]} of {where} are not collected: {collecting(log)}", log)


def judge(question: Question, log: Log, subject: Subject, rows: Sequence[Row]) -> Evidence:
    """What the rows show. Anything but a log that is there, whole and fresh, is unknown."""
    own = [row for row in rows if row.kind != 0]
    known = own if log in OF_ONE_RESOURCE else rows
    if not known:
        if log in OF_ONE_RESOURCE and rows:
            why = f"no line in {TITLES[log]} is of it, and it may not keep one: {collecting(log)}"
            return unknown(why, log)
        return not_collected(log, subject)
    if uses := [row for row in rows if row.kind == USE]:
        return _used(question, log, subject, rows, uses)
    if any(row.kind == LOST for row in rows):
        return unknown(f"{TITLES[log]} have left lines out (SKIPDATA)", log)
    latest = max(row.latest for row in known)
    if subject.until - latest > STALE:
        return unknown(f"{TITLES[log]} have no line since {_at(latest):%Y-%m-%d %H:%M} UTC", log)
    return _unused(question, log, subject, known, own)


def _used(
    question: Question, log: Log, subject: Subject, rows: Sequence[Row], uses: Sequence[Row]
) -> Evidence:
    users = sorted((_user(row) for row in uses), key=lambda user: (-user.count, user.network))
    notes = [subject.shared] if subject.shared else []
    if question.asks is Asks.CLEARTEXT and log is Log.S3_DATA and not _shows_tls(rows):
        return unknown("none of its events says anything about TLS: read S3's own log instead", log)
    weak = bool(subject.shared) or (log is Log.S3_DATA and question.asks is Asks.CLEARTEXT)
    return Evidence(
        state=State.USED,
        log=log,
        days=_covered(subject, rows),
        users=tuple(users[:SHOWN]),
        more=len(users) > SHOWN or len(rows) >= MOST,
        notes=tuple(notes),
        confidence=Confidence.MEDIUM if weak else Confidence.HIGH,
    )


def _shows_tls(rows: Iterable[Row]) -> bool:
    """Whether the log holds what is not there for cleartext for others of its lines."""
    return any(row.kind == 1 for row in rows)


def _unused(
    question: Question, log: Log, subject: Subject, known: Sequence[Row], own: Sequence[Row]
) -> Evidence:
    days = _covered(subject, known)
    notes, confidence = [], Confidence.HIGH
    seen = max(row.days for row in known)
    if not own and question.kind not in (Kind.USER, Kind.ROOT):
        confidence = Confidence.MEDIUM
        notes.append("no line of any kind is about it")
    if seen < days * (1 - GAPS):
        confidence = Confidence.LOW
        notes.append(f"the log has lines of {seen} of {days} days")
    return Evidence(
        state=State.UNUSED, log=log, days=days, notes=tuple(notes), confidence=confidence
    )


def _covered(subject: Subject, rows: Sequence[Row]) -> int:
    """Whole days back to the log's first line; a log that begins within the first day has all."""
    asked = round((subject.until - subject.since) / DAY)
    first = min(row.earliest for row in rows)
    return asked if first <= subject.since + DAY else int((subject.until - first) // DAY)


def _user(row: Row) -> User:
    return User(row.who, row.account, row.network, row.lines, _at(row.latest))


def _at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)


OWN = "IAM's own record of the last use"


def by_own_record(found: Evidence, subject: Subject) -> Evidence:
    """What logs show of a user, held against what IAM has seen of its keys and password.

    Management events do not have calls such as GetObject, IAM's record has all of them.
    Source: IAM API Reference, GetAccessKeyLastUsed; IAM User Guide, "Finding unused credentials".
    """
    if found.state is State.USED:
        return found
    if subject.last_used is None:
        note = f"{OWN} was not read, and events do not have calls such as GetObject"
        unused = found.state is State.UNUSED
        weak = replace(found, confidence=Confidence.LOW, notes=(*found.notes, note))
        return weak if unused else found
    days = round((subject.until - subject.since) / DAY)
    if subject.last_used >= subject.since:
        user = User(OWN, subject.account, "", 1, _at(subject.last_used))
        return Evidence(state=State.USED, days=days, users=(user,), confidence=Confidence.HIGH)
    return Evidence(state=State.UNUSED, days=days, notes=(f"by {OWN}",), confidence=Confidence.HIGH)


class Advice(StrEnum):
    REMEDIATE = "remediate now"
    EXCEPT = "exception until"
    NOTIFY = "tell the owner"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do. `until` is there with EXCEPT alone."""

    advice: Advice
    confidence: Confidence
    reason: str
    until: date | None = None

    def __str__(self) -> str:
        until = f" {self.until}" if self.until else ""
        return f"{self.advice}{until} ({self.confidence} confidence): {self.reason}"


FEW = 5
MOVING = timedelta(days=30)
"""Time for those who use it to go another way."""


def recommend(evidence: Evidence, now: datetime) -> Recommendation:
    """What follows from the evidence alone; a person knows more."""
    if evidence.state is State.UNKNOWN:
        reason = "what would break cannot be told"
        return Recommendation(Advice.NOTIFY, Confidence.NONE, reason)
    if evidence.state is State.UNUSED:
        weak = evidence.confidence is Confidence.LOW
        advice = Advice.NOTIFY if weak else Advice.REMEDIATE
        reason = f"nothing used it in {evidence.days} days"
        return Recommendation(advice, evidence.confidence, reason)
    if evidence.more or len(evidence.users) > FEW:
        reason = "many use it: they would be cut off"
        return Recommendation(Advice.NOTIFY, evidence.confidence, reason)
    reason = "these few would be cut off: let them go another way first"
    until = (now + MOVING).date()
    return Recommendation(Advice.EXCEPT, evidence.confidence, reason, until)


def line(evidence: Evidence, most: int = 3) -> str:
    """The answer in one line: 'used by 203.0.113.9 (4,211, last 2026-11-28) and 2 more'."""
    if evidence.state is State.UNKNOWN:
        return f"{evidence.state}: {evidence.why}"
    title = TITLES[evidence.log] if evidence.log else "IAM's records"
    if evidence.state is State.UNUSED:
        said = f"unused for {evidence.days} days, as {title} show"
    else:
        named = ", ".join(_named(user) for user in evidence.users[:most])
        left = len(evidence.users) - most
        rest = f" and {'more than ' if evidence.more else ''}{left} more" if left > 0 else ""
        said = f"used in {evidence.days} days, as {title} show: {named}{rest}"
    return "; ".join((said, *evidence.notes))


def _named(user: User) -> str:
    parts = (user.who, f"of {user.account}" if user.account else "", user.network)
    name = " ".join(part for part in parts if part) or "somebody"
    return f"{name} ({user.count:,}, last {user.last:%Y-%m-%d})"


def best(answers: Iterable[Evidence]) -> Evidence:
    """The first that tells something, of several logs; else the first one's reason and theirs."""
    unknowns: list[Evidence] = []
    for each in answers:
        if each.state is not State.UNKNOWN:
            return each
        unknowns.append(each)
    whys = "; or ".join(dict.fromkeys(each.why for each in unknowns))
    return replace(unknowns[0], why=whys) if unknowns else unknown("no log answers for it")

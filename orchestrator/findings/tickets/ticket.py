"""What a ticket says, and what is to be done about one: values, and no input or output.

A `Line` has words of ours and a value from outside. A tracker writes the value as code, or as plain
text: it is never markup, a mention or a link there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from orchestrator.findings.finding import Finding, Severity
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.messages import languages
from orchestrator.findings.messages.message import LANGUAGES, Message
from orchestrator.findings.records import digest

MOST_RESOURCES = 50
"""Listed in a ticket; the others are counted."""
PATIENCE = timedelta(hours=24)
"""A ticket closed by hand rests for so long: every check of AWS has run again by then.
Source: AWS Security Hub User Guide, "Schedule for running security checks"."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One resource that fails, as the ticket lists it. Times are UTC, ISO 8601."""

    resource: str
    region: str
    severity: str
    title: str
    said: str
    """What became of it: an outcome, as in the messages to teams."""
    note: str
    reason: str
    source: str
    finding: str
    effect: str
    breaks: str
    help: str
    updated: str
    since: str = ""
    """When it was first noted here."""

    def document(self) -> dict[str, Any]:
        """As it is kept in the table."""
        return asdict(self)

    @property
    def news(self) -> dict[str, Any]:
        """What a ticket shows of it: the rest may change without a word."""
        return {key: value for key, value in asdict(self).items() if key not in UNSEEN}


UNSEEN = frozenset({"updated", "since"})


def failure(message: Message, finding: Finding) -> Failure:
    """The resource of a finding, and what the team is told of it."""
    return Failure(
        resource=message.resource,
        region=message.region,
        severity=message.severity,
        title=message.title,
        said=message.said,
        note=message.note,
        reason=message.reason,
        source=message.source,
        finding=message.finding,
        effect=message.effect,
        breaks=message.breaks,
        help=message.help,
        updated=finding.updated.isoformat(),
    )


def key_of(account: str, control: str) -> str:
    """'orchestrator-111122223333-s3.1': one word, of letters every tracker takes in a label.

    A control's id that has others, or is long, is named by a digest.
    """
    plain = control.lower()
    fits = len(plain) <= 20 and all(c.isascii() and (c.isalnum() or c in ".-") for c in plain)
    name = plain if fits else hashlib.sha256(plain.encode()).hexdigest()[:16]
    return f"orchestrator-{account}-{name}"


@dataclass(frozen=True, slots=True)
class Line:
    """`text` is ours, `value` is data."""

    text: str
    value: str = ""
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """A ticket's words. `items` are its resources, each of some lines; `more` counts the rest."""

    key: str
    title: str
    head: tuple[Line, ...]
    items: tuple[tuple[Line, ...], ...]
    tail: tuple[Line, ...]
    count: int
    more: str
    severity: Severity

    def lines(self, most: int = MOST_RESOURCES) -> Iterator[Line]:
        """With `most` resources."""
        yield from self.head
        shown = self.items[:most]
        for item in shown:
            yield from item
        if left := self.count - len(shown):
            yield Line(self.more.format(count=left))
        yield from self.tail

    @property
    def digest(self) -> str:
        return digest([self.title, [[line.text, line.value] for line in self.lines()]])


def content(
    account: str, control: str, team: str, failures: Mapping[str, Failure], matrix: Matrix
) -> Content:
    """The ticket for what fails of a control in an account. There is at least one failure."""
    known = matrix.teams.get(team)
    texts = LANGUAGES.get(known.language if known else "en", languages.ENGLISH)
    ordered = sorted(failures.values(), key=lambda f: (-Severity[f.severity], f.resource, f.region))
    worst = ordered[0]
    name = matrix.accounts[account].name if account in matrix.accounts else ""
    where = f"{name} ({account})" if name else account
    title = texts["ticket.title"].format(
        severity=worst.severity, what=control, account=where, count=len(ordered)
    )
    return Content(
        key=key_of(account, control),
        title=title,
        head=tuple(_head(worst, where, team, texts)),
        items=tuple(tuple(_item(each, texts)) for each in ordered[:MOST_RESOURCES]),
        tail=(
            Line(texts["ticket.answer"], "exception until YYYY-MM-DD: …"),
            Line(texts["ticket.kept"]),
        ),
        count=len(ordered),
        more=texts["digest.more"],
        severity=Severity[worst.severity],
    )


def _head(worst: Failure, where: str, team: str, texts: Mapping[str, str]) -> Iterator[Line]:
    facts = {
        "title": worst.title,
        "severity": texts[f"severity.{worst.severity}"],
        "account": where,
        "owner": team,
        "effect": worst.effect,
        "breaks": worst.breaks,
        "help": worst.help,
    }
    for label, value in facts.items():
        if value:
            yield Line(f"{texts[f'label.{label}']}:", value)
    yield Line(texts["ticket.resources"])


def _item(failure: Failure, texts: Mapping[str, str]) -> Iterator[Line]:
    state = texts[f"subject.{failure.said}"]
    yield Line(f"{failure.region}, {state}:", failure.resource, bullet=True)
    yield Line(f"{texts['label.reason']}:", failure.note or failure.reason)
    if failure.source:
        yield Line(f"{texts['label.source']}:", failure.source)
    if failure.said == "proposed":
        yield Line(texts["ticket.run"], texts["run"].format(finding=failure.finding))


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that is there. `place` is what its tracker calls it: a number, a key, an id."""

    place: str
    open: bool
    final: bool = False
    """Whether its tracker never opens it again once it is closed."""


class Step(StrEnum):
    """What is done about a ticket."""

    CREATE = "create"
    UPDATE = "update"
    REOPEN = "reopen"
    CLOSE = "close"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a ticket from the last look."""

    digest: str = ""
    """Of what it said when it was last written; '' if this is the first time."""
    closed: datetime | None = None
    """When it was first seen to be closed while something fails."""


def step(
    wanted: Content | None, ticket: Ticket | None, known: Known, now: datetime, *, fresh: bool
) -> Step:
    """What to do. `wanted` is None if nothing fails; `fresh`: something fails since the last look.

    Who closes a ticket by hand may have repaired what it is about just now. It is opened again when
    that did not help, or when something else fails.
    """
    if wanted is None:
        return Step.CLOSE if ticket and ticket.open else Step.LEAVE
    if ticket is None:
        return Step.CREATE
    if ticket.open:
        return Step.LEAVE if known.digest == wanted.digest else Step.UPDATE
    waited = known.closed is not None and now - known.closed >= PATIENCE
    if not (fresh or waited or not known.digest):
        return Step.LEAVE
    return Step.CREATE if ticket.final else Step.REOPEN

"""What people have answered in tickets: that something is to stay as it is, until when and why.

An answer is a comment whose first line begins with `exception until YYYY-MM-DD:`. Whoever may
comment may answer, so that it is a wish and no more: what becomes of it is reviewed as a change to
exceptions.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orchestrator.findings.errors import AwsError, said
from orchestrator.findings.event_reader import clean
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.tickets.failures import Failures, Head
from orchestrator.findings.tickets.keeper import SHAPES, Trackers
from orchestrator.findings.tickets.trackers.api import Comment, TrackerError

WISH = re.compile(r"\s*exception until\s+(?P<until>\S*[^\s:,])\s*[:,]?\s*(?P<reason>.*)", re.I)
LONGEST_REASON = 500
SHORTEST_REASON = 10
LONGEST = timedelta(days=366)
"""As for every exception: a year, and the day that a leap year has more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An exception that is wanted. `resources` are those that fail now, or that were named."""

    account: str
    control: str
    team: str
    ticket: str
    author: str
    until: date
    reason: str
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A ticket or an answer that cannot be followed, why, and what to do."""

    account: str
    ticket: str
    why: str
    fix: str


def read(
    matrix: Matrix, failures: Failures, trackers: Trackers, today: date
) -> tuple[Wish | Unread, ...]:
    """The last answer of every ticket that is known, and what could not be read."""
    found: list[Wish | Unread] = []
    for head, _ in failures.heads():
        team = matrix.teams.get(head.team)
        if team is None or team.tickets is None or head.home != team.tickets.home or not head.place:
            continue
        ticket = f"{team.tickets.kind} {team.tickets.project} {head.place}"
        try:
            comments = trackers(team.tickets).comments(head.place)
        except (TrackerError, *SHAPES, *AwsError) as error:
            why = str(error) if isinstance(error, TrackerError) else said(error)
            found.append(Unread(head.account, ticket, why, "look whether the tracker is there"))
            continue
        resources = sorted({each.resource for each in failures.of(head).values()})
        if answer := last(head, ticket, comments, resources, today):
            found.append(answer)
    return tuple(found)


def last(
    head: Head, ticket: str, comments: Iterable[Comment], resources: list[str], today: date
) -> Wish | Unread | None:
    """What the newest answer says; None if nobody has answered, or nothing fails any more."""
    wishes = [(each, WISH.match(each.text)) for each in comments]
    answered = [(each, match) for each, match in wishes if match]
    if not answered or not resources:
        return None
    comment, match = answered[-1]
    author = clean(comment.author, 100) or "somebody"
    reason = clean(match["reason"] + " " + comment.text[match.end() :], LONGEST_REASON)
    until = _date(match["until"])
    if why := _unfit(until, reason, today):
        fix = "answer again: exception until YYYY-MM-DD: why it has to stay as it is"
        return Unread(head.account, ticket, f"{author}: {why}", fix)
    assert until  # noqa: S101  or it would be unfit
    words = set(comment.text.split())
    named = tuple(each for each in resources if each in words)
    return Wish(
        account=head.account,
        control=head.control,
        team=head.team,
        ticket=ticket,
        author=author,
        until=until,
        reason=reason,
        resources=named or tuple(resources),
    )


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None


def _unfit(until: date | None, reason: str, today: date) -> str:
    if until is None:
        return "the date is not of the form YYYY-MM-DD"
    if until < today:
        return f"{until} is over"
    if until - today > LONGEST:
        return f"{until} is more than a year away"
    return "" if len(reason) >= SHORTEST_REASON else "there is no reason, in a sentence"


def pattern(resource: str) -> str:
    """`resource` as a pattern that fits itself alone: its name may have what globs are made of."""
    return re.sub(r"([*?\[])", r"[\1]", resource)


def entry(wish: Wish, account_name: str) -> Mapping[str, object]:
    """The wish as exceptions.yaml has it."""
    return {
        "control": wish.control,
        "accounts": [account_name],
        "resources": [pattern(each) for each in wish.resources],
        "owner": wish.team,
        "reason": wish.reason,
        "ticket": wish.ticket,
        "expires": wish.until.isoformat(),
    }

"""Keeps tickets up to date: notes what findings say at once, and asks the trackers at each tick.

No tracker is asked while a finding is worked on: one that is slow or away never stops a fix. What
goes wrong is said once, and tried again after growing pauses; what fails stays noted until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.findings.errors import AwsError, said
from orchestrator.findings.finding import Finding
from orchestrator.findings.matrix import Matrix, Team, TicketProject
from orchestrator.findings.messages import languages
from orchestrator.findings.messages.message import LANGUAGES, Message
from orchestrator.findings.messages.notifier import wants
from orchestrator.findings.records import Outcome
from orchestrator.findings.tickets.failures import Failures, Head
from orchestrator.findings.tickets.ticket import (
    Content,
    Known,
    Step,
    Ticket,
    content,
    step,
)
from orchestrator.findings.tickets.trackers.api import Busy, Tracker, TrackerError

OVER = frozenset({Outcome.FIXED, Outcome.PASSES, Outcome.GONE})
"""Nothing is left for a person to do."""
UNDECIDED = frozenset({Outcome.ON_ITS_WAY, Outcome.STARTED, Outcome.HELD, Outcome.FIXING})
"""It may well be over soon: no ticket for it, and none closed."""
MOST = 20
"""Tickets of one tick: each takes a few calls, and trackers count those of a minute."""
ENOUGH = timedelta(seconds=60)
"""What one ticket may take."""
LOOK_AGAIN = timedelta(hours=6)
"""After so long a ticket is looked at although nothing has changed: it may have been closed."""
PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)

SHAPES = (AttributeError, LookupError, TypeError, ValueError)
"""What reading an answer raises that is not of its API's shape."""

Trackers = Callable[[TicketProject], Tracker]
"""Opens a team's tracker. Raises TrackerError, and what AWS raises for the secret."""


class Keeper:
    """The tickets of the teams that have chosen a tracker."""

    def __init__(self, matrix: Matrix, failures: Failures, trackers: Trackers) -> None:
        self._matrix = matrix
        self.failures = failures
        self.trackers = trackers

    def note(self, finding: Finding, message: Message, outcome: Outcome, now: datetime) -> None:
        """Note what became of a finding."""
        team = self._team(message.team)
        if team is None or not finding.control or outcome in UNDECIDED:
            return
        if outcome in OVER:
            self.failures.remove(finding, now)
        elif wants(team, finding):
            self.failures.add(message, finding, now)

    def over(self, finding: Finding, now: datetime) -> None:
        """Note that nothing is to be done about a finding: it passes, or it is excepted."""
        account = self._matrix.accounts.get(finding.account)
        if finding.control and self._team(account.team if account else self._matrix.fallback_team):
            self.failures.remove(finding, now)

    def _team(self, name: str) -> Team | None:
        team = self._matrix.teams.get(name)
        return team if team and team.tickets else None

    def tick(self, now: Callable[[], datetime], until: datetime) -> Iterator[str]:
        """Bring tickets up to date; what went wrong, once for each ticket and reason."""
        began = now()
        if not any(team.tickets for team in self._matrix.teams.values()):
            return
        if not self.failures.lease(until, began):
            return
        resting: set[str] = set()
        done = 0
        for head, version in sorted(self.failures.heads(), key=_urgency):
            team = self._team(head.team)
            if team is None or team.tickets is None or not _due(head, now()):
                continue
            if team.tickets.home in resting:
                continue
            if done >= MOST or now() + ENOUGH > until:
                break
            if self.failures.paused(team.tickets.home, now()):
                resting.add(team.tickets.home)
                continue
            done += 1
            yield from self._bring(head, version, team.tickets, now(), resting)
        self.failures.release(now())

    def _bring(
        self,
        head: Head,
        version: int,
        project: TicketProject,
        now: datetime,
        resting: set[str],
    ) -> Iterator[str]:
        """One ticket up to date; what is new about what went wrong."""
        try:
            self._sync(head, version, self.trackers(project), project.home, now)
        except Busy as busy:
            self.failures.pause(project.home, busy.until, now)
            resting.add(project.home)
        except (TrackerError, *SHAPES, *AwsError) as error:
            problem = str(error) if isinstance(error, TrackerError) else said(error)
            self.failures.change(head, lambda known: _failed(known, problem, now), now)
            if problem != head.problem:
                yield f"ticket {head.key}: {problem}"

    def _sync(self, head: Head, version: int, tracker: Tracker, home: str, now: datetime) -> None:
        """Raises TrackerError and its kin, and changes nothing here then."""
        failing = self.failures.of(head)
        wanted = (
            content(head.account, head.control, head.team, failing, self._matrix)
            if failing
            else None
        )
        place = head.place if head.home == home else ""
        ticket = tracker.look(place) if place else None
        ticket = ticket or tracker.find(head.key)
        fresh = any(each.since > head.looked for each in failing.values())
        what = step(wanted, ticket, _known(head, home), now, fresh=fresh)
        ticket = self._do(what, ticket, wanted, tracker, head)
        if wanted is None:
            self.failures.drop(head, version)
            return
        after = _after(head, ticket, wanted, home, now)
        self.failures.change(
            head, lambda known: replace(after, changes=known.changes, team=known.team), now
        )

    def _do(
        self,
        what: Step,
        ticket: Ticket | None,
        wanted: Content | None,
        tracker: Tracker,
        head: Head,
    ) -> Ticket | None:
        """The ticket as it is then."""
        texts = self._texts(head.team)
        if what is Step.CREATE and wanted:
            return tracker.create(wanted)
        if ticket is None or what is Step.LEAVE:
            return ticket
        if what is Step.CLOSE:
            tracker.close(ticket.place)
            tracker.comment(ticket.place, texts["ticket.closed"])
            return replace(ticket, open=False)
        assert wanted  # noqa: S101  or there would be nothing to write
        if what is Step.REOPEN:
            tracker.reopen(ticket.place)
        tracker.update(ticket.place, wanted)
        if what is Step.REOPEN:
            tracker.comment(ticket.place, texts["ticket.reopened"])
        elif wanted.count > head.count:
            tracker.comment(ticket.place, texts["ticket.grown"].format(count=wanted.count))
        return replace(ticket, open=True)

    def _texts(self, team: str) -> dict[str, str]:
        known = self._matrix.teams.get(team)
        return dict(LANGUAGES.get(known.language if known else "en", languages.ENGLISH))


def _urgency(found: tuple[Head, int]) -> tuple[bool, str]:
    """What has changed first, then what was not looked at for the longest."""
    head, _ = found
    return head.changes == head.synced, head.looked


def _due(head: Head, now: datetime) -> bool:
    if head.again and now < datetime.fromisoformat(head.again):
        return False
    if head.changes != head.synced or not head.looked:
        return True
    return now - datetime.fromisoformat(head.looked) >= LOOK_AGAIN


def _known(head: Head, home: str) -> Known:
    """What another tracker's ticket said does not count."""
    if head.home != home:
        return Known()
    return Known(head.digest, datetime.fromisoformat(head.closed) if head.closed else None)


def _after(head: Head, ticket: Ticket | None, wanted: Content, home: str, now: datetime) -> Head:
    closed = ticket is not None and not ticket.open
    return replace(
        head,
        synced=head.changes,
        looked=now.isoformat(),
        home=home,
        place=ticket.place if ticket else "",
        digest=head.digest if closed else wanted.digest,
        count=wanted.count,
        closed=(head.closed or now.isoformat()) if closed else "",
        problem="",
        failed=0,
        again="",
    )


def _failed(head: Head, problem: str, now: datetime) -> Head:
    pause = min(PAUSE * 2 ** min(head.failed, 10), LONGEST_PAUSE)
    return replace(head, problem=problem, failed=head.failed + 1, again=(now + pause).isoformat())

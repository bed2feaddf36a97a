"""`vend`: from "there is a new account" to an account that is covered."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TextIO

from orchestrator import config, wiring
from orchestrator.accounts.events import AccountEvent, Ignored, events
from orchestrator.accounts.files import Need, Task
from orchestrator.accounts.vending import vended
from orchestrator.app import proposals
from orchestrator.app.project import Project, Say
from orchestrator.app.recordings import asked, recorded
from orchestrator.app.session import Caller, Session, environment, finish, session
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.model import dates
from orchestrator.model.events import Event, StackEnded, StageEnded
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Clock
from orchestrator.rollout import rollout
from orchestrator.stages.jobs import Job, groups
from orchestrator.stages.planning import purpose_of

ID = re.compile(r"[0-9]{12}")
PAUSE = 10.0
"""Seconds between two tries to enter a new account."""
COVERED = "covered"
"""The stage from an account's event to the end of its verification."""
Found = Sequence[AccountEvent | Ignored]


def vend(
    project: Project,
    caller: Caller,
    accounts: Sequence[str],
    stream: TextIO | None,
    place: proposals.Place,
    *,
    write_only: bool = False,
    wait: float = 15,
    width: int | None = None,
) -> ExitCode:
    """Write the files of new accounts, apply, verify and report them.

    `stream` has events, and `wait` are minutes until an account must let us in.
    """
    found = events(stream, stream.name) if stream else ()
    organization, places = config.surveyed(project.configs)
    ids = tuple(
        dict.fromkeys(
            (*named(organization, accounts), *heard(found, organization, places, project.say))
        )
    )
    now = datetime.now(UTC)
    outlook = wiring.outlook(organization, environment(project), f"{now:%Y%m%d-%H%M%S}-vend")
    tasks = place.carried_out(
        ids, lambda root, today: vended(ids, outlook.inventory.member, root, today)
    )
    for task in tasks:
        project.say(proposals.line(task))
    able = tuple(task for task in tasks if task.covers)
    code = ExitCode.INCOMPLETE if any(t.need is Need.REFUSE for t in tasks) else ExitCode.DONE
    if write_only or place.reviewed or not able:
        return code
    return _applied(project, caller, able, wait, width, first_heard(found)) or code


def named(organization: Organization, words: Iterable[str]) -> Iterator[AccountId]:
    """Accounts by name or id. Raises UsageError for what is neither."""
    known = {account.name: account.id for account in organization.accounts}
    for word in words:
        if word not in known and not ID.fullmatch(word):
            what = f"'{word}' is neither a name nor an id"
            raise UsageError(what, "name it by its 12 digits")
        yield known.get(word, AccountId(word))


def heard(
    found: Found, organization: Organization, places: config.Places, say: Say
) -> Iterator[AccountId]:
    """The accounts that events ask to look at; what is left alone is told, once for each reason."""
    ignored = Counter(event.why for event in found if isinstance(event, Ignored))
    for why, count in ignored.items():
        times = f" ({count} events)" if count > 1 else ""
        say(proposals.printable(f"left alone: {why}{times}"))
    for event in (each for each in found if isinstance(each, AccountEvent)):
        if organization.facts.control_tower and not (event.ready or event.account in places.files):
            why = "AWS Control Tower is still enrolling it, and says so when it has"
            say(f"{event.account}: left alone: {why}")
        else:
            yield event.account


def first_heard(found: Found) -> Mapping[AccountId, datetime]:
    """When each account was first heard of."""
    firsts: dict[AccountId, datetime] = {}
    for event in found:
        if isinstance(event, AccountEvent):
            firsts[event.account] = min(event.at, firsts.get(event.account, event.at))
    return firsts


def _applied(
    project: Project,
    caller: Caller,
    tasks: Sequence[Task],
    wait: float,
    width: int | None,
    since: Mapping[AccountId, datetime],
) -> ExitCode:
    """The accounts' stacks, and the security account's, whose decisions name every account.

    No account's failure keeps another waiting: they have nothing in common but their event's hour.
    """
    with session(project, caller, changes=True) as current:
        own = [_key(current, task.name, StackName.ACCOUNT) for task in tasks]
        security = current.organization.security.name
        jobs = current.jobs([_key(current, security, StackName.SECURITY), *own])
        deadline = time.monotonic() + wait * 60
        for job in jobs[1:]:
            if not job.account.set_aside(dates.today()):
                _enterable(current, job, deadline)
        ordered = groups(jobs, current.organization, width)
        inputs = asked(current, "vend", ordered)
        words = " ".join(task.name for task in tasks)
        with recorded(current, replace(inputs, selection=words)):
            ends = Ends(current.ports.clock)
            current.hear(ends)
            results = rollout.apply(ordered, current.ports, current.options(width, len(jobs)))
            for stage, said in covered(results, since, ends.at):
                current.ports.emit(stage)
                project.say(said)
            return finish(current, "vend", results).exit_code


@dataclass(slots=True)
class Ends:
    """Hears when each stack has come to its result."""

    clock: Clock
    at: dict[StackKey, datetime] = field(default_factory=dict)

    def __call__(self, event: Event) -> None:
        if isinstance(event, StackEnded):
            self.at[event.result.key] = self.clock()


def covered(
    results: Iterable[StackResult],
    since: Mapping[AccountId, datetime],
    ends: Mapping[StackKey, datetime],
) -> Iterator[tuple[StageEnded, str]]:
    """From the event to verified, for each account that this run has brought to that."""
    for result in results:
        key = result.key
        first = since.get(key.account_id) if key.stack is StackName.ACCOUNT else None
        if first and result.outcome is Outcome.APPLIED:
            spent = max(0.0, (ends[key] - first).total_seconds())
            said = f"{key.account_name}: covered {spent:.0f} s after its event"
            yield StageEnded(key, COVERED, spent, f"since {first.isoformat()}"), said


def _key(current: Session, name: str, stack: StackName) -> StackKey:
    return StackKey(current.organization.named(name).id, name, stack)


def _enterable(current: Session, job: Job, deadline: float) -> None:
    """Until the account lets us in, or the time is over: then the run says who did not."""
    while time.monotonic() < deadline and not current.stop.is_set():
        try:
            with current.ports.sessions.open(job.key, purpose_of(job, current.ports)):
                return
        except AwsDenied:
            current.ports.rest(min(PAUSE, max(0.0, deadline - time.monotonic())))

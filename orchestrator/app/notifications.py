"""People are told of drift: `--notify` once it is found, `listen` as it happens."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from orchestrator import wiring
from orchestrator.app.project import Project, Say
from orchestrator.app.session import Session, environment, session
from orchestrator.drift import check
from orchestrator.drift.events import POLL, Cases, Means, Suspects, one_round
from orchestrator.drift.notifications import happened, looked, notifications, steps
from orchestrator.errors import NotificationFailed, UsageError
from orchestrator.model.drift import DriftNotification
from orchestrator.model.events import RunStarted
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.run import Run, StackResult
from orchestrator.ports import Tickets
from orchestrator.render import stacks_of
from orchestrator.stages.jobs import Job
from orchestrator.views.run import lines

KINDS: Mapping[str, re.Pattern[str]] = {
    "github": re.compile(r"[\w.-]+/[\w.-]+"),
    "sns": re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[\w-]+"),
    "webhook": re.compile(r"https://[^\s]+"),
}
SECRETS: Mapping[str, str] = {"github": "GITHUB_TOKEN", "webhook": "ORCHESTRATOR_WEBHOOK_SECRET"}


def check_targets(targets: Sequence[str], env: Mapping[str, str]) -> None:
    """Before anything is started. Raises UsageError."""
    for target in targets:
        kind, _, where = target.partition(":")
        if kind not in KINDS or not KINDS[kind].fullmatch(where):
            fix = "write github:OWNER/NAME, sns:ARN of a topic, or webhook:https://…"
            raise UsageError(f"no message can be sent to '{target}'", fix)
        secret = SECRETS.get(kind)
        if secret and not env.get(secret):
            raise UsageError(f"{secret} is not set", f"{kind} needs it; it is never an argument")


def notify(
    current: Session, results: Sequence[StackResult], targets: Sequence[str], *, complete: bool
) -> ExitCode:
    """The results of the session's own run."""
    return notify_of(current.project, current.organization, results, targets, complete=complete)


def notify_of(
    project: Project,
    organization: Organization,
    results: Sequence[StackResult],
    targets: Sequence[str],
    *,
    complete: bool,
) -> ExitCode:
    """Open, update and close at every target; one that cannot be told keeps no other from it.

    `complete`: all stacks were checked, so what is not found any more is over.
    """
    found = notifications(results)
    worst = ExitCode.DONE
    for target in targets:
        try:
            place = tickets_at(project, organization, target)
            _carried_out(place, found, results, project.say, complete=complete)
        except NotificationFailed as error:
            project.say(f"error: {target}: {error}")
            worst = error.exit_code
    return worst


def _carried_out(
    place: Tickets,
    found: Sequence[DriftNotification],
    results: Sequence[StackResult],
    say: Say,
    *,
    complete: bool,
) -> None:
    opened = place.opened()
    for step in steps(found, opened, looked(results, opened, complete)):
        place.carry_out(step)
        say(f"{step.move}: {step.title}")


def tickets_at(project: Project, organization: Organization, target: str) -> Tickets:
    """Where a target's tickets are."""
    kind, _, where = target.partition(":")
    home = organization.facts.home_region
    return wiring.tickets(kind, where, project.notifications, environment(project), home)


def listen(
    project: Project, seconds: float | None, targets: Sequence[str], show: Callable[[str], None]
) -> ExitCode:
    """Until Ctrl-C, or for so many seconds; `show` prints each change that was found."""
    check_targets(targets, project.environ)
    with session(project) as current:
        current.ports.emit(RunStarted(current.run_id, "listen", ()))
        return _listen(current, seconds, targets, show)


def _listen(
    current: Session,
    seconds: float | None,
    targets: Sequence[str],
    show: Callable[[str], None],
) -> ExitCode:
    env = environment(current.project)
    queue = wiring.call_queue(current.organization, env, current.run_id)
    jobs: dict[StackKey, Job] = {}
    means = Means(
        queue,
        lambda cases: _examined(current, jobs, cases),
        lambda results, calls: _published(current, targets, results, calls, show),
    )
    stacks = stacks_of(current.organization)
    ends = time.monotonic() + seconds if seconds is not None else float("inf")
    worst = ExitCode.DONE
    current.project.say("listening")
    while not current.stop.is_set() and (left := ends - time.monotonic()) > 0:
        results = one_round(current.organization, stacks, means, max(1, int(min(POLL, left))))
        if results:
            worst = max(worst, Run(current.run_id, "listen", "", 0, results).exit_code)
    return worst


def _examined(
    current: Session, jobs: dict[StackKey, Job], cases: Mapping[StackKey, Suspects]
) -> tuple[StackResult, ...]:
    """Several stacks at a time; what a stack is rendered to is kept for the next time."""
    for key in cases:
        jobs.setdefault(key, current.job(key))
    width = max(1, min(len(cases), current.ports.capacity.width(0)))
    with ThreadPoolExecutor(max_workers=width) as pool:
        found = pool.map(
            lambda case: check.examine(jobs[case[0]], case[1], current.ports), cases.items()
        )
        results = tuple(found)
    for result in results:
        if result.plan is not None:
            current.ports.folders.discard(result.plan)
    return results


def _published(
    current: Session,
    targets: Sequence[str],
    results: Sequence[StackResult],
    calls: Cases,
    show: Callable[[str], None],
) -> bool:
    for line in lines(results, calls):
        show(line)
    done = [_notified(current, target, results, calls) for target in targets]
    return all(done)


def _notified(current: Session, target: str, results: Sequence[StackResult], calls: Cases) -> bool:
    kind, _, where = target.partition(":")
    known = wiring.notified_events(kind, where, current.project.notifications)
    try:
        place = tickets_at(current.project, current.organization, target)
        for step in happened(results, calls, place.opened(), known.all()):
            place.carry_out(step)
            current.project.say(f"{step.move}: {step.title}")
    except NotificationFailed as error:
        current.project.say(f"error: {target}: {error}")
        return False
    known.add(call.uid for each in calls.values() for call in each)
    return True

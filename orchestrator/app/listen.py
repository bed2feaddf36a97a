"""`listen`: changes made by hand, told as they happen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from orchestrator import wiring
from orchestrator.app import notifications
from orchestrator.app.project import Project
from orchestrator.app.session import Session, environment, session
from orchestrator.drift import check
from orchestrator.drift.events import POLL, Cases, Means, Suspects, one_round
from orchestrator.drift.notifications import happened
from orchestrator.errors import NotificationFailed
from orchestrator.model.events import RunStarted
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey
from orchestrator.model.run import Run, StackResult
from orchestrator.render import stacks_of
from orchestrator.stages.jobs import Job
from orchestrator.views.drift_events import lines


def listen(
    project: Project, seconds: float | None, targets: Sequence[str], show: Callable[[str], None]
) -> ExitCode:
    """Until Ctrl-C, or for so many seconds; `show` prints each change that was found."""
    notifications.check_targets(targets, project.environ)
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
        place = notifications.tickets_at(current.project, current.organization, target)
        for step in happened(results, calls, place.opened(), known.all()):
            place.carry_out(step)
            current.project.say(f"{step.move}: {step.title}")
    except NotificationFailed as error:
        current.project.say(f"error: {target}: {error}")
        return False
    known.add(call.uid for each in calls.values() for call in each)
    return True

"""`listen`: changes made by hand, told as they happen."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import click

from orchestrator import wiring
from orchestrator.cli import notifications, watch
from orchestrator.cli.project import Project
from orchestrator.cli.session import Session, environment, session
from orchestrator.drift import suspects
from orchestrator.drift.notifications import happened
from orchestrator.drift.watch import POLL, Cases, Means, Suspects, one_round
from orchestrator.errors import NotificationFailed
from orchestrator.model.events import RunStarted
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey
from orchestrator.model.run import Run, StackResult
from orchestrator.render import stacks_of
from orchestrator.stages.jobs import Job
from orchestrator.views.drift_events import lines


@click.command(short_help="Tell of changes made by hand as they happen.")
@click.option(
    "--for",
    "seconds",
    type=click.FloatRange(min=0),
    show_default="until Ctrl-C",
    help="Seconds to listen.",
)
@notifications.option
@click.pass_context
def listen(context: click.Context, seconds: float | None, targets: tuple[str, ...]) -> int:
    """Tell of changes made by hand as they happen. Changes nothing, and takes no lock.

    Accounts with drift_events.enabled forward the calls that change what their stacks manage. Of
    each, only the resource it is about is read; where it differs, Terraform plans, and the plan
    decides. What is told names who called, what and when.

    \b
    orchestrator listen
    orchestrator listen --for 3600 --notify github:example/accounts
    """
    project: Project = context.obj
    notifications.check(targets, os.environ)
    context.meta[watch.LIVE] = False
    with session(project) as current:
        current.ports.emit(RunStarted(current.run_id, "listen", ()))
        return _listen(current, seconds, targets)


def _listen(current: Session, seconds: float | None, targets: Sequence[str]) -> int:
    env = environment(current.project)
    queue = wiring.call_queue(current.organization, env, current.run_id)
    jobs: dict[StackKey, Job] = {}
    means = Means(
        queue,
        lambda cases: _examined(current, jobs, cases),
        lambda results, calls: _told(current, targets, results, calls),
    )
    stacks = stacks_of(current.organization)
    ends = time.monotonic() + seconds if seconds is not None else float("inf")
    worst = ExitCode.DONE
    click.echo("listening", err=True)
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
            lambda case: suspects.examine(jobs[case[0]], case[1], current.ports), cases.items()
        )
        results = tuple(found)
    for result in results:
        if result.plan is not None:
            current.ports.folders.discard(result.plan)
    return results


def _told(
    current: Session, targets: Sequence[str], results: Sequence[StackResult], calls: Cases
) -> bool:
    for line in lines(results, calls):
        click.echo(line)
    told = [_told_at(current, target, results, calls) for target in targets]
    return all(told)


def _told_at(current: Session, target: str, results: Sequence[StackResult], calls: Cases) -> bool:
    kind, _, where = target.partition(":")
    known = wiring.notified_events(kind, where, current.project.notifications)
    try:
        place = notifications.tickets_at(current.project, current.organization, target)
        for step in happened(results, calls, place.opened(), known.all()):
            place.carry_out(step)
            click.echo(
                f"{step.move}: {step.notification.title if step.notification else ''}", err=True
            )
    except NotificationFailed as error:
        click.echo(f"error: {target}: {error}", err=True)
        return False
    known.add(call.uid for each in calls.values() for call in each)
    return True

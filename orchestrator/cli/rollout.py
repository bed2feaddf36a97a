"""`plan`, `apply` and `drift`: the pipeline over one, some or all accounts."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import click

from orchestrator.cli import notifications, radius, reviews, selection, watch, waves
from orchestrator.cli import reconcile as reconciling
from orchestrator.cli.project import Project
from orchestrator.cli.recordings import asked, recorded
from orchestrator.cli.session import finish, session
from orchestrator.drift.verdict import Care
from orchestrator.model.run import code_of
from orchestrator.render import stacks_of
from orchestrator.rollout import rollout
from orchestrator.stages.jobs import groups, together
from orchestrator.views.run import VIEWS

F = TypeVar("F", bound=Callable[..., object])

format_option = click.option(
    "--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True
)
width_option = click.option(
    "--width",
    type=click.IntRange(min=1),
    show_default="what cores and free memory allow",
    help="Most stacks worked on at the same time.",
)
entry_option = click.option(
    "--entry-role",
    "by_entry",
    is_flag=True,
    help="Plan as the entry role where the orchestrator's roles are to be made anew.",
)


def _common(command: F) -> F:
    watched = watch.options(click.pass_obj(command))
    return selection.argument(width_option(format_option(watched)))  # type: ignore[return-value]


@click.command(short_help="Show what would change, and what the gate says.")
@_common
@entry_option
@reviews.out_option
def plan(
    project: Project,
    words: tuple[str, ...],
    width: int | None,
    view: str,
    by_entry: bool,
    out: bool,
) -> int:
    """Show what would change, and what the gate says to it. Changes nothing.

    \b
    orchestrator plan orders-prod payments-prod
    orchestrator plan 'ou:Workloads/** and not team:web'
    orchestrator plan all --format markdown
    """
    with session(project) as current:
        keys = selection.chosen(project, current.organization, words)
        jobs = current.jobs(keys, by_entry=by_entry)
        with recorded(current, asked(current, "plan", [together("plan", jobs)])) as journal:
            results = rollout.plan(jobs, current.ports, current.options(width))
            if out:
                reviews.keep(current, jobs, results, journal)
            return finish(current, "plan", results, view)


@click.command(short_help="Plan, scan, gate, apply and verify, in waves.")
@_common
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--tolerate",
    type=click.IntRange(min=0),
    show_default="what waves.yaml says, else 0",
    help="Stacks of a wave that may fail, instead of what the waves say.",
)
@click.option("--pause-after", metavar="WAVE", help="End the run after this wave.")
@click.option("--reason", help="Why this run may exceed the blast radius; kept with the run.")
@click.option(
    "--accept-moved",
    is_flag=True,
    help="Apply accounts that AWS has in another OU as account_configs/ has them.",
)
@entry_option
@reviews.options
def apply(
    project: Project,
    words: tuple[str, ...],
    width: int | None,
    view: str,
    yes: bool,
    tolerate: int | None,
    pause_after: str | None,
    reason: str | None,
    accept_moved: bool,
    by_entry: bool,
    reviewed: str | None,
    replan: bool,
) -> int:
    """Plan, scan, gate, apply and verify: foundations first, then wave by wave.

    \b
    orchestrator apply orders-prod
    orchestrator apply all --yes
    orchestrator apply --run last
    """
    with session(project, changes=True) as current:
        stored = reviews.opened(current, reviewed, replan=replan)
        keys = stored.chosen(project, current.organization, words)
        lifted = radius.lifted(current, keys, reason)
        jobs = current.jobs(keys, by_entry=by_entry)
        ordered = groups(jobs, current.organization, width)
        pause = waves.pause(current.organization, pause_after)
        options = current.options(width, tolerate, pause, accept_moved=accept_moved)
        inputs = asked(current, "apply", ordered, lifted)
        if not yes:
            order = ", ".join(f"{group.name} ({len(group.jobs)})" for group in ordered)
            click.echo(f"{len(jobs)} stacks: {order}", err=True)
            click.confirm("Apply what the gate approves?", abort=True, err=True)
        with recorded(current, inputs):
            results = rollout.apply(ordered, stored.ports(current, jobs), options)
            stored.forget(current, results)
            return finish(current, "apply", results, view, lifted)


@click.command()
@_common
@click.option("--exact", is_flag=True, help="Plan every stack, even where reading would do.")
@click.option(
    "--max-age",
    type=click.FloatRange(min=0),
    default=7,
    show_default=True,
    help="Days within which each stack is planned at least once.",
)
@reconciling.option
@notifications.option
def drift(
    project: Project,
    words: tuple[str, ...],
    width: int | None,
    view: str,
    exact: bool,
    max_age: float,
    reconcile: bool,
    targets: tuple[str, ...],
) -> int:
    """Compare accounts with what was applied last. Takes no lock.

    Changes nothing, unless --reconcile says so.

    Every resource is read and compared with what was read when a plan last found nothing. Where
    that leaves a doubt, Terraform plans, and the plan decides.

    \b
    orchestrator drift all
    orchestrator drift orders-prod --exact
    orchestrator drift all --reconcile --notify github:example/accounts
    """
    notifications.check(targets, os.environ)
    care = Care(timedelta(days=max_age), exact)
    with session(project) as current:
        if reconcile:
            reconciling.check(current)
        jobs = current.jobs(selection.chosen(project, current.organization, words))
        with recorded(current, asked(current, "drift", [together("drift", jobs)])):
            results = tuple(rollout.drift(jobs, current.ports, current.options(width), care))
            finish(current, "drift", results, view)
    if reconcile:
        results = reconciling.put_right(project, jobs, results, width, view)
    every = len(jobs) == len(stacks_of(current.organization))
    told = notifications.notify(current, results, targets, complete=every)
    return told or code_of(result.outcome for result in results)


@click.command(short_help="Ask AWS whether accounts are as declared.")
@_common
def verify(project: Project, words: tuple[str, ...], width: int | None, view: str) -> int:
    """Ask AWS whether accounts are as declared: Security Hub, AWS Config, roles. Plans nothing.

    \b
    orchestrator verify all
    """
    with session(project) as current:
        jobs = current.jobs(selection.chosen(project, current.organization, words))
        with recorded(current, asked(current, "verify", [together("verify", jobs)])):
            results = rollout.verify(jobs, current.ports, current.options(width))
            return finish(current, "verify", results, view)

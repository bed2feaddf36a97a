"""`plan`, `apply` and `drift`: the pipeline over one, some or all accounts."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import click

from orchestrator.cli import radius, selecting
from orchestrator.cli.project import Project
from orchestrator.cli.session import finish, session
from orchestrator.pipeline import rollout
from orchestrator.pipeline.drift import Care
from orchestrator.views.run import VIEWS

F = TypeVar("F", bound=Callable[..., object])

format_option = click.option(
    "--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True
)
width_option = click.option(
    "--width",
    type=click.IntRange(min=1),
    default=(os.cpu_count() or 2) + 1,
    show_default="cores + 1",
    help="Stacks worked on at the same time.",
)


def _common(command: F) -> F:
    return selecting.argument(width_option(format_option(click.pass_obj(command))))  # type: ignore[return-value]


@click.command(short_help="Show what would change, and what the gate says.")
@_common
def plan(project: Project, words: tuple[str, ...], width: int, view: str) -> int:
    """Show what would change, and what the gate says to it. Changes nothing.

    \b
    orchestrator plan orders-prod payments-prod
    orchestrator plan 'ou:Workloads/** and not team:web'
    orchestrator plan all --format markdown
    """
    with session(project) as current:
        jobs = current.jobs(selecting.chosen(project, current.organization, words))
        results = rollout.plan(jobs, current.ports, current.terms(width))
        return finish(current, "plan", results, view)


@click.command(short_help="Plan, scan, gate, apply and verify, in waves.")
@_common
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--tolerate",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Failed stacks after which the next wave still starts.",
)
@click.option("--reason", help="Why this run may exceed the blast radius; kept with the run.")
def apply(
    project: Project,
    words: tuple[str, ...],
    width: int,
    view: str,
    yes: bool,
    tolerate: int,
    reason: str | None,
) -> int:
    """Plan, scan, gate, apply and verify: foundations first, then wave by wave.

    \b
    orchestrator apply orders-prod
    orchestrator apply all --yes
    """
    with session(project) as current:
        keys = selecting.chosen(project, current.organization, words)
        lifted = radius.lifted(current, keys, reason)
        jobs = current.jobs(keys)
        ordered = rollout.groups(jobs, current.organization, width)
        if not yes:
            order = ", ".join(f"{group.name} ({len(group.jobs)})" for group in ordered)
            click.echo(f"{len(jobs)} stacks: {order}", err=True)
            click.confirm("Apply what the gate approves?", abort=True, err=True)
        results = rollout.apply(ordered, current.ports, current.terms(width, tolerate))
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
def drift(
    project: Project, words: tuple[str, ...], width: int, view: str, exact: bool, max_age: float
) -> int:
    """Compare accounts with what was applied last. Changes nothing, and takes no lock.

    Every resource is read and compared with what was read when a plan last found nothing. Where
    that leaves a doubt, Terraform plans, and the plan decides.

    \b
    orchestrator drift all
    orchestrator drift orders-prod --exact
    """
    care = Care(timedelta(days=max_age), exact)
    with session(project) as current:
        jobs = current.jobs(selecting.chosen(project, current.organization, words))
        results = rollout.drift(jobs, current.ports, current.terms(width), care)
        return finish(current, "drift", results, view)


@click.command(short_help="Ask AWS whether accounts are as declared.")
@_common
def verify(project: Project, words: tuple[str, ...], width: int, view: str) -> int:
    """Ask AWS whether accounts are as declared: Security Hub, AWS Config, roles. Plans nothing.

    \b
    orchestrator verify all
    """
    with session(project) as current:
        jobs = current.jobs(selecting.chosen(project, current.organization, words))
        results = rollout.verify(jobs, current.ports, current.terms(width))
        return finish(current, "verify", results, view)

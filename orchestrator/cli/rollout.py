"""`plan`, `apply` and `drift`: the pipeline over one, some or all accounts."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import click

from orchestrator.cli.project import Project
from orchestrator.cli.session import finish, session
from orchestrator.pipeline import rollout
from orchestrator.pipeline.select import select
from orchestrator.views.run import VIEWS

F = TypeVar("F", bound=Callable[..., object])

accounts_argument = click.argument("accounts", nargs=-1, metavar="ACCOUNT...|all")
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
    return accounts_argument(width_option(format_option(click.pass_obj(command))))  # type: ignore[return-value]


@click.command()
@_common
def plan(project: Project, accounts: tuple[str, ...], width: int, view: str) -> int:
    """Show what would change, and what the gate says to it. Changes nothing.

    \b
    orchestrator plan orders-prod payments-prod
    orchestrator plan all --format markdown
    """
    with session(project) as current:
        jobs = current.jobs(select(current.organization, accounts))
        results = rollout.plan(jobs, current.ports, current.terms(width))
        return finish(current, "plan", results, view)


@click.command()
@_common
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--tolerate",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Failed stacks after which the next wave still starts.",
)
def apply(
    project: Project,
    accounts: tuple[str, ...],
    width: int,
    view: str,
    yes: bool,
    tolerate: int,
) -> int:
    """Plan, scan, gate, apply and verify: foundations first, then wave by wave.

    \b
    orchestrator apply orders-prod
    orchestrator apply all --yes
    """
    with session(project) as current:
        jobs = current.jobs(select(current.organization, accounts))
        ordered = rollout.groups(jobs, current.organization, width)
        if not yes:
            order = ", ".join(f"{group.name} ({len(group.jobs)})" for group in ordered)
            click.echo(f"{len(jobs)} stacks: {order}", err=True)
            click.confirm("Apply what the gate approves?", abort=True, err=True)
        results = rollout.apply(ordered, current.ports, current.terms(width, tolerate))
        return finish(current, "apply", results, view)


@click.command()
@_common
def drift(project: Project, accounts: tuple[str, ...], width: int, view: str) -> int:
    """Compare accounts with what was applied last. Changes nothing, and takes no lock.

    \b
    orchestrator drift all
    """
    with session(project) as current:
        jobs = current.jobs(select(current.organization, accounts))
        results = rollout.drift(jobs, current.ports, current.terms(width))
        return finish(current, "drift", results, view)


@click.command()
@_common
def verify(project: Project, accounts: tuple[str, ...], width: int, view: str) -> int:
    """Ask AWS whether accounts are as declared: Security Hub, AWS Config, roles. Plans nothing.

    \b
    orchestrator verify all
    """
    with session(project) as current:
        jobs = current.jobs(select(current.organization, accounts))
        results = rollout.verify(jobs, current.ports, current.terms(width))
        return finish(current, "verify", results, view)

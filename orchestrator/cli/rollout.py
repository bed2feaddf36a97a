"""`plan`, `apply`, `drift` and `verify`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import click

from orchestrator.app import rollout
from orchestrator.app.project import Project
from orchestrator.cli import options, watch
from orchestrator.drift.verdict import Care
from orchestrator.model.exit_code import ExitCode

F = TypeVar("F", bound=Callable[..., object])


def _common(command: F) -> F:
    watched = watch.options(click.pass_obj(command))
    return options.selection(  # type: ignore[return-value]
        options.width(options.run_format(watched))
    )


@click.command(short_help="Show what would change, and what the gate says.")
@_common
@options.entry_role
@click.option(
    "--out", is_flag=True, help="Keep the plans for a review; `apply --run` carries them out."
)
def plan(
    project: Project,
    words: tuple[str, ...],
    width: int | None,
    view: str,
    by_entry: bool,
    out: bool,
) -> ExitCode:
    """Show what would change, and what the gate says to it. Changes nothing.

    \b
    orchestrator plan orders-prod payments-prod
    orchestrator plan 'ou:Workloads/** and not team:web'
    orchestrator plan all --format markdown
    """
    with watch.caller(view) as caller:
        run = rollout.plan(project, caller, words, width=width, by_entry=by_entry, out=out)
    return run.exit_code


@click.command(short_help="Plan, scan, gate, apply and verify, in waves.")
@_common
@options.yes
@options.tolerate
@click.option("--pause-after", metavar="WAVE", help="End the run after this wave.")
@options.reason
@click.option(
    "--accept-moved",
    is_flag=True,
    help="Apply accounts that AWS has in another OU as account_configs/ has them.",
)
@options.entry_role
@options.reviewed
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
) -> ExitCode:
    """Plan, scan, gate, apply and verify: foundations first, then wave by wave.

    \b
    orchestrator apply orders-prod
    orchestrator apply all --yes
    orchestrator apply --run last
    """
    with watch.caller(view) as caller:
        run = rollout.apply(
            project,
            caller,
            words,
            options.confirmed(yes=yes),
            width=width,
            tolerate=tolerate,
            pause_after=pause_after,
            reason=reason,
            accept_moved=accept_moved,
            by_entry=by_entry,
            reviewed=reviewed,
            replan=replan,
        )
    return run.exit_code


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
@click.option(
    "--reconcile",
    is_flag=True,
    help="Put right, by a run of its own, what `drift.reconcile` declares safe.",
)
@options.notify
def drift(
    project: Project,
    words: tuple[str, ...],
    width: int | None,
    view: str,
    exact: bool,
    max_age: float,
    reconcile: bool,
    targets: tuple[str, ...],
) -> ExitCode:
    """Compare accounts with what was applied last. Takes no lock.

    Changes nothing, unless --reconcile says so.

    Every resource is read and compared with what was read when a plan last found nothing. Where
    that leaves a doubt, Terraform plans, and the plan decides.

    \b
    orchestrator drift all
    orchestrator drift orders-prod --exact
    orchestrator drift all --reconcile --notify github:example/accounts
    """
    care = Care(timedelta(days=max_age), exact)
    with watch.caller(view) as caller:
        return rollout.drift(
            project, caller, words, care, width=width, put_right=reconcile, targets=targets
        )


@click.command(short_help="Ask AWS whether accounts are as declared.")
@_common
def verify(project: Project, words: tuple[str, ...], width: int | None, view: str) -> ExitCode:
    """Ask AWS whether accounts are as declared: Security Hub, AWS Config, roles. Plans nothing.

    \b
    orchestrator verify all
    """
    with watch.caller(view) as caller:
        return rollout.verify(project, caller, words, width=width).exit_code

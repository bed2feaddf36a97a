"""`plan`, `apply`, `drift`, `listen`, `verify`, and `resume`, which does what is left of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import click

from orchestrator.app import notifications as listening
from orchestrator.app import recordings as resuming
from orchestrator.app import rollout
from orchestrator.app.project import Project
from orchestrator.cli import options, watch
from orchestrator.drift.verdict import Care
from orchestrator.model.events import Option
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


@click.command(short_help="Tell of changes made by hand as they happen.")
@click.option(
    "--for",
    "seconds",
    type=click.FloatRange(min=0),
    show_default="until Ctrl-C",
    help="Seconds to listen.",
)
@options.notify
@click.pass_obj
def listen(project: Project, seconds: float | None, targets: tuple[str, ...]) -> ExitCode:
    """Tell of changes made by hand as they happen. Changes nothing, and takes no lock.

    Accounts with drift_events.enabled forward the calls that change what their stacks manage. Of
    each, only the resource it is about is read; where it differs, Terraform plans, and the plan
    decides. What is told names who called, what and when.

    \b
    orchestrator listen
    orchestrator listen --for 3600 --notify github:example/accounts
    """
    return listening.listen(project, seconds, targets, click.echo)


COMMANDS: Mapping[str, click.Command] = {
    "plan": plan,
    "apply": apply,
    "drift": drift,
    "verify": verify,
}


@click.command(short_help="Do what is left of a run, as it was asked.")
@click.argument("run")
@options.yes
@options.run_format
@watch.options
@click.pass_context
def resume(ctx: click.Context, run: str, yes: bool, view: str) -> int:
    """Do what is left of RUN: what failed, and what never started. Nothing else is touched.

    Command, options and waves are those of RUN. If configuration, modules, versions or states have
    moved since, every difference is said, and nothing is started. RUN may be the beginning of an
    id, or 'last'.

    \b
    orchestrator runs
    orchestrator resume last
    """
    project: Project = ctx.obj
    history = resuming.unfinished(project, run)
    command = COMMANDS[history.inputs.command]
    given = _cast(command, resuming.options(history), ctx)
    asking = {"yes": yes} if any(each.name == "yes" for each in command.params) else {}
    ctx.obj = replace(project, resumes=history.inputs.run)
    words = (f"failed:{history.inputs.run}",)
    return int(ctx.invoke(command, **{**given, **asking, "view": view, "words": words}))


def _cast(
    command: click.Command, kept: Mapping[str, Option], ctx: click.Context
) -> dict[str, object]:
    """As the command line gave them then; an option that is new since has its default."""
    return {
        param.name: param.type_cast_value(ctx, kept[param.name])
        for param in command.params
        if param.name in kept
    }

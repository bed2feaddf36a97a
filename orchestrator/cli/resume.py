"""`resume`: the rest of a run that broke off, or that went wrong in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import click

from orchestrator.app import resume as resuming
from orchestrator.app.project import Project
from orchestrator.cli import options, rollout, watch
from orchestrator.model.events import Option

COMMANDS: Mapping[str, click.Command] = {
    "plan": rollout.plan,
    "apply": rollout.apply,
    "drift": rollout.drift,
    "verify": rollout.verify,
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

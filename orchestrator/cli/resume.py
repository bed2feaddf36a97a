"""`resume`: the rest of a run that broke off, or that went wrong in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module

import click

from orchestrator import wiring
from orchestrator.cli import elsewhere, watch
from orchestrator.cli.names import named
from orchestrator.cli.project import Project
from orchestrator.errors import NotResumable, UsageError
from orchestrator.model.journal import Option
from orchestrator.model.run_history import History
from orchestrator.views.run import VIEWS

COMMANDS: Mapping[str, str] = {
    "plan": "orchestrator.cli.rollout:plan",
    "apply": "orchestrator.cli.rollout:apply",
    "drift": "orchestrator.cli.rollout:drift",
    "verify": "orchestrator.cli.rollout:verify",
}
"""Those that keep a journal."""


@click.command(short_help="Do what is left of a run, as it was asked.")
@click.argument("run")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
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
    kept = wiring.runs(project.runs)
    found = named(run, kept.runs())
    history = elsewhere.known(project, found)
    if elsewhere.goes_on(history):
        raise NotResumable(history.inputs.run, ("workers are still at it: orchestrator cancel",))
    command = _command(history)
    left = f"failed:{history.inputs.run}"
    if not history.unsettled:
        raise NotResumable(history.inputs.run, ("nothing is left of it to do",))
    options = _options(command, history.inputs.options, ctx)
    if _paused(history):
        options.pop("pause_after", None)
    asking = {"yes": yes} if any(each.name == "yes" for each in command.params) else {}
    ctx.obj = replace(project, resumes=history.inputs.run)
    given = {**options, **asking, "view": view, "words": (left,)}
    return int(ctx.invoke(command, **given))


def _paused(history: History) -> bool:
    """Whether the run has got past the wave after which it was to end."""
    wave = f"wave {history.inputs.options.get('pause_after')}"
    keys = dict(history.inputs.groups).get(wave, ())
    return all(history.stacks[key].settled for key in keys)


def _command(history: History) -> click.Command:
    name = history.inputs.command
    if name not in COMMANDS:
        fix = "bootstrap may be run again as often as needed" if name == "bootstrap" else ""
        raise UsageError(f"a run of '{name}' cannot be resumed", fix)
    module, _, attribute = COMMANDS[name].partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)  # noqa: S101
    return command


def _options(
    command: click.Command, kept: Mapping[str, Option], ctx: click.Context
) -> dict[str, object]:
    """As the command line gave them then; an option that is new since has its default."""
    return {
        param.name: param.type_cast_value(ctx, kept[param.name])
        for param in command.params
        if param.name in kept and kept[param.name] is not None
    }

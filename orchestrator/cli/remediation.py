"""`remediation`: what was fixed, how to take it back, and the switch that stops it."""

from __future__ import annotations

import click

from orchestrator.app.operator import can_be_undone, deployed
from orchestrator.app.project import Project
from orchestrator.cli.refusals import refusals
from orchestrator.errors import UsageError
from orchestrator.findings.records import Outcome
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import fixes

VIEW = click.option("--format", "view", type=click.Choice(["text", "json"]), default="text")


@click.group()
def remediation() -> None:
    """What the findings function has done, and the switch that stops it."""


@remediation.command(name="list", short_help="List what was done about findings.")
@click.option(
    "--days", type=click.IntRange(1, 400), default=7, show_default=True, help="So many back."
)
@click.option("--outcome", type=click.Choice([str(each) for each in Outcome]), help="Only these.")
@VIEW
@click.pass_obj
def list_(project: Project, days: int, outcome: str | None, view: str) -> int:
    """List the records of the last days, the newest first.

    \b
    orchestrator remediation list
    orchestrator remediation list --outcome failing --days 30
    """
    operator = deployed(project, "list").operator
    found = [each for each in operator.records(days) if outcome in (None, each.outcome)]
    click.echo((fixes.records_json if view == "json" else fixes.records)(found))
    if why := operator.stopped():
        click.echo(f"nothing is fixed without a person: {why}", err=True)
    return ExitCode.DONE


@remediation.command(short_help="Show all that is known of one record.")
@click.argument("record")
@VIEW
@click.pass_obj
def show(project: Project, record: str, view: str) -> int:
    """Show what was done, why, where that is written, and how to take it back."""
    found = deployed(project, "show").operator.record(record)
    if found is None:
        raise UsageError(f"no record '{record}' is kept", "see them: orchestrator remediation list")
    as_text = fixes.record(found, undoable=can_be_undone(found))
    click.echo(fixes.record_json(found) if view == "json" else as_text)
    return ExitCode.DONE


@remediation.command(short_help="Take a fix back.")
@click.argument("record")
@click.option("--force", is_flag=True, help="Also if the resource has changed since the fix.")
@click.pass_obj
def undo(project: Project, record: str, force: bool) -> int:
    """Make the resource what it was before the fix, and tell its team.

    It is not fixed again until it has passed, or a person asks for it.

    \b
    orchestrator remediation undo 20261123-1f0c9a2b4d
    """
    operator = deployed(project, "undo").operator
    with refusals() as result:
        click.echo(fixes.record(operator.undo(record, force=force), undoable=False))
    return result.code


@remediation.command(short_help="Let nothing be fixed without a person, from now on.")
@click.pass_obj
def stop(project: Project) -> int:
    """Turn the kill switch off: within seconds nothing is fixed without a person any more.

    Findings are still routed, and teams told. Applies leave the switch as it is.
    """
    deployed(project, "stop").operator.turn(on=False)
    click.echo("stopped: nothing is fixed without a person; again: orchestrator remediation start")
    return ExitCode.DONE


@remediation.command(short_help="Let findings be fixed again.")
@click.pass_obj
def start(project: Project) -> int:
    """Turn the kill switch on again; what was stopped meanwhile: orchestrator findings replay."""
    deployed(project, "start").operator.turn(on=True)
    click.echo("started: what is decided to be fixed is fixed again")
    return ExitCode.DONE

"""`findings`: those that could not be worked on, once more."""

from __future__ import annotations

import click

from orchestrator.app.operator import deployed
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode


@click.group()
def findings() -> None:
    """Findings on their way to the function."""


@findings.command(short_help="Try once more what could not be worked on.")
@click.option(
    "--malformed", is_flag=True, help="Also what was put aside because it is not a finding."
)
@click.option(
    "--days",
    type=click.IntRange(0, 30),
    default=0,
    help="Also findings whose fix was stopped, held, denied or failed within so many days.",
)
@click.pass_obj
def replay(project: Project, malformed: bool, days: int) -> int:
    """Put the findings of the dead-letter queue back, to take the way of all others.

    What has been done meanwhile is not done again.

    \b
    orchestrator findings replay
    orchestrator findings replay --days 2
    """
    operator = deployed(project, "replay").operator
    done = [operator.replay_dead_letters(malformed=malformed)]
    if days:
        done.append(operator.replay_records(days))
    for line in (line for each in done for line in each.left):
        click.echo(f"left: {line}")
    click.echo(f"{sum(each.sent for each in done)} findings put back")
    return ExitCode.DONE

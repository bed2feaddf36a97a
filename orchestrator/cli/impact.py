"""`controls impact`: what it would mean to decide on a control."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from orchestrator import wiring
from orchestrator.cli.decisions import Decisions, control_called, load
from orchestrator.cli.operator import run_id, working
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.controls.impact import DryRun, Seen, survey
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.findings.finding import Finding
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.impact import VIEWS


@click.command(short_help="Show what deciding on a control would mean.")
@click.argument("control")
@click.option(
    "--most",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="So many findings are looked at in their accounts; 0 looks at none.",
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.pass_obj
def impact(project: Project, control: str, most: int, view: str) -> int:
    """Show every finding of CONTROL in the organization, and what fixing it would do.

    By account, OU, team and age, with what a fix may break, and with a decision to paste. A fix is
    tried without changing anything, where a role lets us.

    \b
    orchestrator controls impact S3.8
    orchestrator controls impact S3.8 --format html
    """
    decisions = load(project)
    called = control_called(control)
    found = wiring.failing(decisions.organization, environment(project), run_id("impact"), called)
    dry_run = _dry_run(project, decisions) if most else None
    now = datetime.now(UTC)
    click.echo(VIEWS[view](survey(called, found, decisions.matrix, BY_CONTROL, now, dry_run, most)))
    return ExitCode.DONE


def _dry_run(project: Project, decisions: Decisions) -> DryRun | None:
    """None where the function that fixes is not deployed; then nothing can look."""
    if not decisions.organization.facts.remediation.enabled:
        return None
    try:
        operator = working(project, "impact").operator
    except UsageError as error:
        click.echo(f"findings are not looked at: {error.message}", err=True)
        return None

    def dry_run(finding: Finding) -> Seen | str:
        try:
            return Seen(operator.rehearse(finding), operator.tags(finding))
        except AwsDenied as denied:
            return denied.message

    return dry_run

"""`controls`: what is decided about Security Hub's controls, and what would come of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import click

from orchestrator import config
from orchestrator.app import remediation as impacts
from orchestrator.app.decisions import account_called, control_asked, load
from orchestrator.app.hub_controls import refresh as asked_anew
from orchestrator.app.project import Project
from orchestrator.controls import catalogue, decisions
from orchestrator.controls import decisions as asking
from orchestrator.controls.catalogue import LACKING
from orchestrator.controls.decisions import find_doubts
from orchestrator.errors import UsageError
from orchestrator.findings.registry import BY_CONTROL, REMEDIATIONS
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import controls as views
from orchestrator.views import exposures as exposed
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
@click.option(
    "--days",
    type=click.IntRange(min=0, max=365),
    default=30,
    show_default=True,
    help="Logs of so many days say who uses each resource; 0 asks none.",
)
@click.option(
    "--lake",
    default="",
    metavar="FOLDER",
    help="Logs on this machine, laid out as Security Lake does; by default Security Lake itself.",
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.pass_obj
def impact(project: Project, control: str, most: int, days: int, lake: str, view: str) -> ExitCode:
    """Show every finding of CONTROL in the organization, and what fixing it would do.

    By account, OU, team and age, with what a fix may break, and with a decision to paste. A fix is
    tried without changing anything, where a role lets us. Logs say who uses each resource, or that
    it is unused, or why that cannot be told.

    \b
    orchestrator controls impact S3.8
    orchestrator controls impact EC2.13 --days 90
    orchestrator controls impact S3.8 --format html
    """
    click.echo(VIEWS[view](impacts.impact(project, control, most, days, lake)))
    return ExitCode.DONE


@click.command(short_help="List what closes most exposures first.")
@click.option(
    "--format", "view", type=click.Choice(list(exposed.VIEWS)), default="text", show_default=True
)
@click.pass_obj
def exposures(project: Project, view: str) -> ExitCode:
    """List the changes after which most exposures are closed, as the unified Security Hub says.

    Nothing is changed. `controls impact` puts the findings of such resources first.

    \b
    orchestrator controls exposures
    orchestrator controls exposures --format json
    """
    click.echo(exposed.VIEWS[view](impacts.exposures(project)))
    return ExitCode.DONE


@click.group()
def controls() -> None:
    """What is decided about Security Hub's controls."""


controls.add_command(impact)
controls.add_command(exposures)


@controls.command(name="list", short_help="List what is decided, and what will not be done.")
@click.option("--account", default="", help="Only what holds in this account; a name or an id.")
@click.option("--format", "view", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def list_(project: Project, account: str, view: str) -> int:
    """List every decision with its reason, its review, and how it could be fixed.

    A doubt is a decision to remediate that will not do what it says.

    \b
    orchestrator controls list
    orchestrator controls list --account orders-prod --format json
    """
    found = load(project)
    organization = found.organization
    accounts = (account_called(organization, account),) if account else organization.accounts
    rows = decisions.decided(
        organization, accounts, BY_CONTROL, find_doubts(found.matrix, BY_CONTROL)
    )
    show = views.decided_json if view == "json" else views.decided
    click.echo(show(rows, enabled=organization.facts.remediation.enabled))
    return ExitCode.DONE


@controls.command(short_help="Say what would happen to a resource, and which line says so.")
@click.argument("control")
@click.option("--account", required=True, help="A name or an id.")
@click.option("--resource", default="", help="The resource's ARN; without, one that is like most.")
@click.option("--region", default="", help="By default the account's first region.")
@click.option("--tag", "--tags", "tags", multiple=True, help="A tag of the resource, as key=value.")
@click.pass_obj
def explain(
    project: Project,
    control: str,
    account: str,
    resource: str,
    region: str,
    tags: tuple[str, ...],
) -> int:
    """Say what would happen if CONTROL failed for a resource now, why, and where that is written.

    \b
    orchestrator controls explain S3.8 --account web-prod
    orchestrator controls explain S3.2 --account web-prod --resource arn:aws:s3:::example-web-assets
    """
    found = load(project)
    asked = asking.Question(
        control_asked(project, control),
        account_called(found.organization, account),
        resource,
        region,
        _tags(tags) if tags else None,
    )
    click.echo(asking.explanation(asked, found.matrix, BY_CONTROL, datetime.now(UTC)))
    return ExitCode.DONE


def _tags(pairs: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"'{pair}' is not a tag", "write it as key=value")
        found[key] = value
    return found


@controls.command(name="due", short_help="List reviews and exceptions that run out.")
@click.option("--within", type=click.IntRange(min=0), default=30, show_default=True, help="Days.")
@click.option("--format", "view", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def due_(project: Project, within: int, view: str) -> int:
    """List the reviews that are due and the exceptions that run out, the earliest first.

    Ends with 4 if there is one.

    \b
    orchestrator controls due --within 60
    """
    today = dates.today()
    organization = config.load(project.configs, today)
    rows = decisions.due(organization, today + timedelta(days=within))
    click.echo((views.due_json if view == "json" else views.due)(rows, today))
    return ExitCode.DRIFT if rows else ExitCode.DONE


@controls.command(short_help="Ask Security Hub for its own list of controls.")
@click.option("--region", default="", help="The hub's region; by default the home region.")
@click.pass_obj
def refresh(project: Project, region: str) -> int:
    """Write account_configs/hub_controls.yaml: every control that Security Hub lists today.

    It says in which standards a control is, and how severe it is. The hub is that of the account
    whose credentials the caller has: the security account's is a good one. It is only read.

    \b
    orchestrator controls refresh
    orchestrator controls refresh --region eu-central-1
    """
    click.echo(views.refreshed(asked_anew(project, region)))
    return ExitCode.DONE


COVERAGES = {
    "text": views.coverage,
    "json": views.coverage_json,
    "markdown": views.coverage_markdown,
}


@controls.command(short_help="List the controls there is a remediation for.")
@click.option("--format", "view", type=click.Choice(list(COVERAGES)), default="text")
def coverage(view: str) -> int:
    """List every control that can be fixed: how, at what risk, and with which permissions.

    \b
    orchestrator controls coverage
    orchestrator controls coverage --format json
    """
    click.echo(COVERAGES[view](catalogue.catalogue(REMEDIATIONS, LACKING)))
    return ExitCode.DONE

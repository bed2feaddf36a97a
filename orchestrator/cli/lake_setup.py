"""`logs lake-setup`: accounts that join later are collected from, too."""

from __future__ import annotations

import click

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.logs.auto_enable import settle
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode


@click.command("lake-setup", short_help="Let Security Lake collect from new accounts.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what differs.")
@click.pass_obj
def lake_setup(project: Project, dry_run: bool) -> int:
    """Let Security Lake collect from accounts that join the organization what it collects from the
    others. Run it in the security account, after each change to organization.logs.lake; what is as
    it should be is left alone.

    \b
    orchestrator logs lake-setup
    orchestrator logs lake-setup --dry-run
    """
    organization = config.load(project.configs, dates.today())
    lake = wiring.auto_enable(organization.facts.home_region, environment(project))
    change = settle(lake, organization, write=not dry_run)
    for word, sources in (("add", change.added), ("remove", change.removed)):
        for source in sources:
            click.echo(f"{word:<8} {source}")
    different = bool(change.added or change.removed)
    if not different:
        click.echo("as it should be")
    return ExitCode.DRIFT if dry_run and different else ExitCode.DONE

"""`runs`, `show` and `approve`: what is kept of earlier runs, and the signature on their plans."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.app import kept_runs, reviews
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import histories


@click.command()
@click.option(
    "--last",
    "count",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="So many of the newest.",
)
@click.option(
    "--format",
    "view",
    type=click.Choice(list(histories.TABLES)),
    default="text",
    show_default=True,
)
@click.pass_obj
def runs(project: Project, count: int, view: str) -> ExitCode:
    """List the runs that are kept here, the newest first. Works offline, unless workers carry
    one of them out.

    One that has died has not said how it ended, and its process is gone: resume it.

    \b
    orchestrator runs
    orchestrator runs --format json
    """
    click.echo(histories.TABLES[view](kept_runs.newest(project, count)))
    return ExitCode.DONE


@click.command(short_help="Show a run: inputs, waves, times, failures and their reasons.")
@click.argument("run")
@click.option(
    "--format", "view", type=click.Choice(list(histories.VIEWS)), default="text", show_default=True
)
@click.pass_obj
def show(project: Project, run: str, view: str) -> ExitCode:
    """Show what RUN was asked, what it did, and why what failed did. Works offline, unless
    workers carry RUN out.

    RUN may be the beginning of an id, or 'last'. A run that goes on is shown as far as it is.

    \b
    orchestrator show last
    orchestrator show 20260601 --format markdown
    """
    click.echo(histories.VIEWS[view](kept_runs.show(project, run)))
    return ExitCode.DONE


@click.command(short_help="Sign the stored plans of a run.")
@click.argument("run")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="An SSH private key, or the public key of one that your SSH agent holds.",
)
@click.option("--kms", metavar="ARN", default="", help="A KMS key for signing.")
@click.pass_obj
def approve(project: Project, run: str, key: Path | None, kms: str) -> ExitCode:
    """Sign what RUN of `plan --out` has kept, as one of organization.approval.

    The signature is over the digest of its manifest, and so over every plan. Nothing is asked of
    AWS, unless with --kms, or where organization.state.plans keeps the plans in the state bucket.

    \b
    orchestrator approve last --key ~/.ssh/id_ed25519
    """
    found = reviews.approve(project, run, key, kms)
    count = "1 stack" if found.stacks == 1 else f"{found.stacks} stacks"
    click.echo(f"{found.file}: {count}, manifest {found.digest}")
    return ExitCode.DONE

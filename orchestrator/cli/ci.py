"""`ci`: what a CI system needs beyond `plan`, `apply` and `drift`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from orchestrator.app.ci import forge as forges
from orchestrator.app.ci import merged_run, shares, templates
from orchestrator.app.project import Project
from orchestrator.cli import options
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.run import VIEWS, markdown

F = TypeVar("F", bound=Callable[..., object])
FILE = click.Path(dir_okay=False, path_type=Path)


def _forge(command: F) -> F:
    """`--github` or `--gitlab`."""
    flags = [
        click.option(f"--{name}", "kind", flag_value=name, help=f"In a job of {where}.")
        for name, where in (("gitlab", "GitLab CI"), ("github", "GitHub Actions"))
    ]
    return flags[1](flags[0](command))


@click.group(short_help="Plan, apply and look for drift in GitHub Actions and GitLab CI.")
def ci() -> None:
    """Workflows to copy, shares of a fleet, one report of several runs, comments on changes."""


@ci.command()
@click.argument("forge", type=click.Choice(list(templates.PLACES)))
@click.option("--force", is_flag=True, help="Write over workflows that are there.")
@click.option(
    "--owner",
    default="",
    help="Who has to agree to changes, for CODEOWNERS: an e-mail address, @user or @org/team; by "
    "default the team of the security account.",
)
@click.pass_obj
def init(project: Project, forge: str, force: bool, owner: str) -> ExitCode:
    """Write the workflows for FORGE into this repository, and CODEOWNERS unless it is there.

    \b
    orchestrator ci init github
    orchestrator ci init github --owner @example/platform-security
    """
    for path in templates.init(project, forge, owner, force=force):
        click.echo(str(path))
    return ExitCode.DONE


@ci.command(short_help="Divide the selected accounts among jobs.")
@options.selection
@click.option(
    "--most",
    type=click.IntRange(1, shares.LARGEST_MATRIX),
    default=20,
    show_default=True,
    help="So many shards at most.",
)
@click.option(
    "--least",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="A shard is worth a job from so many accounts on.",
)
@click.option("--only", type=click.IntRange(min=1), help="Print what selects this shard alone.")
@click.pass_obj
def shards(
    project: Project, words: tuple[str, ...], most: int, least: int, only: int | None
) -> ExitCode:
    """Divide the selected accounts among jobs: one line of JSON, for `strategy.matrix`.

    Nothing selected is an empty matrix, and an empty line with --only. An account stays in its
    shard for as long as it can, so what a shard's job caches is of use the next time.

    \b
    orchestrator ci shards all --most 20
    orchestrator ci shards 'affected:main...HEAD' --most 1
    """
    click.echo(shares.shards(project, words, most, least, only))
    return ExitCode.DONE


@ci.command(short_help="Make one report of several runs.")
@click.argument("names", nargs=-1, required=True, metavar="RUN...")
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.option(
    "--expect", metavar="SELECTION", help="Count what of this no run tells of as skipped."
)
@click.option("--keep", is_flag=True, help="Keep it with the runs here, as one of them.")
@options.notify
@click.pass_obj
def merge(
    project: Project,
    names: tuple[str, ...],
    view: str,
    expect: str | None,
    keep: bool,
    targets: tuple[str, ...],
) -> ExitCode:
    """Report on runs over parts of a fleet as on one. Ends as the worst of them.

    RUN is an id, the beginning of one, 'last', or the file of a run that was made elsewhere.
    Whether values are equal is known inside each run only.

    \b
    orchestrator ci merge last --format sarif
    orchestrator ci merge shard-1.json shard-2.json --expect all
    """
    merged = merged_run.merge(project, names, expect, targets, keep=keep)
    click.echo(VIEWS[view](merged.run))
    return merged.notify(targets)


@ci.command(short_help="Show a run's plans on the pull or merge request.")
@click.option("--run", "name", metavar="RUN", help="The run of `plan --out`; 'last' will do.")
@click.option("--nothing", "none", is_flag=True, help="Say that the change affects nothing.")
@_forge
@click.pass_obj
def comment(project: Project, name: str | None, none: bool, kind: str | None) -> ExitCode:
    """Show on the pull or merge request of this job what the plans of RUN would do.

    There is one comment, written anew each time; never longer than 65,536 bytes. GITHUB_TOKEN or
    ORCHESTRATOR_GITLAB_TOKEN must be allowed to write it.

    \b
    orchestrator ci comment --run last --github
    orchestrator ci comment --nothing --gitlab
    """
    if (name is None) is not none:
        raise UsageError("say what to show", "name a run with --run, or say --nothing")
    if done := forges.comment(project, kind, name, markdown):
        click.echo(done, err=True)
    return ExitCode.DONE


@ci.command(short_help="Name the run whose plans were reviewed.")
@_forge
@click.pass_obj
def planned(project: Project, kind: str | None) -> ExitCode:
    """Print the run that was planned for the change whose merge made this job's commit.

    An empty line where the change affects nothing. Ends with 2 where nothing was reviewed.

    \b
    orchestrator ci planned --github
    """
    click.echo(forges.planned(project, kind))
    return ExitCode.DONE


@ci.command(short_help="Hand over a SARIF file to code scanning.")
@click.argument("file", type=FILE)
@_forge
@click.pass_obj
def upload(project: Project, file: Path, kind: str | None) -> ExitCode:
    """Hand over FILE, in SARIF, to the code scanning of GitHub.

    \b
    orchestrator ci merge last --format sarif > plan.sarif
    orchestrator ci upload plan.sarif --github
    """
    forges.upload(project, kind, file)
    return ExitCode.DONE


@ci.command(short_help="Write the job's identity to a file, for AWS.")
@click.argument("file", type=FILE)
@click.option(
    "--every",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    help="Write a new one again and again, until this process is ended.",
)
@click.option("--github", is_flag=True, required=True, expose_value=False, help="GitHub Actions.")
@click.pass_obj
def token(project: Project, file: Path, every: int | None) -> ExitCode:
    """Write the job's identity to FILE, as AWS_WEB_IDENTITY_TOKEN_FILE wants it.

    GitHub's tokens last minutes, and what they open lasts an hour: whoever works for longer renews
    them. GitLab has them in a variable, where they last as long as the job.

    \b
    orchestrator ci token aws-token --github
    orchestrator ci token aws-token --github --every 240
    """
    forges.token(project, file, every)
    return ExitCode.DONE

"""`ci`: what a CI system needs beyond `plan`, `apply` and `drift`."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator import assets, config, wiring
from orchestrator.app import notifications
from orchestrator.app import selection as selecting
from orchestrator.app.names import named
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.ci.merged_run import complete, merged
from orchestrator.ci.shares import LARGEST_MATRIX, matrix, selection, shares
from orchestrator.ci.templates import CLONE, PACKAGE, PLACES, templates
from orchestrator.cli import options
from orchestrator.cli.forges import comment, planned, upload
from orchestrator.cli.token import token
from orchestrator.errors import NothingSelected, UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.run import Run
from orchestrator.render import stacks_of
from orchestrator.views.run import VIEWS, as_json


@click.group(short_help="Plan, apply and look for drift in GitHub Actions and GitLab CI.")
def ci() -> None:
    """Workflows to copy, shares of a fleet, one report of several runs, comments on changes."""


@ci.command()
@click.argument("forge", type=click.Choice(list(PLACES)))
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.pass_obj
def init(project: Project, forge: str, force: bool) -> int:
    """Write the workflows for FORGE into this repository.

    \b
    orchestrator ci init github
    """
    setup = CLONE if assets.of(project.root).is_checkout else PACKAGE
    wanted = {project.root / path: text for path, text in templates(forge, setup).items()}
    there = [path.relative_to(project.root) for path in wanted if path.exists()]
    if there and not force:
        names = ", ".join(map(str, there))
        raise UsageError(f"{names}: there already", "move it, or write over it with --force")
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        click.echo(str(path.relative_to(project.root)))
    return ExitCode.DONE


@ci.command(short_help="Divide the selected accounts among jobs.")
@options.selection
@click.option(
    "--most",
    type=click.IntRange(1, LARGEST_MATRIX),
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
) -> int:
    """Divide the selected accounts among jobs: one line of JSON, for `strategy.matrix`.

    Nothing selected is an empty matrix, and an empty line with --only. An account stays in its
    shard for as long as it can, so what a shard's job caches is of use the next time.

    \b
    orchestrator ci shards all --most 20
    orchestrator ci shards 'affected:main...HEAD' --most 1
    """
    organization = config.load(project.configs, dates.today())
    keys = _selected(project, organization, words)
    found = shares((key.account_id for key in keys), most, least) if keys else ()
    if only is None:
        click.echo(matrix(found, " ".join(words)))
    else:
        click.echo(selection(found[only - 1], " ".join(words)) if only <= len(found) else "")
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
) -> int:
    """Report on runs over parts of a fleet as on one. Ends as the worst of them.

    RUN is an id, the beginning of one, 'last', or the file of a run that was made elsewhere.
    Whether values are equal is known inside each run only.

    \b
    orchestrator ci merge last --format sarif
    orchestrator ci merge shard-1.json shard-2.json --expect all
    """
    env = environment(project)
    notifications.check(targets, env)
    organization = config.load(project.configs, dates.today())
    expected = selecting.chosen(project, organization, [expect]) if expect else ()
    run = merged([_read(project, name) for name in names], expected)
    if keep:
        wiring.whole(project.runs / f"{run.id}.json", as_json(run))
    click.echo(VIEWS[view](run))
    whole = complete(run, stacks_of(organization))
    unsent = notifications.notify_of(project, organization, run.results, targets, complete=whole)
    return unsent or run.exit_code


def _selected(
    project: Project, organization: Organization, words: tuple[str, ...]
) -> tuple[StackKey, ...]:
    """None where a change affects nothing: that is not a mistake here."""
    try:
        return selecting.chosen(project, organization, words)
    except NothingSelected:
        return ()


def _read(project: Project, name: str) -> Run:
    if Path(name).is_file():
        return wiring.kept_run(Path(name))
    kept = wiring.runs(project.runs)
    return kept.run(named(name, kept.runs()))


ci.add_command(comment)
ci.add_command(planned)
ci.add_command(upload)
ci.add_command(token)

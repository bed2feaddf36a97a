"""`render`: the Terraform roots of accounts, to read or to use without us."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator import config, wiring
from orchestrator.app import selection
from orchestrator.app.project import Project
from orchestrator.model import dates
from orchestrator.model.plan import Rendering
from orchestrator.render import Renderer, bootstrap_of, digest_of, stacks_of


@click.command(short_help="Write the Terraform roots of accounts.")
@click.argument("words", nargs=-1, metavar="[SELECTION]...")
@click.option(
    "--build",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to; by default .build of the work folder.",
)
@click.pass_obj
def render(project: Project, words: tuple[str, ...], build: Path | None) -> int:
    """Write the Terraform roots of a selection, of all if nothing is named. Works offline.

    \b
    orchestrator render
    orchestrator render orders-prod --build /tmp/review
    """
    started = time.monotonic()
    organization = config.load(project.configs, dates.today())
    keys = selection.chosen(project, organization, words or ("all",))
    folder = build or project.build
    renderer, folders = Renderer(project.root), wiring.folders(folder)
    renderings = [renderer.render(organization, key) for key in keys]
    for rendering in renderings:
        folders.write(rendering)
    if keys == stacks_of(organization):
        first = renderer.render(organization, bootstrap_of(organization))
        wiring.keep_rendered(project.root, folder, renderer, renderings, [first])
    click.echo(
        summary(
            renderings, len({key.account_id for key in keys}), folder, time.monotonic() - started
        )
    )
    return 0


def summary(renderings: Sequence[Rendering], accounts: int, folder: Path, seconds: float) -> str:
    """One line: how much, where to, how fast, and a digest over all of it."""
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    return (
        f"{_count(len(renderings), 'stack')} of {_count(accounts, 'account')} rendered to "
        f"{shown} ({seconds:.2f} s), digest {digest_of(renderings)[:12]}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""`adopt`: what is in accounts already, taken over instead of made twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from orchestrator import config, wiring
from orchestrator.accounts import imports as files
from orchestrator.cli import selection
from orchestrator.cli.project import Project
from orchestrator.cli.session import Session, environment, session
from orchestrator.errors import ConfigurationError
from orchestrator.model import dates
from orchestrator.model.existing import StackImports
from orchestrator.model.imports import Imports
from orchestrator.model.run import code_of
from orchestrator.rollout.imports import adopt_all
from orchestrator.stages.jobs import Job
from orchestrator.views.imports import VIEWS


@click.command(short_help="Find what accounts have already, and take it over.")
@selection.argument
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.option("--write/--no-write", default=True, show_default=True, help="Write what was found.")
@click.option(
    "--width",
    type=click.IntRange(min=1),
    show_default="what cores and free memory allow",
    help="Most stacks worked on at the same time.",
)
@click.pass_obj
def adopt(
    project: Project, words: tuple[str, ...], view: str, write: bool, width: int | None
) -> int:
    """Find what accounts have already of that which their first apply would create.

    Every stack is planned, and AWS is asked for each resource that the plan creates. What is there
    is written into account_configs/adopted/ and becomes an import block, so that it is neither made
    twice nor destroyed. Then the report says what the first apply would change of it. Nothing in
    AWS is changed. Run it again after the apply: what the state holds is taken out of the files.

    \b
    orchestrator adopt orders-prod
    orchestrator adopt all --no-write
    """
    with session(project) as current:
        jobs = current.jobs(selection.chosen(project, current.organization, words))
        existing = wiring.existing(current.organization, environment(project), current.run_id)
        adopted = current.organization.adopted
        results = tuple(
            adopt_all(
                jobs,
                current.ports,
                current.options(width),
                existing,
                lambda job, imports: _taking(current, job, imports),
                lambda job: adopted.get(job.key, {}),
            )
        )
        for result in results:
            if result.plan is not None:
                current.ports.folders.discard(result.plan)
    found = [result for result in results if isinstance(result, StackImports)]
    texts = files.written(adopted, found) if write else {}
    click.echo(VIEWS[view](results))
    keep(project.configs, texts)
    return code_of(result.outcome for result in results)


def _taking(current: Session, job: Job, imports: Imports) -> Job:
    """The same stack, with these imports instead of those that the files have."""
    adopted = {**current.organization.adopted, job.key: imports}
    organization = replace(current.organization, adopted=adopted)
    return replace(job, rendering=current.renderer.render(organization, job.key))


def keep(configs: Path, texts: Mapping[str, str | None]) -> None:
    """Write the files into adopted/, all of them or none: what cannot be read is not kept.

    Raises ConfigurationError.
    """
    folder = configs / "adopted"
    before = {name: _text(folder / name) for name in texts}
    put(folder, texts)
    try:
        config.load(configs, dates.today())
    except ConfigurationError:
        put(folder, before)
        raise


def _text(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None


def put(folder: Path, texts: Mapping[str, str | None]) -> None:
    """Write the files that have changed, and remove those that have nothing to say any more."""
    for name, text in texts.items():
        file = folder / name
        if text == _text(file):
            continue
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        click.echo(f"{'removed' if text is None else 'written'}: {file}", err=True)
    if texts and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()

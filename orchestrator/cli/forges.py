"""`ci comment`, `ci planned` and `ci upload`: what a job tells GitHub or GitLab, and asks them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from orchestrator import wiring
from orchestrator.app.names import named
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.ci.comment import body, marked, nothing
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.review import Comment
from orchestrator.model.run import Run
from orchestrator.ports import Forge

F = TypeVar("F", bound=Callable[..., object])


def _forge(command: F) -> F:
    """`--github` or `--gitlab`."""
    flags = [
        click.option(f"--{name}", "kind", flag_value=name, help=f"In a job of {where}.")
        for name, where in (("gitlab", "GitLab CI"), ("github", "GitHub Actions"))
    ]
    return flags[1](flags[0](command))


@click.command(short_help="Show a run's plans on the pull or merge request.")
@click.option("--run", "name", metavar="RUN", help="The run of `plan --out`; 'last' will do.")
@click.option("--nothing", "none", is_flag=True, help="Say that the change affects nothing.")
@_forge
@click.pass_obj
def comment(project: Project, name: str | None, none: bool, kind: str | None) -> int:
    """Show on the pull or merge request of this job what the plans of RUN would do.

    There is one comment, written anew each time; never longer than 65,536 bytes. GITHUB_TOKEN or
    ORCHESTRATOR_GITLAB_TOKEN must be allowed to write it.

    \b
    orchestrator ci comment --run last --github
    orchestrator ci comment --nothing --gitlab
    """
    if (name is None) is not none:
        raise UsageError("say what to show", "name a run with --run, or say --nothing")
    text = nothing()
    if name is not None:
        text = body(_planned(project, name))
    forge = _opened(project, kind)
    ours = _ours(forge.comments())
    if ours and ours[0].body.strip() == text.strip():
        return ExitCode.DONE
    forge.write(text, ours[0] if ours else None)
    click.echo("the comment is written anew" if ours else "there is a comment now", err=True)
    return ExitCode.DONE


@click.command(short_help="Name the run whose plans were reviewed.")
@_forge
@click.pass_obj
def planned(project: Project, kind: str | None) -> int:
    """Print the run that was planned for the change whose merge made this job's commit.

    An empty line where the change affects nothing. Ends with 2 where nothing was reviewed.

    \b
    orchestrator ci planned --github
    """
    comments = _opened(project, kind).merged()
    ours = _ours(comments or ())
    if not ours:
        what = "no change" if comments is None else "no plan that was shown on a change"
        raise UsageError(
            f"{what} has been merged with this commit",
            "plan and apply it by hand: orchestrator plan all --out",
        )
    click.echo(marked(ours[0].body) or "")
    return ExitCode.DONE


@click.command(short_help="Hand over a SARIF file to code scanning.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_forge
@click.pass_obj
def upload(project: Project, file: Path, kind: str | None) -> int:
    """Hand over FILE, in SARIF, to the code scanning of GitHub.

    \b
    orchestrator ci merge last --format sarif > plan.sarif
    orchestrator ci upload plan.sarif --github
    """
    try:
        log = file.read_text("utf-8")
        json.loads(log)
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: no SARIF can be read there: {error}", "make it anew") from error
    _opened(project, kind).scanned(log)
    return ExitCode.DONE


def _planned(project: Project, name: str) -> Run:
    kept = wiring.runs(project.runs)
    run = kept.run(named(name, kept.runs()))
    if run.command != "plan":
        raise UsageError(f"run {run.id} is one of {run.command}", "name a run of `plan --out`")
    return run


def _opened(project: Project, kind: str | None) -> Forge:
    if kind is None:
        raise UsageError("it is not said where this job runs", "say --github or --gitlab")
    return wiring.forge(kind, environment(project))


def _ours(comments: Sequence[Comment]) -> list[Comment]:
    return [each for each in comments if marked(each.body) is not None]

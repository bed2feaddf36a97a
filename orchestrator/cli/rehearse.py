"""`rehearse`: a whole rollout in the sandbox, with faults, and what held."""

from __future__ import annotations

import shutil
import signal
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.cli.watch import wants_live
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.rehearsal.checks import held
from orchestrator.rehearsal.conduct import Means, rehearse
from orchestrator.rehearsal.report import as_json, text
from orchestrator.rehearsal.scenario import MIB, Scenario, Weight

VIEWS = {"text": text, "json": as_json}
SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT")


def share(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """A part of all: '10%' or '0.1'."""
    try:
        found = float(value.strip().removesuffix("%")) / (100 if value.strip()[-1:] == "%" else 1)
    except ValueError:
        found = -1
    if not 0 <= found < 1:
        raise click.BadParameter(f"'{value}' is not a share; write 10% or 0.1", ctx, param)
    return found


@click.command(name="rehearse", short_help="Rehearse a whole rollout in the sandbox, with faults.")
@click.option("--accounts", type=click.IntRange(min=1), default=100, show_default=True)
@click.option(
    "--stack",
    "weight",
    type=click.Choice([str(weight) for weight in Weight]),
    default=str(Weight.LIGHT),
    show_default=True,
    help="The accounts' own stack, or a light one of six resources.",
)
@click.option(
    "--throttle", callback=share, default="0%", help="Share of requests that are throttled."
)
@click.option("--errors", callback=share, default="0%", help="Share of requests that fail.")
@click.option("--broken", type=click.IntRange(min=0), default=0, help="Accounts that refuse.")
@click.option(
    "--kill-after",
    "kills",
    type=click.FloatRange(min=0, min_open=True),
    multiple=True,
    help="Seconds after which an attempt is killed; give it again to kill the next one, too.",
)
@click.option("--signal", "name", type=click.Choice(SIGNALS), default="SIGKILL", show_default=True)
@click.option(
    "--memory",
    type=click.IntRange(min=1),
    default=4096,
    show_default=True,
    help="Budget for all our processes together, in MiB.",
)
@click.option("--seed", type=int, default=0, help="Makes faults hit the same calls again.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".rehearsal"),
    show_default=True,
    help="Where the copy of the project, its runs and logs are kept.",
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.argument("words", nargs=-1, metavar="[-- OPTION OF APPLY...]")
@click.pass_obj
def rehearse_(
    project: Project,
    accounts: int,
    weight: str,
    throttle: float,
    errors: float,
    broken: int,
    kills: tuple[float, ...],
    name: str,
    memory: int,
    seed: int,
    folder: Path,
    view: str,
    words: tuple[str, ...],
) -> int:
    """Roll out to many accounts in the sandbox, with faults put in, and report what held.

    Who was touched, when it stopped and why, what was created twice, which locks were left, how
    much memory it took. The exit code is 0 only if everything held. No AWS account is touched.

    \b
    orchestrator rehearse --accounts 500 --throttle 10% --errors 2% --kill-after 60
    orchestrator rehearse --accounts 50 --broken 5 -- --tolerate 3
    """
    scenario = Scenario(
        accounts,
        Weight(weight),
        throttle,
        errors,
        broken,
        kills,
        signal.Signals[name],
        memory * MIB,
        seed,
        words,
    )
    where = _emptied(project, folder)
    console = Console(stderr=True)
    live = wants_live(console, None)
    access = config.load(project.configs, dates.today()).facts.access
    signal.signal(signal.SIGTERM, _ended)
    with ExitStack() as stack:
        stderr = None if live else stack.enter_context((where / "rehearsal.log").open("wb"))
        means = Means(project.root, where, access, _say, live, stderr)
        facts = rehearse(scenario, means)
    if live:
        console.show_cursor(True)
    click.echo(VIEWS[view](facts))
    return ExitCode.DONE if held(facts) else ExitCode.INCOMPLETE


def _ended(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a rehearsal as Ctrl-C does: program and sandbox with it."""
    raise KeyboardInterrupt


def _say(line: str) -> None:
    click.echo(line, err=True)


def _emptied(project: Project, folder: Path) -> Path:
    """The folder, empty; only one that an earlier rehearsal has made is emptied."""
    where = (project.work / folder).resolve()
    marker = where / "rehearsal.json"
    if where.exists() and any(where.iterdir()) and not marker.is_file():
        raise UsageError(f"folder '{where}' is not empty", "name one that does not exist")
    shutil.rmtree(where, ignore_errors=True)
    where.mkdir(parents=True)
    marker.write_text("{}\n", "utf-8")
    return where

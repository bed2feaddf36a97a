"""`rehearse` and `demo`: a whole rollout in the sandbox, with faults, or told as a story."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import click
from rich.console import Console

from orchestrator import assets
from orchestrator.app import rehearse as rehearsing
from orchestrator.app.project import Project
from orchestrator.cli.watch import wants_live
from orchestrator.model.exit_code import ExitCode
from orchestrator.rehearsal.checks import held
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
) -> ExitCode:
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
    console = Console(stderr=True)
    live = wants_live(console, None)
    facts = rehearsing.rehearse(project, scenario, folder, live=live)
    if live:
        console.show_cursor(True)
    click.echo(VIEWS[view](facts))
    return ExitCode.DONE if held(facts) else ExitCode.INCOMPLETE


@click.command(short_help="Rehearse the main job on this machine.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".demo"),
    show_default=True,
    help="Where the demo renders and reports.",
)
@click.pass_obj
def demo(project: Project, folder: Path) -> int:
    """Rehearse the main job on this machine: no AWS account is needed, none is touched."""
    from orchestrator.cli.main import run  # noqa: PLC0415  the demo is itself one of its commands
    from orchestrator.demo.stage import (  # noqa: PLC0415
        OPENS_BUCKETS,
        STOPS_RECORDING,
        Stage,
        by_hand,
        leave_open,
    )
    from orchestrator.demo.story import play  # noqa: PLC0415

    root, work = assets.home(), (project.work / folder).resolve()
    run(["--project", str(root), "--work", str(work), "sandbox", "stop"])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)

    def silently(words: Sequence[str]) -> str:
        with redirect_stdout(StringIO()) as said:
            run(words)
        return said.getvalue()

    stage = Stage(root, work, click.echo, run, silently)
    tampered = frozenset({OPENS_BUCKETS, STOPS_RECORDING})
    home = work / ".sandbox"
    return play(
        stage,
        lambda: by_hand(home, root / "account_configs"),
        tampered,
        lambda: leave_open(home, root / "account_configs"),
    )

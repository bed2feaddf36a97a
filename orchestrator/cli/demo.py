"""`demo`: the main job, end to end, in the sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import click

from orchestrator import assets
from orchestrator.app.project import Project
from orchestrator.demo.stage import OPENS_BUCKETS, STOPS_RECORDING, Stage, by_hand, leave_open
from orchestrator.demo.story import play


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

"""`ci token`: the job's own identity instead of stored keys."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from orchestrator import wiring
from orchestrator.errors import NotificationFailed
from orchestrator.model.exit_code import ExitCode

AUDIENCE = "sts.amazonaws.com"
SOON = 15
"""Seconds after which a token that could not be had is asked for again."""


@click.command(short_help="Write the job's identity to a file, for AWS.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--every",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    help="Write a new one again and again, until this process is ended.",
)
@click.option("--github", is_flag=True, required=True, expose_value=False, help="GitHub Actions.")
def token(file: Path, every: int | None) -> int:
    """Write the job's identity to FILE, as AWS_WEB_IDENTITY_TOKEN_FILE wants it.

    GitHub's tokens last minutes, and what they open lasts an hour: whoever works for longer renews
    them. GitLab has them in a variable, where they last as long as the job.

    \b
    orchestrator ci token aws-token --github
    orchestrator ci token aws-token --github --every 240
    """
    wiring.whole(file, wiring.identity(os.environ, AUDIENCE))
    pause = every
    while pause and every:
        time.sleep(pause)
        try:
            wiring.whole(file, wiring.identity(os.environ, AUDIENCE))
            pause = every
        except NotificationFailed as error:
            click.echo(f"the token is not renewed: {error.message}", err=True)
            pause = min(SOON, every)
    return ExitCode.DONE

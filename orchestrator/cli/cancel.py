"""`cancel`: call off a run that was submitted."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.submission import Cancelled
from orchestrator.wiring import workers


@click.command(short_help="Call off a run that was submitted.")
@click.argument("run")
@click.option("--reason", required=True, help="Why; kept with the run.")
@click.pass_obj
def cancel(project: Project, run: str, reason: str) -> int:
    """Call off RUN, which was handed to workers.

    What is being applied is finished and verified, as after the first Ctrl-C; nothing new starts.

    \b
    orchestrator cancel 20260601-120000-ab12 --reason 'the canary looks wrong'
    """
    organization = config.load(project.configs, dates.today())
    env = environment(project)
    records = workers.records(organization, env, f"{run}-cancel")
    records.submission(run)
    who = env.get("USER") or env.get("LOGNAME") or "an unknown user"
    said = records.cancel(run, Cancelled(who, reason, datetime.now(UTC)))
    workers.executor(organization, env).stop(run, str(said))
    click.echo(f"run {run} is {said}")
    return ExitCode.DONE

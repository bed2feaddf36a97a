"""`orchestrator sandbox`: a local AWS with the organization of account_configs/ in it."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.cli import scans
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import journal, lifecycle
from orchestrator.sandbox.fleet import describe, grow, grow_configs


@click.group()
def sandbox() -> None:
    """A local AWS to rehearse in."""


@sandbox.command()
@click.option("--accounts", type=int, default=0, help="Add generated accounts up to this number.")
@click.option(
    "--configs",
    type=click.Path(path_type=Path),
    help="With --accounts: write account files for them, too, in a copy of account_configs/.",
)
@click.option("--port", type=int, default=0, help="Where to listen; any free port by default.")
@click.option(
    "--fault", "faults", multiple=True, help="[account@]service:operation:kind:rate[:detail]"
)
@click.option("--delay", "delays", multiple=True, help="How late: kind=seconds, '*=0' is never.")
@click.option("--fail", "failing", multiple=True, help="What ends badly: kind:target[=reason]")
@click.option("--seed", type=int, default=0, help="Makes faults hit the same calls again.")
@click.option("--log-size", type=int, default=64, help="MiB at which the request log is turned.")
@click.pass_obj
def start(
    project: Project,
    accounts: int,
    configs: Path | None,
    port: int,
    faults: tuple[str, ...],
    delays: tuple[str, ...],
    failing: tuple[str, ...],
    seed: int,
    log_size: int,
) -> int:
    """Start it, or find the one that runs."""
    if configs:
        fleet = grow_configs(project.configs, configs, accounts, dates.today())
    else:
        fleet = grow(describe(config.load(project.configs, dates.today())), accounts)
    size = log_size * 1024 * 1024
    settings = lifecycle.Settings(port, faults, seed, size, delays, failing)
    state = lifecycle.start(project.sandbox, fleet, settings)
    click.echo(f"sandbox: pid {state.pid}, port {state.port}, {len(fleet.accounts)} accounts")
    click.echo("  use it:  orchestrator --sandbox plan    or, for any other program,")
    click.echo('           eval "$(orchestrator sandbox env)"')
    click.echo("  see it:  orchestrator sandbox log       end it: orchestrator sandbox stop")
    return ExitCode.DONE


sandbox.add_command(scans.scan)
sandbox.add_command(scans.messages)


@sandbox.command()
@click.pass_obj
def stop(project: Project) -> int:
    """End it; everything in it is gone."""
    stopped = lifecycle.stop(project.sandbox)
    click.echo("sandbox: stopped" if stopped else "sandbox: none was running")
    return ExitCode.DONE


@sandbox.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def status(project: Project, as_json: bool) -> int:
    """Say whether it runs."""
    state = lifecycle.status(project.sandbox)
    if as_json:
        known = {"pid": state.pid, "port": state.port} if state else {}
        click.echo(json.dumps({"version": 1, "running": state is not None, **known}))
    elif state:
        click.echo(f"sandbox: running, pid {state.pid}, port {state.port}")
    else:
        click.echo("sandbox: not running")
    return ExitCode.DONE


@sandbox.command()
@click.pass_obj
def env(project: Project) -> int:
    """Print the variables that make any program talk to it, for a shell's `eval`."""
    state = lifecycle.status(project.sandbox)
    if state is None:
        raise UsageError("no sandbox is running", "start one: orchestrator sandbox start")
    for name in sorted(os.environ):
        if name.startswith("AWS_") and name not in state.environment:
            click.echo(f"unset {name}")
    for name, value in state.environment.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    return ExitCode.DONE


@sandbox.command()
@click.option("--account", default="", help="Only calls of this account id.")
@click.option("--operation", default="", help="Only this operation; a glob, e.g. 'sts:Assume*'.")
@click.option("--principal", default="", help="Only this principal's ARN; a glob.")
@click.option("--errors", is_flag=True, help="Only calls that failed.")
@click.option("--dropped", is_flag=True, help="Only what was not delivered, with the reason.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def log(
    project: Project,
    account: str,
    operation: str,
    principal: str,
    errors: bool,
    dropped: bool,
    as_json: bool,
) -> int:
    """Print the requests it answered and what it dropped, also after it has ended."""
    wanted = journal.Filter(account, operation, principal, errors, dropped)
    entries = journal.read(project.sandbox, wanted)
    if as_json:
        click.echo(json.dumps({"version": 1, "requests": list(entries)}))
        return ExitCode.DONE
    for entry in entries:
        click.echo(journal.line(entry))
    return ExitCode.DONE

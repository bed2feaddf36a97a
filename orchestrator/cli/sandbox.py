"""`sandbox`: a local AWS with the organization of account_configs/ in it."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from orchestrator.app import sandbox as local
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import journal, lifecycle


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
) -> ExitCode:
    """Start it, or find the one that runs."""
    size = log_size * 1024 * 1024
    settings = lifecycle.Settings(port, faults, seed, size, delays, failing)
    started = local.start(project, accounts, configs, settings)
    state = started.state
    click.echo(f"sandbox: pid {state.pid}, port {state.port}, {started.accounts} accounts")
    click.echo("  use it:  orchestrator --sandbox plan    or, for any other program,")
    click.echo('           eval "$(orchestrator sandbox env)"')
    click.echo("  see it:  orchestrator sandbox log       end it: orchestrator sandbox stop")
    return ExitCode.DONE


@sandbox.command()
@click.option("--account", "names", multiple=True, help="Only this account, by name or id.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def scan(project: Project, names: tuple[str, ...], as_json: bool) -> ExitCode:
    """Check resources as Security Hub does, and import what it would find."""
    found = local.scan(project, names)
    if as_json:
        click.echo(json.dumps({"version": 1, "accounts": [asdict(each) for each in found]}))
        return ExitCode.DONE
    for each in found:
        click.echo(f"{each.account}: {each.checked} checked, {len(each.failed)} failed")
        for line in each.failed:
            click.echo(f"  failed  {line}")
        for line in each.passed:
            click.echo(f"  passed  {line}")
        for line in each.problems:
            click.echo(f"  unknown {line}")
    if not any(each.checked for each in found):
        click.echo(
            "only controls that are decided, in account_configs/controls/, are checked", err=True
        )
    return ExitCode.DONE


@sandbox.command()
@click.option("--topic", default="", help="Only topics whose name ends so, e.g. a team's name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def messages(project: Project, topic: str, as_json: bool) -> ExitCode:
    """Print what SNS topics were told, as mail would show it."""
    found = local.messages(project, topic)
    if as_json:
        click.echo(json.dumps({"version": 1, "messages": found}))
        return ExitCode.DONE
    for each in found:
        click.echo(_message(each))
    return ExitCode.DONE


@sandbox.command()
@click.pass_obj
def stop(project: Project) -> ExitCode:
    """End it; everything in it is gone."""
    click.echo("sandbox: stopped" if local.stop(project) else "sandbox: none was running")
    return ExitCode.DONE


@sandbox.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def status(project: Project, as_json: bool) -> ExitCode:
    """Say whether it runs."""
    state = local.status(project)
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
def env(project: Project) -> ExitCode:
    """Print the variables that make any program talk to it, for a shell's `eval`."""
    stray, wanted = local.environment(project)
    for name in stray:
        click.echo(f"unset {name}")
    for name, value in wanted.items():
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
) -> ExitCode:
    """Print the requests it answered and what it dropped, also after it has ended."""
    wanted = journal.Filter(account, operation, principal, errors, dropped)
    entries = local.requests(project, wanted)
    if as_json:
        click.echo(json.dumps({"version": 1, "requests": list(entries)}))
        return ExitCode.DONE
    for entry in entries:
        click.echo(journal.line(entry))
    return ExitCode.DONE


def _message(message: dict[str, Any]) -> str:
    texts = message["texts"]
    text = texts.get("email") or texts["default"]
    to = ", ".join(message["to"]) or "no subscription"
    indented = "\n".join(f"  {line}" for line in str(text).splitlines())
    return f"{message['time']} {message['topic']} ({to})\n  {message['subject']}\n{indented}\n"

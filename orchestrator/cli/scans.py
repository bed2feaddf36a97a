"""`orchestrator sandbox scan` and `messages`: findings that come, and what teams hear of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import Account, Organization
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox


@click.command()
@click.option("--account", "names", multiple=True, help="Only this account, by name or id.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def scan(project: Project, names: tuple[str, ...], as_json: bool) -> int:
    """Check resources as Security Hub does, and import what it would find."""
    from orchestrator.sandbox.control_scan import scan  # noqa: PLC0415  loads every remediation

    sandbox = running(project)
    organization = config.load(project.configs, dates.today())
    found = scan(sandbox, organization, _chosen(organization, names))
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


@click.command()
@click.option("--topic", default="", help="Only topics whose name ends so, e.g. a team's name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def messages(project: Project, topic: str, as_json: bool) -> int:
    """Print what SNS topics were told, as mail would show it."""
    found = [each for each in running(project).messages() if str(each["topic"]).endswith(topic)]
    if as_json:
        click.echo(json.dumps({"version": 1, "messages": found}))
        return ExitCode.DONE
    for each in found:
        click.echo(_message(each))
    return ExitCode.DONE


def running(project: Project) -> Sandbox:
    """The sandbox that runs. Raises UsageError."""
    state = lifecycle.status(project.sandbox)
    if state is None:
        raise UsageError("no sandbox is running", "start one: orchestrator sandbox start")
    return Sandbox(state.port, state.environment, project.sandbox)


def _chosen(organization: Organization, names: tuple[str, ...]) -> tuple[Account, ...]:
    from orchestrator.app.decisions import account_called  # noqa: PLC0415  loads every remediation

    return tuple(account_called(organization, name) for name in names) or organization.accounts


def _message(message: dict[str, Any]) -> str:
    texts = message["texts"]
    text = texts.get("email") or texts["default"]
    to = ", ".join(message["to"]) or "no subscription"
    indented = "\n".join(f"  {line}" for line in str(text).splitlines())
    return f"{message['time']} {message['topic']} ({to})\n  {message['subject']}\n{indented}\n"

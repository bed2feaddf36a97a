"""`preflight`: what is missing, or in the way, before the first rollout and at any time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import code_of
from orchestrator.views.preflight import VIEWS


@click.command(short_help="Ask AWS what is missing, or in a rollout's way.")
@click.argument("accounts", nargs=-1)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.option("--policy", is_flag=True, help="Print the IAM policy that is enough for it, and end.")
@click.pass_obj
def preflight(project: Project, accounts: tuple[str, ...], view: str, policy: bool) -> int:
    """Ask AWS what an organization lacks, and what would be in the way of a rollout.

    Reads, and changes nothing: with your own credentials in the management account, and with the
    entry role, narrowed to reading, in every account or in those that are named. What is missing is
    made by the stacks. Ends with 3 when something is in the way, and with 6 when something is not
    known.

    \b
    orchestrator preflight
    orchestrator preflight payments-prod --format json
    orchestrator preflight --policy
    """
    organization = config.load(project.configs, datetime.now(UTC).date())
    if policy:
        needed = wiring.preflight_policy(organization)
        click.echo(json.dumps(needed, indent=2))
        return ExitCode.DONE
    asked = _named(organization, accounts)
    checks = wiring.preflight(organization, environment(project), asked)
    click.echo(VIEWS[view](checks))
    return code_of(checks)


def _named(organization: Organization, names: Sequence[str]) -> tuple[Account, ...]:
    """The accounts of these names, all when none is named. Raises UsageError."""
    known = {account.name for account in organization.accounts}
    for name in names:
        if name not in known:
            raise UsageError(f"no account is called '{name}'", "see which: orchestrator accounts")
    return tuple(a for a in organization.accounts if a.name in names or not names)

"""`coverage`: which accounts are covered, which are not, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import click

from orchestrator import config, wiring
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.ledger import Known, draw
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.ledger import Seen
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import Probe
from orchestrator.ports import Inspector
from orchestrator.views.ledger import VIEWS

APPLYING = {"vend": "apply"}
"""Commands that apply, too."""
ASKED_AT_ONCE = 8
"""Accounts; each is asked a dozen questions, one after the other."""


@click.command(short_help="Say which accounts are covered, and what the others lack.")
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.option("--ask", is_flag=True, help="Ask AWS whether each account is as declared, too.")
@click.option(
    "--max-age",
    type=click.FloatRange(min=0),
    default=2,
    show_default=True,
    help="Days after which a drift check counts no more.",
)
@click.pass_obj
def coverage(project: Project, view: str, ask: bool, max_age: float) -> int:
    """Hold AWS Organizations against account_configs/, the states, and earlier runs.

    An account without a file, a file without an account, an account that was never applied, whose
    last apply failed, that has drifted or was not checked lately: each is named. Ends with 7
    unless all are covered. Changes nothing.

    \b
    orchestrator coverage
    orchestrator coverage --ask --format html
    """
    organization = config.load(project.configs, date.today())
    now = datetime.now(UTC)
    outlook = wiring.outlook(organization, environment(project), f"{now:%Y%m%d-%H%M%S}-coverage")
    runs = _runs(project)
    known = Known(
        outlook.census.members(),
        frozenset(AccountId(id_) for id_, stack in outlook.states() if stack == StackName.ACCOUNT),
        _by_account(runs, "apply"),
        _by_account(runs, "drift"),
        _answers(organization, outlook.inspector) if ask else None,
    )
    ledger = draw(organization, known, now, timedelta(days=max_age))
    click.echo(VIEWS[view](ledger))
    return ExitCode.DONE if ledger.covered else ExitCode.INCOMPLETE


Runs = Mapping[str, list[tuple[AccountId, Seen]]]


def _runs(project: Project) -> Runs:
    """What became of each account's own stack, by command, the oldest run first."""
    kept, found = wiring.runs(project.runs), dict[str, list[tuple[AccountId, Seen]]]()
    for run in kept.runs():
        history = kept.history(run)
        for key, stack in history.stacks.items():
            if key.stack is StackName.ACCOUNT and stack.outcome is not None:
                reason = stack.reasons[0] if stack.reasons else ""
                seen = Seen(history.started, stack.outcome, reason)
                command = APPLYING.get(history.inputs.command, history.inputs.command)
                found.setdefault(command, []).append((key.account_id, seen))
    return found


def _by_account(runs: Runs, command: str) -> Mapping[AccountId, tuple[Seen, ...]]:
    found: dict[AccountId, tuple[Seen, ...]] = {}
    for account, seen in runs.get(command, []):
        found[account] = (*found.get(account, ()), seen)
    return found


def _answers(
    organization: Organization, inspector: Inspector
) -> Mapping[AccountId, tuple[Probe, ...]]:
    def ask(account: Account) -> tuple[Probe, ...]:
        return inspector.inspect(account, StackKey(account.id, account.name, StackName.ACCOUNT))

    accounts = organization.accounts
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        return dict(zip((a.id for a in accounts), pool.map(ask, accounts), strict=True))

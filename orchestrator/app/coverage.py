"""`coverage`: which accounts are covered, which are not, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from orchestrator import wiring
from orchestrator.accounts.coverage import Known, draw
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.model import dates
from orchestrator.model.coverage import Coverage, Seen
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import LEFT_ALONE, Probe
from orchestrator.ports import Conformance
from orchestrator.render import stacks_of

APPLYING = {"vend": "apply"}
"""Commands that apply, too."""
NOBODY_CAME = LEFT_ALONE
ASKED_AT_ONCE = 8
"""Accounts; each is asked a dozen questions, one after the other."""


def drawn(
    project: Project, organization: Organization, max_age: timedelta, *, ask: bool
) -> Coverage:
    """The coverage as of now. Raises AwsDenied."""
    now = datetime.now(UTC)
    outlook = wiring.outlook(organization, environment(project), f"{now:%Y%m%d-%H%M%S}-coverage")
    runs = _runs(project)
    known = Known(
        outlook.inventory.members(),
        frozenset(AccountId(id_) for id_, stack in outlook.states() if stack == StackName.ACCOUNT),
        _by_account(runs, "apply"),
        _by_account(runs, "drift"),
        _answers(organization, outlook.conformance) if ask else None,
    )
    return draw(organization, known, now, max_age)


Runs = Mapping[str, list[tuple[AccountId, Seen]]]


def _runs(project: Project) -> Runs:
    """What became of each account's own stack, by command, the oldest run first."""
    kept, found = wiring.runs(project.runs), dict[str, list[tuple[AccountId, Seen]]]()
    for run in kept.runs():
        history = kept.history(run)
        for key, stack in history.stacks.items():
            if (
                key.stack is StackName.ACCOUNT
                and stack.outcome
                and stack.outcome not in NOBODY_CAME
            ):
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
    organization: Organization, conformance: Conformance
) -> Mapping[AccountId, tuple[Probe, ...]]:
    """Of all stacks: the foundations of the special accounts deliver everybody's logs."""
    today = dates.today()
    keys = [k for k in stacks_of(organization) if not _account(organization, k).set_aside(today)]

    def ask(key: StackKey) -> tuple[Probe, ...]:
        return conformance.inspect(_account(organization, key), key)

    found: dict[AccountId, tuple[Probe, ...]] = {}
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        for key, probes in zip(keys, pool.map(ask, keys), strict=True):
            found[key.account_id] = (*found.get(key.account_id, ()), *probes)
    return found


def _account(organization: Organization, key: StackKey) -> Account:
    return organization.named(key.account_name)

"""`state`: a state that nobody can work with, made right again by hand.

A stack is written as account/stack: orders-dev/account.
"""

from __future__ import annotations

from datetime import UTC, datetime

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.ports import StateRepair


def repair(project: Project, stack: str) -> tuple[StateRepair, StackKey]:
    """What repairs the state of `stack`, and its key. Raises UsageError."""
    organization = config.load(project.configs, dates.today())
    run = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-state"
    key = _key(organization, stack)
    return wiring.state_repair(organization, environment(project), run, project.build), key


def _key(organization: Organization, text: str) -> StackKey:
    name, _, stack = text.partition("/")
    for account in organization.accounts:
        if name in (account.name, account.id) and stack in list(StackName):
            return StackKey(account.id, account.name, StackName(stack))
    raise UsageError(f"there is no stack '{text}'", "write account/stack: orders-dev/account")

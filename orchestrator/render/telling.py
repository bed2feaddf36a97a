"""What the templates see of the way on which changes made by hand are told as they happen."""

from __future__ import annotations

from orchestrator.listening.forwarding import rules
from orchestrator.listening.ours import own_roles
from orchestrator.model.names import StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.render import arns


def anywhere(organization: Organization) -> bool:
    """Whether any account forwards them, so that there has to be a queue."""
    return any(account.settings.drift_events.enabled for account in organization.accounts)


def concerns(organization: Organization, account: Account) -> bool:
    """Whether the orchestrator's roles in the account need to know of it."""
    if account.id == organization.security.id:
        return anywhere(organization)
    return account.settings.drift_events.enabled


def of_account(organization: Organization, account: Account) -> dict[str, object] | None:
    """The rules of the account's own stack, in each of its regions; None without any."""
    if not account.settings.drift_events.enabled:
        return None
    special = {
        organization.management.id: (StackName.ORGANIZATION,),
        organization.security.id: (StackName.SECURITY,),
        organization.log_archive.id: (StackName.LOG_ARCHIVE,),
    }
    stacks = (StackName.ACCOUNT, *special.get(account.id, ()))
    return {
        "bus": arns.drift_bus(organization),
        "calls": rules(stacks),
        "own_roles": own_roles(organization, account),
    }

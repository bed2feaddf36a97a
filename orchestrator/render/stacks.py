"""Which stacks an organization has, and which of them must be there before another."""

from __future__ import annotations

from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account, Organization


def stacks_of(organization: Organization) -> tuple[StackKey, ...]:
    """Every stack but bootstrap, each after those it depends on."""
    accounts = (_key(account, StackName.ACCOUNT) for account in organization.accounts)
    return (*_foundation(organization), *accounts)


def depends_on(key: StackKey, organization: Organization) -> tuple[StackKey, ...]:
    """The stacks that must be applied before `key`."""
    foundation = _foundation(organization)
    match key.stack:
        case StackName.ACCOUNT:
            return foundation
        case StackName.BOOTSTRAP:
            return ()
        case _:
            at = foundation.index(key)
            return foundation[max(at - 1, 0) : at]


def bootstrap_of(organization: Organization) -> StackKey:
    """The stack before all others: the state bucket and the first roles."""
    return _key(organization.management, StackName.BOOTSTRAP)


def _foundation(organization: Organization) -> tuple[StackKey, ...]:
    """One after the other: CloudTrail wants its bucket, Security Hub its administrator."""
    return (
        _key(organization.log_archive, StackName.LOG_ARCHIVE),
        _key(organization.management, StackName.ORGANIZATION),
        _key(organization.security, StackName.SECURITY),
    )


def _key(account: Account, stack: StackName) -> StackKey:
    return StackKey(account.id, account.name, stack)

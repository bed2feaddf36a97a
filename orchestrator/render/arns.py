"""Stacks of an organization, each after those it depends on, and ARNs that several stacks name."""

from __future__ import annotations

from orchestrator.model import drift
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import SIEM, Account, Organization


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


FUNCTION = "orchestrator-findings"
"""The function that findings go to, and its role."""


def role(account: Account, name: str) -> str:
    return f"arn:aws:iam::{account.id}:role/{name}"


def function_role(organization: Organization) -> str:
    """Of the function that findings go to."""
    return role(organization.security, FUNCTION)


def boundary(account: Account) -> str:
    """The policy that bounds every role of a stack; the module orchestrator_roles makes it."""
    return f"arn:aws:iam::{account.id}:policy/orchestrator-boundary"


def remediation_boundary(account: Account) -> str:
    """That of the remediation role."""
    return f"{boundary(account)}-remediation"


def config_role(account: Account) -> str:
    """AWS Config's service-linked role."""
    return role(account, "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")


def pipeline(kind: str) -> str:
    """The pipeline of a kind of files, and their queue; CloudTrail's has no word of its own."""
    return f"{SIEM}-{kind}" if kind else SIEM


def archive_queue(organization: Organization, name: str = SIEM) -> str:
    facts, owner = organization.facts, organization.log_archive
    return f"arn:aws:sqs:{facts.home_region}:{owner.id}:{name}"


def archive_queue_url(organization: Organization, name: str = SIEM) -> str:
    facts, owner = organization.facts, organization.log_archive
    return f"https://sqs.{facts.home_region}.amazonaws.com/{owner.id}/{name}"


def log_destination(organization: Organization, region: str) -> str:
    """Where CloudWatch Logs of `region` hands logs over; modules/log_destination makes it."""
    return f"arn:aws:logs:{region}:{organization.log_archive.id}:destination:orchestrator-logs"


def log_archive_key(organization: Organization) -> str:
    """The alias of the key that encrypts the log archive's buckets."""
    facts, owner = organization.facts, organization.log_archive
    return f"arn:aws:kms:{facts.home_region}:{owner.id}:alias/{facts.log_archive.bucket_prefix}"


def state_key(organization: Organization) -> str:
    """The alias of the key that encrypts the states; modules/state_backend names it."""
    facts, owner = organization.facts, organization.management
    return f"arn:aws:kms:{facts.home_region}:{owner.id}:alias/{facts.state.bucket}"


def drift_bus(organization: Organization) -> str:
    """The bus in the security account that changes made by hand are put on."""
    home, owner = organization.facts.home_region, organization.security.id
    return f"arn:aws:events:{home}:{owner}:event-bus/{drift.BUS}"

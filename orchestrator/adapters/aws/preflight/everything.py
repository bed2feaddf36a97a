"""All checks, many accounts at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from orchestrator.adapters.aws.inventory import AwsCensus
from orchestrator.adapters.aws.preflight import accounts, names, organization, policies
from orchestrator.adapters.aws.preflight import organization as management
from orchestrator.adapters.aws.preflight.asking import Ground, Looks, Wanted, check
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import Check

AT_ONCE = 16

AREAS: tuple[tuple[str, Callable[[Ground], Looks]], ...] = (
    ("organization", organization.looks),
    ("management account", management.management_looks),
    ("names", names.looks),
    ("policies", policies.looks),
)


def everything(
    caller: AwsSession, declared: Organization, wanted: Wanted, only: Sequence[Account]
) -> tuple[Check, ...]:
    """Area after area, then each account of `only`. Raises nothing that AWS says."""
    ground = Ground(declared, wanted, caller, only)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        of_accounts = [pool.submit(_account, ground, account) for account in only]
        members = tuple(_members(ground, AwsCensus(lambda: caller)))
        areas = tuple(
            check(area, what, look) for area, looks in AREAS for what, look in looks(ground)
        )
        return (*areas, *members, *(one for future in of_accounts for one in future.result()))


def _members(ground: Ground, census: AwsCensus) -> Iterator[Check]:
    for what, look in organization.members(ground, census):
        yield check("members", what, look)


def _account(ground: Ground, account: Account) -> tuple[Check, ...]:
    return tuple(accounts.of(ground, account))

"""All checks, many accounts at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from orchestrator.adapters.aws.inventory import AwsInventory
from orchestrator.adapters.aws.preflight import accounts, names, organization, policies
from orchestrator.adapters.aws.preflight import organization as management
from orchestrator.adapters.aws.preflight.probes import PreflightContext, Probes, Wanted, check
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import Check

AT_ONCE = 16

AREAS: tuple[tuple[str, Callable[[PreflightContext], Probes]], ...] = (
    ("organization", organization.probes),
    ("management account", management.management_checks),
    ("names", names.probes),
    ("policies", policies.probes),
)


def everything(
    caller: AwsSession, declared: Organization, wanted: Wanted, only: Sequence[Account]
) -> tuple[Check, ...]:
    """Area after area, then each account of `only`. Raises nothing that AWS says."""
    context = PreflightContext(declared, wanted, caller, only)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        of_accounts = [pool.submit(_account, context, account) for account in only]
        members = tuple(_members(context, AwsInventory(lambda: caller)))
        areas = tuple(
            check(area, what, probe) for area, probes in AREAS for what, probe in probes(context)
        )
        return (*areas, *members, *(one for future in of_accounts for one in future.result()))


def _members(context: PreflightContext, inventory: AwsInventory) -> Iterator[Check]:
    for what, probe in organization.members(context, inventory):
        yield check("members", what, probe)


def _account(context: PreflightContext, account: Account) -> tuple[Check, ...]:
    return tuple(accounts.of(context, account))

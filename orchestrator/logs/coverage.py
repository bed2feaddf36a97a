"""Where each log of each account goes, and which stay where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.model.forwarding import IN_LAKE, archived, collected, left_out, subscribed
from orchestrator.model.organization import Account, Organization
from orchestrator.model.settings import LogSource

ARCHIVE, LAKE, SECURITY = "archive", "lake", "security"
BY_OWNERS = {
    "alb_access": "turned on by the owner of each load balancer",
    "s3_access": "turned on by the owner of each bucket",
}
"""Logs that are a setting of a single resource, which no stack of an account makes."""

OF_VPCS = (LogSource.RESOLVER_QUERIES, LogSource.VPC_FLOW)


@dataclass(frozen=True, slots=True)
class Covered:
    """A log of an account. `to` is empty where it stays; `why` says what there is to know."""

    account: str
    source: str
    to: tuple[str, ...]
    why: str = ""


def everywhere(organization: Organization) -> tuple[Covered, ...]:
    """Every source of every account, in the order of the accounts."""
    return tuple(
        log for account in organization.accounts for log in coverage(organization, account)
    )


def coverage(organization: Organization, account: Account) -> Iterator[Covered]:
    """Every source of one account."""
    lake = collected(organization.facts.logs.lake)
    for source in LogSource:
        to = (LAKE,) if IN_LAKE.get(source) in lake else ()
        if source is LogSource.CLOUDTRAIL:
            yield Covered(account.name, source, (ARCHIVE, *to), "by the organization's trail")
        elif source is LogSource.SECURITY_HUB:
            yield Covered(account.name, source, (SECURITY, *to), "findings come together there")
        elif source is LogSource.CLOUDWATCH:
            yield from _log_groups(organization, account)
        elif source is LogSource.EKS_AUDIT and not to:
            yield _clusters(organization, account)
        elif source in OF_VPCS:
            yield _vpcs(account, source, to)
        else:
            why = "" if to else f"Security Lake does not collect {IN_LAKE[source]}"
            yield Covered(account.name, source, to, why)
    for name, why in BY_OWNERS.items():
        yield Covered(account.name, name, (), why)


def _log_groups(organization: Organization, account: Account) -> Iterator[Covered]:
    """By region, since destinations are; then what is left out on purpose."""
    source = LogSource.CLOUDWATCH
    there = [r for r in account.regions if subscribed(organization, account, r)]
    missing = [r for r in account.regions if r not in there]
    if there:
        yield Covered(account.name, source, (ARCHIVE,), ", ".join(there))
    if missing:
        yield Covered(account.name, source, (), f"not forwarded from {', '.join(missing)}")
    for name in left_out(organization, account) if there else ():
        clusters = {f"/aws/eks/{cluster}/cluster" for cluster in account.settings.logs.eks_clusters}
        to = (LAKE,) if name in clusters else ()
        yield Covered(account.name, source, to, f"{name} is left out")


def _clusters(organization: Organization, account: Account) -> Covered:
    """Audit logs of clusters are log groups, too."""
    there = [r for r in account.regions if subscribed(organization, account, r)]
    why = f"as log groups, from {', '.join(there)}" if there else "neither archive nor lake"
    return Covered(account.name, LogSource.EKS_AUDIT, (ARCHIVE,) if there else (), why)


def _vpcs(account: Account, source: LogSource, to: tuple[str, ...]) -> Covered:
    vpcs = sorted(account.settings.logs.vpcs)
    if to:
        return Covered(account.name, source, to)
    if not archived(account, source):
        return Covered(account.name, source, (), f"logs.forward.{source} is none")
    if not vpcs:
        return Covered(account.name, source, (), "no VPC is named in logs.vpcs")
    return Covered(account.name, source, (ARCHIVE,), f"of {', '.join(vpcs)} only")

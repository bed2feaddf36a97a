"""Where each log of each account goes, which logs stay where they are, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.model.facts import LogFacts, SiemKind
from orchestrator.model.organization import (
    IN_LAKE,
    Account,
    Organization,
    archived,
    collected,
    left_out,
    pipelines,
    subscribed,
)
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


HOURS = 730.0
"""Of a month, as AWS's calculator counts."""

MASTERS, LEAST_UNITS = 3, 2
"""Master nodes of a domain; capacity units of an account with standby replicas."""

METERS = {
    "firehose_gb": "gigabytes through Data Firehose, with decompression and partitioning",
    "delivery_gb": "gigabytes of vended logs delivered to S3",
    "parquet_gb": "gigabytes of vended logs converted to Parquet",
    "lake_cloudtrail_gb": "gigabytes of CloudTrail into Security Lake, with normalization",
    "lake_gb": "gigabytes of other logs into Security Lake, with normalization",
    "ingestion_unit_hours": "hours of units of OpenSearch Ingestion, at the least",
    "serverless_unit_hours": "hours of units of OpenSearch Serverless, at the least",
    "volume_gb_months": "gigabytes of a domain's volumes",
}
NODES = "node_hours:"
"""Begins the meter of nodes of a type: `node_hours:r7g.large.search`."""


@dataclass(frozen=True, slots=True)
class Used:
    """So much a month of a meter. `usd` is None without a price."""

    account: str
    meter: str
    quantity: float
    usd: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is billed, and the logs of which no volume is given: 'account source'."""

    used: tuple[Used, ...]
    unmeasured: tuple[str, ...]

    @property
    def usd(self) -> float:
        """Of what has a price."""
        return sum(each.usd or 0.0 for each in self.used)

    @property
    def unpriced(self) -> tuple[str, ...]:
        return tuple(sorted({each.meter for each in self.used if each.usd is None}))


def estimate(organization: Organization, prices: Mapping[str, float]) -> Estimate:
    """A month, at `prices` by meter."""
    used: list[Used] = []
    unmeasured: list[str] = []
    for account in organization.accounts:
        volumes = account.settings.logs.volumes
        for source, meter in _meters(organization, account):
            if source in volumes:
                used.append(_used(account.name, meter, volumes[source], prices))
            else:
                unmeasured.append(f"{account.name} {source}")
    security = organization.security.name
    for meter, quantity in _siem(organization.facts.logs):
        used.append(_used(security, meter, quantity, prices))
    return Estimate(tuple(used), tuple(dict.fromkeys(unmeasured)))


def _meters(organization: Organization, account: Account) -> Iterator[tuple[LogSource, str]]:
    """What the account's logs are billed by; the archive's trail is free, once."""
    if any(subscribed(organization, account, region) for region in account.regions):
        yield LogSource.CLOUDWATCH, "firehose_gb"
    if account.settings.logs.vpcs:
        for source in (LogSource.RESOLVER_QUERIES, LogSource.VPC_FLOW):
            if archived(account, source):
                yield source, "delivery_gb"
        if archived(account, LogSource.VPC_FLOW):
            yield LogSource.VPC_FLOW, "parquet_gb"
    for log in coverage(organization, account):
        kept = LogSource(log.source) if LAKE in log.to else None
        if kept in IN_LAKE:
            yield kept, "lake_cloudtrail_gb" if kept is LogSource.CLOUDTRAIL else "lake_gb"


def _siem(logs: LogFacts) -> Iterator[tuple[str, float]]:
    """A unit is the least for each pipeline: one for all of the lake."""
    siem = logs.siem
    if siem.kind is SiemKind.NONE:
        return
    yield "ingestion_unit_hours", len(pipelines(logs)) * HOURS
    if siem.kind is SiemKind.SERVERLESS:
        yield "serverless_unit_hours", LEAST_UNITS * HOURS
        return
    size = siem.sizing
    yield f"{NODES}{size.data_type}", size.data_nodes * HOURS
    yield f"{NODES}{size.master_type}", MASTERS * HOURS
    yield "volume_gb_months", float(size.data_nodes * size.volume_gb)
    if size.warm_nodes:
        yield f"{NODES}ultrawarm1.medium.search", size.warm_nodes * HOURS


def _used(account: str, meter: str, quantity: float, prices: Mapping[str, float]) -> Used:
    price = prices.get(meter)
    return Used(account, meter, quantity, None if price is None else quantity * price)

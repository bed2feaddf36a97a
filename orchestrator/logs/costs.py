"""What collecting logs is billed by, from the volumes that were given; with prices, in dollars.

Nothing is guessed: a log without a volume and a meter without a price are named, not counted.
Source: the pricing pages of CloudWatch ("Vended logs"), Data Firehose, Security Lake and OpenSearch
Service, for what is billed by which unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.logs.coverage import LAKE, coverage
from orchestrator.model.facts import SiemFacts, SiemKind
from orchestrator.model.forwarding import IN_LAKE, archived, subscribed
from orchestrator.model.organization import Account, Organization
from orchestrator.model.settings import LogSource

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
    for meter, quantity in _siem(organization.facts.logs.siem):
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


def _siem(siem: SiemFacts) -> Iterator[tuple[str, float]]:
    if siem.kind is SiemKind.NONE:
        return
    yield "ingestion_unit_hours", HOURS
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

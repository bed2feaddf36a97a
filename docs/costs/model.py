"""A month's bill: what an account uses, times accounts, times price.

Volumes differ between organizations by more than prices do, so each is an assumption with a name,
to be replaced by what Cost Explorer says of the first ten accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from docs.costs.prices import PRICES

HOURS = 730.0


class Part(StrEnum):
    """What of the orchestrator makes AWS bill it."""

    ALWAYS = "every rollout"
    BUCKETS = "S3 Protection"
    REMEDIATION = "remediation"
    RUNNER = "runner"
    FORWARDING = "log forwarding"
    LAKE = "Security Lake"
    DOMAIN = "OpenSearch domain"
    SERVERLESS = "OpenSearch Serverless"


@dataclass(frozen=True, slots=True)
class Item:
    """So many units of a price a month: `each` for an account, `once` for the organization."""

    part: Part
    what: str
    price: str
    each: float = 0.0
    once: float = 0.0

    def usd(self, accounts: int) -> float:
        return (self.once + accounts * self.each) * PRICES[self.price].usd


ASSUMED: Mapping[str, tuple[float, str]] = {
    "items": (3_000, "configuration items that AWS Config records, in both regions"),
    "checks": (8_000, "security checks of two standards, in both regions"),
    "events": (1_000_000, "management events of CloudTrail"),
    "traffic": (10, "GB of flow and DNS logs that GuardDuty reads"),
    "s3_events": (1_000_000, "data events of S3 that GuardDuty reads"),
    "trail_gb": (0.2, "GB of CloudTrail's files, compressed"),
    "trail_raw_gb": (1.5, "GB of the same events, as Security Lake counts them"),
    "findings": (50, "findings the function works on, ten seconds each with 512 MB"),
    "groups_gb": (10, "GB of log groups that are forwarded"),
    "flow_gb": (20, "GB of flow logs that are collected"),
}
"""For an account and a month; an account has one busy region and a quiet one."""


def assumed(name: str) -> float:
    return ASSUMED[name][0]


ITEMS: tuple[Item, ...] = (
    Item(Part.ALWAYS, "Security Hub: checks", "security_check", assumed("checks")),
    Item(Part.ALWAYS, "AWS Config: recording", "configuration_item", assumed("items")),
    Item(Part.ALWAYS, "GuardDuty: CloudTrail", "guardduty_event", assumed("events")),
    Item(Part.ALWAYS, "GuardDuty: flow and DNS logs", "guardduty_gb", assumed("traffic")),
    Item(Part.ALWAYS, "Archive: the last 90 days", "s3_standard_gb", 3 * assumed("trail_gb")),
    Item(Part.ALWAYS, "Archive: the rest of a year", "s3_archive_gb", 9 * assumed("trail_gb")),
    Item(Part.ALWAYS, "KMS: keys of states and archive", "key", once=2),
    Item(Part.BUCKETS, "GuardDuty: data events", "guardduty_s3_event", assumed("s3_events")),
    Item(Part.REMEDIATION, "Lambda", "lambda_gb_second", assumed("findings") * 10 * 0.5),
    Item(Part.REMEDIATION, "EventBridge: findings", "event", assumed("findings")),
    Item(Part.REMEDIATION, "SQS", "queue_request", assumed("findings") * 10),
    Item(Part.REMEDIATION, "KMS: keys of records and topics", "key", once=2),
    Item(Part.REMEDIATION, "CloudWatch: alarms", "alarm", once=11),
    Item(Part.FORWARDING, "Firehose: log groups", "firehose_gb", assumed("groups_gb")),
    Item(Part.FORWARDING, "Flow logs: delivery", "delivery_gb", assumed("flow_gb")),
    Item(Part.FORWARDING, "Flow logs: Parquet", "parquet_gb", assumed("flow_gb")),
    Item(Part.LAKE, "CloudTrail", "lake_cloudtrail_gb", assumed("trail_raw_gb")),
    Item(Part.LAKE, "Flow logs", "lake_gb", assumed("flow_gb")),
    Item(Part.DOMAIN, "three data nodes of 300 GB", "node_hours:r7g.large.search", once=3 * HOURS),
    Item(Part.DOMAIN, "three master nodes", "node_hours:m7g.large.search", once=3 * HOURS),
    Item(Part.DOMAIN, "their volumes", "volume_gb_months", once=900),
    Item(Part.DOMAIN, "OpenSearch Ingestion, one unit", "ingestion_unit_hours", once=HOURS),
    Item(Part.SERVERLESS, "two units, the least there is", "serverless_unit_hours", once=2 * HOURS),
    Item(Part.SERVERLESS, "OpenSearch Ingestion, one unit", "ingestion_unit_hours", once=HOURS),
)


def total(part: Part, accounts: int) -> float:
    """USD a month of all items of a part; the runner's is docs/scale/model.py's."""
    return sum(item.usd(accounts) for item in ITEMS if item.part is part)

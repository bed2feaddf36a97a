"""List prices in USD, without discounts, taxes and free tiers: the only place they are kept.

As known at the beginning of 2025; look at AWS's price pages before a budget hangs on them. Where
the price of the home region is not known, that of us-east-1 stands, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TOKYO, VIRGINIA = "ap-northeast-1", "us-east-1"
AS_OF = "2025-01"


@dataclass(frozen=True, slots=True)
class Price:
    """USD for one `unit`; `source` is the AWS price page that has it."""

    usd: float
    unit: str
    source: str
    region: str = TOKYO


PRICES: Mapping[str, Price] = {
    "security_check": Price(0.0010, "check, of the first 100,000", "AWS Security Hub CSPM"),
    "configuration_item": Price(0.003, "configuration item, continuous", "AWS Config"),
    "configuration_item_daily": Price(0.012, "configuration item, daily", "AWS Config"),
    "guardduty_event": Price(4.0e-6, "event of CloudTrail", "Amazon GuardDuty", VIRGINIA),
    "guardduty_gb": Price(1.0, "GB of flow and DNS logs", "Amazon GuardDuty", VIRGINIA),
    "guardduty_s3_event": Price(0.8e-6, "data event of S3", "Amazon GuardDuty", VIRGINIA),
    "trail_copy": Price(2.0 / 100_000, "event of a second trail", "AWS CloudTrail"),
    "key": Price(1.0, "key", "AWS KMS"),
    "key_request": Price(0.03 / 10_000, "request", "AWS KMS"),
    "s3_standard_gb": Price(0.025, "GB in S3 Standard", "Amazon S3"),
    "s3_archive_gb": Price(0.005, "GB in Glacier Instant Retrieval", "Amazon S3"),
    "s3_write": Price(0.0047 / 1000, "write", "Amazon S3"),
    "s3_read": Price(0.00037 / 1000, "read", "Amazon S3"),
    "lambda_gb_second": Price(0.0000166667, "GB-second", "AWS Lambda"),
    "event": Price(1.0e-6, "event to another account's bus", "Amazon EventBridge"),
    "queue_request": Price(0.40 / 1_000_000, "request, standard queues", "Amazon SQS"),
    "transition": Price(0.025 / 1000, "transition, standard workflows", "AWS Step Functions"),
    "alarm": Price(0.10, "alarm", "Amazon CloudWatch"),
    "log_gb": Price(0.76, "GB of logs collected", "Amazon CloudWatch"),
    "vcpu_hour": Price(0.05056, "vCPU-hour, Linux on x86", "AWS Fargate"),
    "gib_hour": Price(0.00553, "GB-hour, Linux on x86", "AWS Fargate"),
    "firehose_gb": Price(0.06, "GB, with decompression and partitioning", "Amazon Data Firehose"),
    "delivery_gb": Price(0.38, "GB of vended logs to S3", "Amazon CloudWatch"),
    "parquet_gb": Price(0.056, "GB of vended logs converted to Parquet", "Amazon CloudWatch"),
    "lake_cloudtrail_gb": Price(0.785, "GB, with normalization", "Amazon Security Lake", VIRGINIA),
    "lake_gb": Price(0.285, "GB, with normalization", "Amazon Security Lake", VIRGINIA),
    "ingestion_unit_hours": Price(0.24, "OCU-hour", "Amazon OpenSearch Ingestion", VIRGINIA),
    "serverless_unit_hours": Price(0.24, "OCU-hour", "Amazon OpenSearch Serverless", VIRGINIA),
    "volume_gb_months": Price(0.122, "GB of gp3", "Amazon OpenSearch Service", VIRGINIA),
    "node_hours:r7g.large.search": Price(0.177, "node-hour", "Amazon OpenSearch Service", VIRGINIA),
    "node_hours:m7g.large.search": Price(0.135, "node-hour", "Amazon OpenSearch Service", VIRGINIA),
}

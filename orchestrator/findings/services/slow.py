"""What AWS changes slowly: by type, how it says that it is still at it, and how long that may take.

Source: for each, the API reference's page on the member that is named (botocore has the same text
or enumeration), and the user guide's page on changing such a resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from orchestrator.findings.arn import name
from orchestrator.findings.remediation import Aws, Json, Remediation, Slow, Target
from orchestrator.findings.services import (
    dynamodb,
    eks,
    elasticache,
    inspector,
    kinesis,
    opensearch,
    redshift,
)
from orchestrator.findings.services.rds import kinds, snapshots

HOUR = timedelta(hours=1)
PENDING = "PendingModifiedValues"
Read = Callable[[Target, Aws], Json | None]


def unless_in(read: Read, key: str, *settled: str) -> Callable[[Target, Aws], str]:
    """The resource's status, or what AWS has taken and not yet done; '' if neither is under way."""

    def changing(target: Target, aws: Aws) -> str:
        found = read(target, aws)
        if found is None:
            return ""
        status = str(found.get(key) or settled[0])
        if status.lower() not in settled:
            return status
        pending = sorted(found.get(PENDING) or ())
        return f"pending: {', '.join(pending)}" if pending else ""

    return changing


def replication(target: Target, aws: Aws) -> str:
    """ElastiCache API Reference, ReplicationGroup, Status, and CacheCluster, CacheClusterStatus."""
    key = "Status" if elasticache.is_group(target) else "CacheClusterStatus"
    return unless_in(elasticache.read_either, key, "available", "create-failed")(target, aws)


def domain(target: Target, aws: Aws) -> str:
    """OpenSearch Service API Reference, DomainStatus, Processing and DomainProcessingStatus."""
    found = opensearch.read(target, aws) or {}
    if not found.get("Processing"):
        return ""
    return str(found.get("DomainProcessingStatus") or "Processing")


def distribution(target: Target, aws: Aws) -> str:
    """CloudFront API Reference, DistributionSummary, Status: 'Deployed' everywhere or not yet."""
    for page in aws("cloudfront").get_paginator("list_distributions").paginate():
        for each in page["DistributionList"].get("Items", ()):
            if each["Id"] == name(target.arn):
                return "" if each["Status"] == "Deployed" else str(each["Status"])
    return ""


def scanning(target: Target, aws: Aws) -> str:
    """Amazon Inspector API Reference, State, status."""
    moving = {"ENABLING", "DISABLING", "SUSPENDING"}
    for account, state in inspector.states(target, aws).items():
        _scan, key = inspector.SCANS[target.control]
        if state[key] in moving:
            return f"{state[key]} in {account}"
    return ""


REDSHIFT = ("available", "available, prep-for-resize", "available, resize-cleanup", "paused")

DISTRIBUTION = ("cloudfront:ListDistributions", Slow(2 * HOUR, distribution))
TABLE = Slow(2 * HOUR, unless_in(dynamodb.read, "TableStatus", "active", "archived"))
INSTANCE = unless_in(
    kinds.read_instance, "DBInstanceStatus", "available", "storage-optimization", "stopped"
)
GROUPS = Slow(6 * HOUR, replication)
DATABASE = Slow(6 * HOUR, unless_in(kinds.read_cluster, "Status", "available"))
COPY = Slow(6 * HOUR, unless_in(snapshots.read, "Status", "available"))
WAREHOUSE = Slow(6 * HOUR, unless_in(redshift.read, "ClusterStatus", *REDSHIFT))
STREAM = Slow(2 * HOUR, unless_in(kinesis.read, "StreamStatus", "active"))
KUBERNETES = Slow(2 * HOUR, unless_in(eks.read, "status", "active", "failed"))

SLOW: Mapping[str, tuple[str, Slow]] = {
    "AwsAccount": ("inspector2:BatchGetAccountStatus", Slow(2 * HOUR, scanning)),
    "AwsCloudFrontDistribution": DISTRIBUTION,
    "AwsDynamoDbTable": ("dynamodb:DescribeTable", TABLE),
    "AwsEksCluster": ("eks:DescribeCluster", KUBERNETES),
    "AwsElastiCacheCacheCluster": ("elasticache:DescribeCacheClusters", GROUPS),
    "AwsElastiCacheReplicationGroup": ("elasticache:DescribeReplicationGroups", GROUPS),
    "AwsKinesisStream": ("kinesis:DescribeStreamSummary", STREAM),
    "AwsOpenSearchServiceDomain": ("es:DescribeDomain", Slow(12 * HOUR, domain)),
    "AwsRdsDbCluster": ("rds:DescribeDBClusters", DATABASE),
    "AwsRdsDbInstance": ("rds:DescribeDBInstances", Slow(6 * HOUR, INSTANCE)),
    "AwsRdsDbSnapshot": ("rds:DescribeDBSnapshots", COPY),
    "AwsRedshiftCluster": ("redshift:DescribeClusters", WAREHOUSE),
}
"""By the type that a remediation is about: the action that a look takes, and the look."""


def slowly(*remediations: Remediation) -> tuple[Remediation, ...]:
    """Each with how it is waited for, where AWS is slow and its role may look."""
    return tuple(replace(each, slow=_slow(each)) for each in remediations)


def _slow(remediation: Remediation) -> Slow | None:
    if remediation.slow:
        return remediation.slow
    action, slow = SLOW.get(remediation.resource_type, ("", None))
    allowed = {each for permission in remediation.reads for each in permission.actions}
    return slow if action in allowed else None

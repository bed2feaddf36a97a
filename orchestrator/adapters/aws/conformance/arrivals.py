"""Whether logs arrive where they are searched, and have room there: asked for the coverage alone.

No apply is at fault where a file could not be read or a disk is full, so that verify does not ask.
Of what was refused its number is read, never what is in it.
Source: API references of OpenSearch Service, OpenSearch Serverless, OpenSearch Ingestion, SQS, S3
and CloudWatch; OpenSearch Service developer guide, "Monitoring cluster metrics" and "Monitoring
OpenSearch Serverless".
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from orchestrator.adapters.aws.conformance.checks import Aws, Checks, Subject
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.facts import SiemKind
from orchestrator.model.organization import SIEM, destinations, pipelines

PAGE = 1000
"""As many as one ListObjectsV2 lists; more are said as such."""
WEEK = 7
HOUR = timedelta(hours=1)
LEAST_FREE = 0.25
"""Of a node's disk. Source: OpenSearch Service developer guide, "Recommended CloudWatch alarms"."""
NEARLY = 0.9
"""Of the units that an account may use."""


def security_checks(subject: Subject) -> Checks:
    """Pipelines, what they write to, and what that refused."""
    logs, account = subject.organization.facts.logs, subject.account
    aws, region = subject.aws, subject.organization.facts.home_region
    if logs.siem.kind is SiemKind.NONE:
        return
    names = pipelines(logs)
    for name in names:
        yield (
            f"{region}: logs of pipeline {name} are delivered",
            partial(pipeline, aws, region, name),
        )
    if logs.lake.enabled and names:
        yield f"{region}: files of Security Lake are delivered", partial(of_lake, aws, region)
    if names:
        bucket = f"{names[0]}-dlq-{account.id}-{region}"
        yield f"{region}: events are delivered, none refused", partial(refused, aws, region, bucket)
    if logs.siem.kind is SiemKind.SERVERLESS:
        yield f"{region}: logs are searched in a collection", partial(collection, aws, region)
        yield f"{region}: logs are searched within capacity", partial(capacity, aws, region)
    else:
        check = partial(domain, aws, region)
        yield f"{region}: logs are searched in a domain", check
        room = partial(storage, aws, region, str(account.id), logs.siem.sizing.volume_gb)
        yield f"{region}: logs are searched with room on disks", room


def archive_checks(subject: Subject) -> Checks:
    """Queues of files for pipelines, and what streams could not write."""
    facts, account = subject.organization.facts, subject.account
    aws, home, logs = subject.aws, facts.home_region, facts.logs
    for name in () if logs.lake.enabled else pipelines(logs):
        url = f"https://sqs.{home}.amazonaws.com/{account.id}/{name}"
        yield f"{home}: files of queue {name} are delivered", partial(queue, aws, home, url)
    bucket = f"{facts.log_archive.bucket_prefix}-logs"
    for region in destinations(logs):
        check = partial(failed, aws, home, bucket, region, datetime.now(UTC))
        yield f"{region}: log groups are delivered, none failed", check


def pipeline(aws: Aws, region: str, name: str) -> str:
    found = _there(aws, "osis", "GetPipeline", region, PipelineName=name)
    if found is None:
        return "there is no such pipeline"
    status, reason = found["Pipeline"]["Status"], found["Pipeline"].get("StatusReason", {})
    said = reason.get("Description", "")
    return "" if status == "ACTIVE" else f"{status}: {said}".removesuffix(": ")


def of_lake(aws: Aws, region: str) -> str:
    """Its queue, and the one for messages that nobody got through."""
    found = aws.pages("securitylake", "ListSubscribers", "subscribers", region)
    endpoints = [s.get("subscriberEndpoint", "") for s in found if s["subscriberName"] == SIEM]
    if not endpoints or not endpoints[0]:
        return "nobody is told of new files"
    return queue(aws, region, _url(endpoints[0]))


def queue(aws: Aws, region: str, url: str) -> str:
    """How many messages nobody got through; nothing of those that wait."""
    asked = {"QueueUrl": url, "AttributeNames": ["RedrivePolicy"]}
    found = _there(aws, "sqs", "GetQueueAttributes", region, **asked)
    if found is None:
        return "there is no such queue"
    policy = json.loads(found.get("Attributes", {}).get("RedrivePolicy", "{}"))
    target = str(policy.get("deadLetterTargetArn", ""))
    if not target:
        return ""
    asked = {"QueueUrl": _url(target), "AttributeNames": ["ApproximateNumberOfMessages"]}
    answer = aws.call("sqs", "GetQueueAttributes", region, **asked)
    dead = int(answer["Attributes"]["ApproximateNumberOfMessages"])
    return f"{dead} files could not be read: look at {target.rpartition(':')[2]}" if dead else ""


def refused(aws: Aws, region: str, bucket: str) -> str:
    found = _there(aws, "s3", "ListObjectsV2", region, Bucket=bucket, MaxKeys=PAGE)
    if found is None:
        return "there is no bucket for what is refused"
    return _said(found, f"files of refused events in {bucket}")


def failed(aws: Aws, region: str, bucket: str, sender: str, now: datetime) -> str:
    """What the stream of a region could not write in the last seven days."""
    below = f"cloudwatch-failed/region={sender}/"
    kinds = aws.call("s3", "ListObjectsV2", region, Bucket=bucket, Prefix=below, Delimiter="/")
    for kind in kinds.get("CommonPrefixes", []):
        for day in (now - timedelta(days=ago) for ago in range(WEEK)):
            prefix = f"{kind['Prefix']}eventDay={day:%Y%m%d}/"
            asked = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": PAGE}
            if said := _said(aws.call("s3", "ListObjectsV2", region, **asked), f"in {prefix}"):
                return said
    return ""


def domain(aws: Aws, region: str) -> str:
    found = _there(aws, "opensearch", "DescribeDomainHealth", region, DomainName=SIEM)
    if found is None:
        return "there is no such domain"
    health, shards = found.get("ClusterHealth", "NotAvailable"), found.get("TotalUnAssignedShards")
    if health == "Green":
        return ""
    return f"{health}: {shards} shards are on no node" if shards not in (None, "0") else health


def storage(aws: Aws, region: str, owner: str, volume_gb: int) -> str:
    """The fullest node's; FreeStorageSpace is in megabytes."""
    names = {"ClientId": owner, "DomainName": SIEM}
    free = _last(aws, region, "AWS/ES", "FreeStorageSpace", "Minimum", names)
    if free is None:
        return "how much is free is not known: CloudWatch has no figure of the last hour"
    share = free / (volume_gb * 1024)
    return f"{share:.0%} of the fullest node's disk is free" if share < LEAST_FREE else ""


def collection(aws: Aws, region: str) -> str:
    found = aws.call("opensearchserverless", "BatchGetCollection", region, names=[SIEM])
    states = [each["status"] for each in found["collectionDetails"]]
    return "" if states == ["ACTIVE"] else ", ".join(states) or "there is no such collection"


def capacity(aws: Aws, region: str) -> str:
    """Units of the account in the last hour, against the most that it may use."""
    settings = aws.call("opensearchserverless", "GetAccountSettings", region)
    limits = settings["accountSettingsDetail"]["capacityLimits"]
    owner = {"ClientId": aws.call("sts", "GetCallerIdentity")["Account"]}
    found = []
    for what, metric, limit in (
        ("indexing", "IndexingOCU", limits["maxIndexingCapacityInOCU"]),
        ("search", "SearchOCU", limits["maxSearchCapacityInOCU"]),
    ):
        used = _last(aws, region, "AWS/AOSS", metric, "Maximum", owner)
        if used is not None and used >= NEARLY * limit:
            found.append(f"{used:g} of {limit} units are used for {what}")
    return ", ".join(found)


def _last(
    aws: Aws, region: str, namespace: str, metric: str, statistic: str, names: dict[str, str]
) -> float | None:
    """The metric's newest value of the last hour; None if there is none."""
    now = datetime.now(UTC)
    dimensions = [{"Name": name, "Value": value} for name, value in names.items()]
    asked = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    stat = {"Metric": asked, "Period": 300, "Stat": statistic}
    found = aws.call(
        *("cloudwatch", "GetMetricData", region),
        MetricDataQueries=[{"Id": "asked", "MetricStat": stat}],
        StartTime=now - HOUR,
        EndTime=now,
        ScanBy="TimestampDescending",
    )
    values: list[float] = found["MetricDataResults"][0]["Values"]
    return values[0] if values else None


NOT_THERE = ("ResourceNotFoundException", "NoSuchBucket", "QueueDoesNotExist", "NonExistentQueue")


def _there(aws: Aws, service: str, operation: str, region: str, **parameters: object) -> Any | None:
    """The answer, or None where AWS says that there is none of that name."""
    try:
        return aws.call(service, operation, region, **parameters)
    except Refused as refusal:
        if refusal.code.rpartition(".")[2] not in NOT_THERE:
            raise
        return None


def _said(found: Any, what: str) -> str:
    more = " or more" if found.get("IsTruncated") else ""
    return f"{found['KeyCount']}{more} {what}" if found["KeyCount"] else ""


def _url(arn: str) -> str:
    region, owner, name = arn.split(":")[3:6]
    return f"https://sqs.{region}.amazonaws.com/{owner}/{name}"

"""Where records go: the buckets of trails that log, and those of Security Lake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.s3.models import s3_backends

from orchestrator.sandbox import handover
from orchestrator.sandbox.data_access import bucket_named, key_arn, write_refusal
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.service_access import on_behalf

CLOUDTRAIL = "cloudtrail.amazonaws.com"
LAKE = re.compile(r"aws-security-data-lake-(?P<region>[a-z]{2}(-[a-z]+)+-\d)-[a-z0-9]+")
"""Source: Security Lake User Guide, "Data lake in Amazon S3"."""


@dataclass(frozen=True, slots=True)
class Trail:
    """A trail that logs. `organization` is '' for one of a single account; no regions are all."""

    account: str
    bucket: str
    prefix: str
    organization: str
    members: frozenset[str]
    region: str
    every_region: bool
    arn: str = ""
    key: str = ""

    def wants(self, record: Mapping[str, Any]) -> bool:
        """Whether it is a trail of the record's account and region."""
        return record["recipientAccountId"] in self.members and (
            self.every_region or record["awsRegion"] == self.region
        )

    def folder(self, account: str, region: str, day: str) -> str:
        """Where the files of an account's day are; `day` is yyyy/mm/dd."""
        owner = f"{self.organization}/{account}" if self.organization else account
        return f"{self.prefix}AWSLogs/{owner}/CloudTrail/{region}/{day}"


def logging_trails() -> tuple[Trail, ...]:
    """Every trail that is turned on, in whatever account and region."""
    accounts = list(dict.values(cloudtrail_backends))
    backends = [backend for account in accounts for backend in list(dict.values(account))]
    trails = [trail for backend in backends for trail in list(backend.trails.values())]
    return tuple(_trail(trail) for trail in trails if trail.status.is_logging)


def _trail(trail: Any) -> Trail:
    organization = organization_of(trail.account_id) if trail.is_org_trail else None
    key = str(trail.kms_key_id or "")
    members = organization.emails if organization else (trail.account_id,)
    return Trail(
        account=trail.account_id,
        bucket=trail.bucket_name,
        prefix=f"{trail.s3_key_prefix.strip('/')}/" if trail.s3_key_prefix else "",
        organization=organization.id if organization else "",
        members=frozenset(members),
        region=trail.region_name,
        every_region=bool(trail.is_multi_region),
        arn=trail.arn,
        key=key and key_arn(key, trail.account_id, trail.region_name),
    )


def lakes() -> dict[str, str]:
    """Region → bucket of Security Lake, known by its name."""
    return {match["region"]: match[0] for match in map(LAKE.fullmatch, _names()) if match}


def _names() -> Iterator[str]:
    yield from list(s3_backends.bucket_accounts)


def deliver(trail: Trail, key: str, data: bytes) -> str:
    """Write an object as CloudTrail does for a trail; '' or why it could not, which is noted."""
    keys = on_behalf(CLOUDTRAIL, trail.arn, trail.account)
    problem = write_refusal(CLOUDTRAIL, trail.bucket, key, keys, trail.key)
    if problem:
        target = f"arn:aws:s3:::{trail.bucket}"
        handover.note(handover.Drop("cloudtrail", trail.arn, target, problem))
    return problem or put(trail.bucket, key, data)


def put(bucket: str, key: str, data: bytes) -> str:
    """Write an object into whoever's bucket it is; '' or why it could not."""
    found = bucket_named(bucket)
    if found is None:
        return f"there is no bucket {bucket}"
    s3_backends[found.account_id][found.partition].put_object(bucket, key, data)
    return ""

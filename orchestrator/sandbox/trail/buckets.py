"""Where records go: the buckets of trails that log, and those of Security Lake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.s3.models import s3_backends

from orchestrator.sandbox.policy import NotAPolicy, Question, applies, parse
from orchestrator.sandbox.services.organization import organization_of

CLOUDTRAIL, SECURITY_LAKE = "cloudtrail.amazonaws.com", "securitylake.amazonaws.com"
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
    members = organization.emails if organization else (trail.account_id,)
    return Trail(
        account=trail.account_id,
        bucket=trail.bucket_name,
        prefix=f"{trail.s3_key_prefix.strip('/')}/" if trail.s3_key_prefix else "",
        organization=organization.id if organization else "",
        members=frozenset(members),
        region=trail.region_name,
        every_region=bool(trail.is_multi_region),
    )


def lakes() -> dict[str, str]:
    """Region → bucket of Security Lake, known by its name."""
    return {match["region"]: match[0] for match in map(LAKE.fullmatch, _names()) if match}


def _names() -> Iterator[str]:
    yield from list(s3_backends.bucket_accounts)


def put(bucket: str, key: str, data: bytes, service: str) -> str:
    """Write an object as a service of AWS does; '' or why it could not."""
    if bucket not in s3_backends.bucket_accounts:
        return f"there is no bucket {bucket}"
    partition, account = s3_backends.bucket_accounts[bucket]
    backend = s3_backends[account][partition]
    if service == CLOUDTRAIL and not _lets(backend.get_bucket(bucket), key, service):
        return f"the policy of {bucket} does not let {service} write {key}"
    backend.put_object(bucket, key, data)
    return ""


def _lets(bucket: Any, key: str, service: str) -> bool:
    """Whether the bucket's policy lets the service write; conditions are taken for met."""
    question = Question("s3:PutObject", f"arn:aws:s3:::{bucket.name}/{key}")
    try:
        statements = parse((bucket.policy or b"{}").decode())
    except NotAPolicy:
        return False
    ours = [s for s in statements if ("Service", service) in (s.principals or ())]
    return any(s.allows and applies(replace(s, conditions=()), question) for s in ours)

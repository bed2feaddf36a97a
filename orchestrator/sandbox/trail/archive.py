"""What trails have delivered: where records go, and CloudTrail's LookupEvents answered out of it.

Records go to the buckets of trails that log, and to those of Security Lake. At AWS the history is
there without a trail; here it is what a trail of the account has delivered, and what waits for it.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse
from moto.s3.models import s3_backends

from orchestrator.sandbox import extend, handover
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


Json = dict[str, Any]

DAYS = 90
PAGE = 50
"""Events of an answer. Source: CloudTrail API Reference, LookupEvents, MaxResults."""


def install(flush: Callable[[], int]) -> None:
    """Let CloudTrail answer; `flush` delivers what waits."""

    def lookup_events(self: Any) -> Any:
        if not self.automated_parameter_parsing:
            self.parse_parameters(self.normalized_request)
        flush()
        found = sorted(
            lookup(self.current_account, self.region, self.params),
            key=lambda record: str(record["eventTime"]),
        )
        found.reverse()  # calls of one second, too, the last one first
        answer = extend.page(found, self.params, "Events", PAGE)
        return extend.result({**answer, "Events": [_event(each) for each in answer["Events"]]})

    CloudTrailResponse.lookup_events = lookup_events


def lookup(account: str, region: str, asked: Mapping[str, Any]) -> Iterator[Json]:
    """The records that fit, each once."""
    wanted = [(a["AttributeKey"], a["AttributeValue"]) for a in asked.get("LookupAttributes") or ()]
    now = datetime.now(UTC)
    start = _moment(asked.get("StartTime"), now - timedelta(days=DAYS))
    end = _moment(asked.get("EndTime"), now)
    seen: set[str] = set()
    for record in _records(account, region):
        fits = all(_has(record, key, value) for key, value in wanted)
        if fits and start <= _time(record) <= end and record["eventID"] not in seen:
            seen.add(record["eventID"])
            yield record


def _records(account: str, region: str) -> Iterator[Json]:
    for trail in logging_trails():
        if account in trail.members:
            for body in _files(trail, account, region):
                yield from json.loads(gzip.decompress(body))["Records"]


def _files(trail: Trail, account: str, region: str) -> Iterator[bytes]:
    prefix = trail.folder(account, region, "")
    bucket = bucket_named(trail.bucket)
    for key in list(bucket.keys if bucket else ()):
        if key.startswith(prefix):
            yield bucket.keys[key].value


def _has(record: Json, key: str, value: str) -> bool:
    """Whether the record has the attribute.

    Source: CloudTrail API Reference, LookupAttribute. Of resources AWS knows the names by service;
    here it is every value that the call was given or answered.
    """
    identity = record["userIdentity"]
    if key == "ResourceName":
        return value in _values([record.get("requestParameters"), record.get("responseElements")])
    if key == "Username":
        session = str(identity.get("arn", "")).rpartition("/")[2]
        return value == str(identity.get("userName", session))
    if key == "AccessKeyId":
        return value == str(identity.get("accessKeyId"))
    if key == "ReadOnly":
        return value == str(record["readOnly"]).lower()
    return value == str(record.get(key[:1].lower() + key[1:].replace("Id", "ID")))


def _values(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _values(each)
    elif isinstance(value, list):
        for each in value:
            yield from _values(each)
    elif isinstance(value, str):
        yield value


def _event(record: Json) -> Json:
    return {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "EventSource": record["eventSource"],
        "EventTime": _time(record),
        "ReadOnly": str(record["readOnly"]).lower(),
        "CloudTrailEvent": json.dumps(record, default=str),
    }


def _time(record: Json) -> datetime:
    return datetime.fromisoformat(str(record["eventTime"]))


def _moment(value: object, otherwise: datetime) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else otherwise

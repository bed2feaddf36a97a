"""CloudTrail's LookupEvents, answered out of what trails have delivered.

At AWS the history is there without a trail; here it is what a trail of the account has delivered,
and what waits for it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudtrail.responses import CloudTrailResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.data_access import bucket_named
from orchestrator.sandbox.trail.buckets import Trail, logging_trails

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

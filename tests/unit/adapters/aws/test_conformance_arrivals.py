"""Whether logs arrive where they are searched, asked of AWS that answers, and that refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from orchestrator.adapters.aws.conformance import arrivals
from orchestrator.adapters.aws.conformance.checks import Subject, ask
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.facts import LakeFacts, LogFacts, SiemFacts, SiemKind
from orchestrator.model.organization import Organization
from orchestrator.model.run import Answer
from tests.unit.adapters.aws.fake_aws import FakeAws, refusal
from tests.unit.render.builders import an_account, an_organization

REGION, OWNER = "ap-northeast-1", "200000000002"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DEAD = f"arn:aws:sqs:{REGION}:{OWNER}:orchestrator-siem-dead"
URL = f"https://sqs.{REGION}.amazonaws.com/{OWNER}/orchestrator-siem"
TOLD = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 10})}
LIMITS = {"maxIndexingCapacityInOCU": 10, "maxSearchCapacityInOCU": 20}

Ask = Callable[[FakeAws], str]
PIPELINE: Ask = lambda aws: arrivals.pipeline(aws, REGION, "orchestrator-siem")  # noqa: E731
QUEUE: Ask = lambda aws: arrivals.queue(aws, REGION, URL)  # noqa: E731
REFUSED: Ask = lambda aws: arrivals.refused(aws, REGION, "dead-letters")  # noqa: E731
DOMAIN: Ask = lambda aws: arrivals.domain(aws, REGION)  # noqa: E731
STORAGE: Ask = lambda aws: arrivals.storage(aws, REGION, OWNER, 100)  # noqa: E731
COLLECTION: Ask = lambda aws: arrivals.collection(aws, REGION)  # noqa: E731
CAPACITY: Ask = lambda aws: arrivals.capacity(aws, REGION)  # noqa: E731
LAKE: Ask = lambda aws: arrivals.of_lake(aws, REGION)  # noqa: E731


def pipeline(status: str, reason: str = "") -> dict[str, object]:
    return {
        "osis:GetPipeline": {
            "Pipeline": {"Status": status, "StatusReason": {"Description": reason}}
        }
    }


def queue(dead: int) -> dict[str, object]:
    answer = {**TOLD, "ApproximateNumberOfMessages": str(dead)}
    return {"sqs:GetQueueAttributes": {"Attributes": answer}}


def listed(count: int, more: bool = False) -> dict[str, object]:
    return {"s3:ListObjectsV2": {"KeyCount": count, "IsTruncated": more}}


def health(state: str, unassigned: str = "0") -> dict[str, object]:
    answer = {"ClusterHealth": state, "TotalUnAssignedShards": unassigned}
    return {"opensearch:DescribeDomainHealth": answer}


def metric(*values: float) -> dict[str, object]:
    return {"cloudwatch:GetMetricData": {"MetricDataResults": [{"Values": list(values)}]}}


def units(*used: float) -> dict[str, object]:
    settings = {"accountSettingsDetail": {"capacityLimits": LIMITS}}
    return {
        "opensearchserverless:GetAccountSettings": settings,
        "sts:GetCallerIdentity": {"Account": OWNER},
        **metric(*used),
    }


def collections(*states: str) -> dict[str, object]:
    details = [{"status": state} for state in states]
    return {"opensearchserverless:BatchGetCollection": {"collectionDetails": details}}


def subscribers(*names: str) -> dict[str, object]:
    queue = f"arn:aws:sqs:{REGION}:{OWNER}:AmazonSecurityLake-1-Main-Queue"
    found = [{"subscriberName": name, "subscriberEndpoint": queue} for name in names]
    return {"securitylake:ListSubscribers": found}


@pytest.mark.parametrize(
    ("check", "answers", "found"),
    [
        (PIPELINE, pipeline("ACTIVE"), ""),
        (PIPELINE, pipeline("STOPPED"), "STOPPED"),
        (PIPELINE, pipeline("UPDATE_FAILED", "no such role"), "UPDATE_FAILED: no such role"),
        (
            PIPELINE,
            {"osis:GetPipeline": refusal("ResourceNotFoundException")},
            "there is no such pipeline",
        ),
        (QUEUE, queue(0), ""),
        (QUEUE, queue(3), "3 files could not be read: look at orchestrator-siem-dead"),
        (QUEUE, {"sqs:GetQueueAttributes": {}}, ""),
        (
            QUEUE,
            {"sqs:GetQueueAttributes": refusal("AWS.SimpleQueueService.NonExistentQueue")},
            "there is no such queue",
        ),
        (REFUSED, listed(0), ""),
        (REFUSED, listed(7), "7 files of refused events in dead-letters"),
        (REFUSED, listed(1000, more=True), "1000 or more files of refused events in dead-letters"),
        (
            REFUSED,
            {"s3:ListObjectsV2": refusal("NoSuchBucket")},
            "there is no bucket for what is refused",
        ),
        (DOMAIN, health("Green"), ""),
        (DOMAIN, health("Red", "4"), "Red: 4 shards are on no node"),
        (DOMAIN, health("NotAvailable"), "NotAvailable"),
        (STORAGE, metric(30 * 1024.0), ""),
        (STORAGE, metric(20 * 1024.0, 90 * 1024.0), "20% of the fullest node's disk is free"),
        (
            STORAGE,
            metric(),
            "how much is free is not known: CloudWatch has no figure of the last hour",
        ),
        (COLLECTION, collections("ACTIVE"), ""),
        (COLLECTION, collections("FAILED"), "FAILED"),
        (COLLECTION, collections(), "there is no such collection"),
        (CAPACITY, units(4.0), ""),
        (CAPACITY, units(), ""),
        (CAPACITY, units(10.0), "10 of 10 units are used for indexing"),
        (LAKE, {**subscribers("orchestrator-siem"), **queue(0)}, ""),
        (
            LAKE,
            {**subscribers("orchestrator-siem"), **queue(1)},
            "1 files could not be read: look at orchestrator-siem-dead",
        ),
        (LAKE, subscribers("somebody-else"), "nobody is told of new files"),
    ],
)
def test_what_keeps_logs_from_arriving_is_said(
    check: Ask, answers: Mapping[str, object], found: str
) -> None:
    assert check(FakeAws(answers)) == found


@pytest.mark.parametrize(
    "check", [PIPELINE, QUEUE, REFUSED, DOMAIN, STORAGE, COLLECTION, CAPACITY, LAKE]
)
def test_what_may_not_be_read_is_said_to_be_denied_and_not_to_be_well(check: Ask) -> None:
    everything = Answers(refusal("AccessDenied"))

    probe = ask("anything", partial(check, FakeAws(everything)))

    assert probe.answer is Answer.DENIED
    assert "AccessDenied" in probe.found


class Answers(dict[str, object]):
    """The same answer to every question."""

    def __init__(self, answer: Refused) -> None:
        self.answer = answer

    def __missing__(self, key: str) -> object:
        return self.answer


@dataclass(frozen=True, slots=True)
class Bucket:
    """Files by their names; lists as S3 does."""

    keys: tuple[str, ...]

    def call(self, service: str, operation: str, region: str = "", **asked: object) -> Any:
        below = str(asked["Prefix"])
        found = [key for key in self.keys if key.startswith(below)]
        if "Delimiter" not in asked:
            return {"KeyCount": len(found)}
        kinds = {key.removeprefix(below).partition("/")[0] for key in found}
        return {"CommonPrefixes": [{"Prefix": f"{below}{kind}/"} for kind in sorted(kinds)]}

    def pages(self, *_: str, **__: object) -> list[Any]:
        return []


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("20261124", "1 in cloudwatch-failed/region=us-east-1/type=processing-failed/"),
        ("20261118", "1 in cloudwatch-failed/region=us-east-1/type=processing-failed/"),
        ("20261117", ""),
    ],
)
def test_what_a_stream_failed_to_write_counts_for_a_week(day: str, found: str) -> None:
    kept = Bucket(
        (
            f"cloudwatch-failed/region=us-east-1/type=processing-failed/eventDay={day}/1",
            "cloudwatch-failed/region=eu-west-1/type=processing-failed/eventDay=20261124/1",
        )
    )

    said = arrivals.failed(kept, REGION, "example-logs-logs", "us-east-1", NOW)

    assert said.startswith(found) and bool(said) is bool(found)


def organization(kind: SiemKind, *, lake: bool) -> Organization:
    plain = an_organization(an_account())
    siem = SiemFacts(kind=kind)
    logs = LogFacts(siem=siem, lake=LakeFacts(enabled=lake), destinations={REGION: True})
    return replace(plain, facts=plain.facts.model_copy(update={"logs": logs}))


@dataclass(frozen=True, slots=True)
class Cache:
    """Sessions of an AWS that is asked nothing."""

    def session(self, *_: object) -> FakeAws:
        return FakeAws()


def asked(of: Callable[[Subject], Any], made: Organization) -> list[str]:
    subject = Subject(made.security, made, Cache())  # type: ignore[arg-type]
    return [what for what, _ in of(subject)]


@pytest.mark.parametrize(
    ("kind", "lake", "security", "archive"),
    [
        (SiemKind.NONE, False, [], ["log groups"]),
        (
            SiemKind.OPENSEARCH,
            True,
            ["logs of pipeline", "files of Security Lake", "events", "a domain", "room on disks"],
            ["log groups"],
        ),
        (
            SiemKind.SERVERLESS,
            False,
            ["logs of pipeline", "events", "a collection", "capacity"],
            ["queue orchestrator-siem", "log groups"],
        ),
    ],
)
def test_what_there_is_is_asked_about(
    kind: SiemKind, lake: bool, security: list[str], archive: list[str]
) -> None:
    made = organization(kind, lake=lake)

    of_security = asked(arrivals.security_checks, made)
    of_archive = asked(arrivals.archive_checks, made)

    for questions, words in ((of_security, security), (of_archive, archive)):
        assert len(questions) == len(words)
        assert all(word in what for word, what in zip(words, questions, strict=True))

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.lake.athena import AthenaLake, S3Objects, Table
from orchestrator.adapters.lake.lookup import LookupLake, attributes
from orchestrator.errors import AwsDenied
from orchestrator.logs.lake.engine import opened
from orchestrator.logs.lake.question import Anything, By, Question, Scope, Touching, Window
from tests.cloudtrail import ACCOUNT, REGION, START, record

WINDOW = Window(START, START + timedelta(days=2))
ENV = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


class Told(AwsSession):
    """A session that gives prepared answers and remembers what it was asked."""

    def __init__(self, *answers: dict[str, object]) -> None:
        super().__init__(ENV, REGION)
        self.answers, self.asked = list(answers), list[tuple[str, dict[str, object]]]()

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> object:
        self.asked.append((f"{service}:{operation}", parameters))
        return self.answers.pop(0)


def history(*calls: dict[str, object]) -> list[dict[str, str]]:
    return [{"CloudTrailEvent": json.dumps(each)} for each in calls]


def test_the_event_history_is_asked_one_attribute_a_call_with_a_pause_between_pages() -> None:
    call = record("DeleteBucket", "s3.amazonaws.com", requestParameters={"bucketName": "b"})
    other = record("DeleteBucket", eventID="no", requestParameters={"bucketName": "b2"})
    session = Told({"Events": history(call), "NextToken": "t"}, {"Events": history(other)}, {})
    slept: list[float] = []
    lake = LookupLake(session, REGION, lambda: START + timedelta(days=3), slept.append)

    found = lake.ask(Question(Touching(("b", "arn:aws:s3:::b")), WINDOW))

    assert [each.uid for each in found.events] == [call["eventID"]]
    asked = [parameters["LookupAttributes"] for _, parameters in session.asked]
    assert asked[0] == asked[1] == [{"AttributeKey": "ResourceName", "AttributeValue": "b"}]
    assert session.asked[1][1]["NextToken"] == "t"
    assert slept == [0.5]
    assert "90 days" in lake.limits[0]


def test_the_history_is_not_asked_for_what_it_cannot_have() -> None:
    session = Told()
    lake = LookupLake(session, REGION, lambda: START + timedelta(days=200), lambda _: None)

    assert lake.ask(Question(Anything(), WINDOW)).events == ()
    assert session.asked == []


def test_a_session_is_looked_up_by_its_name_and_its_key() -> None:
    who = By(("arn:aws:sts::1:assumed-role/r/alice",), ("ASIAX",), ("bob",))

    assert attributes(who) == (("AccessKeyId", "ASIAX"), ("Username", "alice"), ("Username", "bob"))


def test_athena_is_waited_for_and_its_pages_are_read() -> None:
    def row(*values: str) -> dict[str, object]:
        return {"Data": [{"VarCharValue": value} for value in values]}

    names = ("metadata.uid", "time", "cloud.account.uid", "cloud.region", "api.operation")
    first = row("e1", "1772359500000", ACCOUNT, REGION, "RunInstances")
    second = row("e2", "1772359600000", ACCOUNT, REGION, "RunInstances")
    session = Told(
        {"QueryExecutionId": "q"},
        {"QueryExecution": {"Status": {"State": "RUNNING"}}},
        {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}},
        {"ResultSet": {"Rows": [row(*names), first]}, "NextToken": "t"},
        {"ResultSet": {"Rows": [second]}},
    )
    slept: list[float] = []

    found = AthenaLake(session, Table("db", "t", "soc"), slept.append).ask(
        Question(Anything(), WINDOW)
    )

    assert [each.uid for each in found.events] == ["e1", "e2"]
    assert slept == [0.5]
    assert session.asked[0][1]["WorkGroup"] == "soc"


def test_a_query_that_athena_stops_is_an_error_and_not_an_empty_answer() -> None:
    stopped = {"State": "CANCELLED", "StateChangeReason": "Bytes scanned limit was exceeded"}
    session = Told({"QueryExecutionId": "q"}, {"QueryExecution": {"Status": stopped}})

    with pytest.raises(AwsDenied, match="Bytes scanned limit"):
        AthenaLake(session, Table("db", "t", "soc")).ask(Question(Anything(), WINDOW))


@pytest.fixture
def bucket() -> Iterator[AwsSession]:
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1", aws_access_key_id="t", aws_secret_access_key="t")
        s3.create_bucket(Bucket="trail")
        for account, day in ((ACCOUNT, "01"), (ACCOUNT, "02"), ("444455556666", "01")):
            call = record("RunInstances", eventID=f"{account}-{day}", recipientAccountId=account)
            call["eventTime"] = f"2026-03-{day}T10:00:00Z"
            key = f"archive/AWSLogs/o-1/{account}/CloudTrail/{REGION}/2026/03/{day}/x.json.gz"
            body = gzip.compress(json.dumps({"Records": [call]}).encode())
            s3.put_object(Bucket="trail", Key=key, Body=body)
        yield AwsSession(ENV, "us-east-1")


def test_only_objects_of_the_accounts_and_days_asked_for_are_fetched(
    bucket: AwsSession, tmp_path: Path
) -> None:
    lake = opened(S3Objects(bucket, "trail", "archive", tmp_path), "s3://trail/archive")
    day = Window(START + timedelta(days=1), START + timedelta(days=2))

    found = lake.ask(Question(Anything(), day, Scope((ACCOUNT,))))

    assert [each.uid for each in found.events] == [f"{ACCOUNT}-02"]
    assert len(list(tmp_path.rglob("*.json.gz"))) == 1


def test_the_cache_is_kept_below_its_limit(bucket: AwsSession, tmp_path: Path) -> None:
    objects = S3Objects(bucket, "trail", "archive", tmp_path, limit=0)
    names = events_of(bucket)

    for name in names:
        (file,) = objects.local([name])
        assert list(tmp_path.rglob("*.json.gz")) == [file]
    assert all(file.exists() for file in objects.local(names))  # what is in use stays
    lake = opened(objects, "s3://trail/archive")
    assert len(lake.ask(Question(Anything(), WINDOW)).events) == 3


def test_an_object_is_fetched_by_two_runs_at_once_and_is_whole_for_both(
    bucket: AwsSession, tmp_path: Path
) -> None:
    names = events_of(bucket) * 20
    runs = [S3Objects(bucket, "trail", "archive", tmp_path, limit=0) for _ in range(4)]

    with ThreadPoolExecutor(len(runs)) as pool:
        list(pool.map(lambda run: run.local(names), runs))

    assert not list(tmp_path.rglob("*.part"))
    assert all(gzip.decompress(file.read_bytes()) for file in tmp_path.rglob("*.json.gz"))


def events_of(bucket: AwsSession) -> list[str]:
    listed = bucket.call("s3", "ListObjectsV2", Bucket="trail", Prefix="archive/")["Contents"]
    return [each["Key"].removeprefix("archive/") for each in listed]

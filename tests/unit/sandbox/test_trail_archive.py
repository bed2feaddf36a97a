"""LookupEvents out of what a trail has delivered."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from orchestrator.sandbox.trail import archive
from tests.cloudtrail import Record, assumed, open_port, record

ACCOUNT, REGION = "123456789012", "eu-west-1"
GROUP = "sg-0a1b2c3d4e5f60718"
NOW = datetime.now(UTC).replace(microsecond=0)


def called(name: str, minutes: int, **more: object) -> Record:
    time = NOW - timedelta(minutes=minutes)
    uid = f"{name}-{minutes}"
    return record(
        name, "ec2.amazonaws.com", eventID=uid, eventTime=f"{time:%Y-%m-%dT%H:%M:%SZ}", **more
    )


RECORDS = [
    called("CreateSecurityGroup", 30, responseElements={"groupId": GROUP}),
    called("AuthorizeSecurityGroupIngress", 20, requestParameters=open_port(GROUP, 22)),
    called("DescribeVpcs", 10, readOnly=True, userIdentity=assumed("deploy", "job-7")),
]


@pytest.fixture
def cloudtrail() -> Iterator[Any]:
    archive.install(lambda: 0)
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name=REGION)
        s3, client = session.client("s3"), session.client("cloudtrail")
        place: Any = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket="archive", CreateBucketConfiguration=place)
        client.create_trail(Name="all", S3BucketName="archive", IsMultiRegionTrail=True)
        client.start_logging(Name="all")
        for number, some in enumerate((RECORDS, RECORDS[:1])):
            key = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/01/{number}.json.gz"
            body = gzip.compress(json.dumps({"Records": some}).encode())
            s3.put_object(Bucket="archive", Key=key, Body=body)
        yield client


def found(client: Any, **asked: Any) -> list[str]:
    return [each["EventName"] for each in client.lookup_events(**asked)["Events"]]


def test_every_call_is_known_once_the_newest_first(cloudtrail: Any) -> None:
    assert found(cloudtrail) == [
        "DescribeVpcs",
        "AuthorizeSecurityGroupIngress",
        "CreateSecurityGroup",
    ]


@pytest.mark.parametrize(
    ("key", "value", "names"),
    [
        ("ResourceName", GROUP, ["AuthorizeSecurityGroupIngress", "CreateSecurityGroup"]),
        ("EventName", "DescribeVpcs", ["DescribeVpcs"]),
        ("EventId", "CreateSecurityGroup-30", ["CreateSecurityGroup"]),
        ("ReadOnly", "true", ["DescribeVpcs"]),
        ("Username", "job-7", ["DescribeVpcs"]),
        ("AccessKeyId", "ASIADEPLOYXXJOB-", ["DescribeVpcs"]),
        ("EventName", "DeleteTrail", []),
    ],
)
def test_calls_are_found_by_an_attribute(
    key: str, value: str, names: list[str], cloudtrail: Any
) -> None:
    wanted = [{"AttributeKey": key, "AttributeValue": value}]

    assert found(cloudtrail, LookupAttributes=wanted) == names


def test_calls_are_found_by_their_time_and_page_by_page(cloudtrail: Any) -> None:
    until = NOW - timedelta(minutes=15)

    first = cloudtrail.lookup_events(EndTime=until, MaxResults=1)
    second = cloudtrail.lookup_events(EndTime=until, MaxResults=1, NextToken=first["NextToken"])

    assert [e["EventName"] for e in (*first["Events"], *second["Events"])] == [
        "AuthorizeSecurityGroupIngress",
        "CreateSecurityGroup",
    ]
    assert json.loads(first["Events"][0]["CloudTrailEvent"]) == RECORDS[1]
    assert "NextToken" not in second


def test_of_calls_in_one_second_the_last_comes_first(cloudtrail: Any) -> None:
    s3 = boto3.Session("testing", "testing", region_name=REGION).client("s3")
    names = ["CreateVpc", "ModifyVpcAttribute", "DeleteVpc"]
    body = {"Records": [called(name, 1) for name in names]}
    key = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/01/later.json.gz"
    s3.put_object(Bucket="archive", Key=key, Body=gzip.compress(json.dumps(body).encode()))

    assert found(cloudtrail, MaxResults=3) == names[::-1]


def test_another_region_has_a_history_of_its_own(cloudtrail: Any) -> None:
    elsewhere = boto3.Session("testing", "testing", region_name="us-east-1").client("cloudtrail")

    assert found(elsewhere) == []

"""Buckets answer in their own region alone, and accounts are known where they have opted in."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.journal import Filter, read
from tests.sandbox.calls import error_of
from tests.sandbox.fleets import (
    HOME_REGION,
    MANAGEMENT,
    NETWORK,
    OTHER_REGION,
    PAYMENTS_DEV,
    PAYMENTS_PROD,
)

CLOSED = "eu-south-1"


def test_who_asks_for_a_bucket_elsewhere_is_sent_on(sandbox: Sandbox) -> None:
    here = sandbox.client("s3", PAYMENTS_DEV)
    place = {"LocationConstraint": HOME_REGION}
    here.create_bucket(Bucket="regions-here", CreateBucketConfiguration=place)
    there = sandbox.made(sandbox.session(PAYMENTS_DEV), "s3", OTHER_REGION)

    there.put_object(Bucket="regions-here", Key="k", Body=b"x")

    puts = [
        (entry["region"], entry["status"], entry["error"])
        for entry in read(sandbox.home, Filter(operation="s3:PutObject"))
        if "regions-here" in str(entry["parameters"])
    ]
    assert puts == [(OTHER_REGION, 301, "PermanentRedirect"), (HOME_REGION, 200, "")]


def test_whoever_does_not_follow_is_told_where_the_bucket_is(sandbox: Sandbox) -> None:
    place = {"LocationConstraint": HOME_REGION}
    sandbox.client("s3").create_bucket(Bucket="regions-told", CreateBucketConfiguration=place)
    key = sandbox.environment["AWS_ACCESS_KEY_ID"]
    signed = f"Credential={key}/20261130/{OTHER_REGION}/s3/aws4_request"
    connection = HTTPConnection("127.0.0.1", sandbox.port)
    connection.request(
        "GET", "/regions-told/k", headers={"Authorization": f"AWS4-HMAC-SHA256 {signed}"}
    )
    answer = connection.getresponse()

    assert (answer.status, answer.headers["x-amz-bucket-region"]) == (301, HOME_REGION)
    assert b"<Code>PermanentRedirect</Code>" in answer.read()
    elsewhere = sandbox.made(sandbox.session(), "s3", OTHER_REGION)
    found = elsewhere.get_bucket_location(Bucket="regions-told")
    assert found["LocationConstraint"] == HOME_REGION


@pytest.mark.parametrize(
    ("service", "operation", "refused"),
    [
        ("ec2", "describe_vpcs", ("AuthFailure", 401)),
        ("sts", "get_caller_identity", ("InvalidClientTokenId", 403)),
        ("securityhub", "describe_hub", ("UnrecognizedClientException", 403)),
        ("config", "describe_configuration_recorders", ("UnrecognizedClientException", 400)),
        ("s3", "list_buckets", ("InvalidToken", 400)),
    ],
)
def test_a_region_that_is_not_enabled_knows_nobody(
    sandbox: Sandbox, service: str, operation: str, refused: tuple[str, int]
) -> None:
    client = sandbox.made(sandbox.session(PAYMENTS_PROD), service, CLOSED)

    assert error_of(getattr(client, operation)) == refused


def test_a_region_is_enabled_for_one_account_and_disabled_again(sandbox: Sandbox) -> None:
    account = sandbox.client("account", NETWORK)
    hub = sandbox.made(sandbox.session(NETWORK), "sts", CLOSED)
    ec2 = sandbox.client("ec2", NETWORK)

    account.enable_region(RegionName=CLOSED)
    assert account.get_region_opt_status(RegionName=CLOSED)["RegionOptStatus"] == "ENABLED"
    assert hub.get_caller_identity()["Account"] == NETWORK
    listed = {each["RegionName"]: each["OptInStatus"] for each in ec2.describe_regions()["Regions"]}
    assert listed[CLOSED] == "opted-in"
    account.disable_region(RegionName=CLOSED)

    assert error_of(hub.get_caller_identity)[0] == "InvalidClientTokenId"
    left = {each["RegionName"] for each in ec2.describe_regions()["Regions"]}
    assert CLOSED not in left and HOME_REGION in left


def test_who_may_not_ask_for_another_account_is_refused(sandbox: Sandbox) -> None:
    stranger, management = sandbox.client("account", NETWORK), sandbox.client("account")

    for client, arguments, code in (
        (stranger, {"AccountId": PAYMENTS_DEV}, "AccessDeniedException"),
        (management, {"AccountId": MANAGEMENT}, "ValidationException"),
        (stranger, {"RegionName": "mars-north-1"}, "ValidationException"),
        (stranger, {"RegionName": HOME_REGION}, "ValidationException"),
    ):
        given = {"RegionName": CLOSED, **arguments}
        assert error_of(client.enable_region, **given)[0] == code

"""One sandbox with a state bucket, for all account locks."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.sandbox.client import Sandbox
from tests.contract.locks.buckets import BUCKET, FakeS3
from tests.sandbox.fleets import HOME_REGION


@pytest.fixture(scope="package")
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    where = {"LocationConstraint": HOME_REGION}
    running.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    return running


@pytest.fixture(params=["fake", "aws"])
def s3(request: pytest.FixtureRequest) -> Any:
    if request.param == "fake":
        return FakeS3()
    session = AwsSession(request.getfixturevalue("sandbox").environment, HOME_REGION)
    for found in session.pages("s3", "ListObjectsV2", "Contents", Bucket=BUCKET):
        session.call("s3", "DeleteObject", Bucket=BUCKET, Key=found["Key"])
    return session

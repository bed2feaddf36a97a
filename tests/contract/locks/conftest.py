"""One sandbox with a state bucket, for all account locks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.contract.locks.buckets import BUCKET, FakeS3
from tests.sandbox.fleets import HOME_REGION, PROMPT, a_fleet


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path_factory.mktemp("locks"), a_fleet(), PROMPT) as running:
        where = {"LocationConstraint": HOME_REGION}
        running.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        yield running


@pytest.fixture(params=["fake", "aws"])
def s3(request: pytest.FixtureRequest) -> Any:
    if request.param == "fake":
        return FakeS3()
    session = AwsSession(request.getfixturevalue("sandbox").environment, HOME_REGION)
    for found in session.pages("s3", "ListObjectsV2", "Contents", Bucket=BUCKET):
        session.call("s3", "DeleteObject", Bucket=BUCKET, Key=found["Key"])
    return session

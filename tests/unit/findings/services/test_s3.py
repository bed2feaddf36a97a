from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from orchestrator.findings.remediation import Status, Value
from orchestrator.findings.services.s3 import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.s3 import (
    CLOSED,
    FOREIGN,
    MOVING,
    REMOVED,
    TOPIC,
    allowing,
    bucket,
    open_bucket,
    policy,
)
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import PLACE, RecordingAws


def long_policy() -> dict[str, Any]:
    """As long as S3 takes it, to some letters."""
    roles = [f"arn:aws:iam::123456789012:role/{'r' * 50}-{n}" for n in range(231)]
    return policy(allowing({"AWS": roles}, "s3:GetObject"))


WEBSITE = {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "index.html"}}}
DELETING: Mapping[str, Value] = {**MOVING, "expiration_days": 30}


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case("S3.5", bucket(put_bucket_policy=long_policy())), "larger than the 20 KB"),
        (Case("S3.5", bucket(put_bucket_website=WEBSITE)), "it is a website"),
        (Case("S3.9", bucket()), "sets no 'bucket'"),
        (Case("S3.9", bucket(), parameters={"bucket": "orders"}), "logs into itself"),
        (Case("S3.11", bucket()), "sets no 'destination'"),
        (Case("S3.11", bucket(), parameters={"destination": TOPIC}), "sets no 'events'"),
        (
            Case("S3.11", bucket(), parameters={"destination": "events", "events": REMOVED}),
            "is not an ARN of a topic",
        ),
        (Case("S3.13", bucket()), "must set 'transition_days' and 'storage_class'"),
        (Case("S3.13", bucket(), parameters=DELETING), "deletes objects is written by hand"),
        (Case("S3.17", bucket()), "sets no 'key'"),
    ],
    ids=str,
)
def test_what_would_do_harm_or_be_made_up_is_refused(case: Case, reason: str) -> None:
    assert reason in cycle.hold_refusal(case, REMEDIATIONS)


def test_undo_leaves_what_others_have_said_meanwhile(aws: RecordingAws) -> None:
    arn = bucket(put_bucket_policy=policy(FOREIGN))(aws)
    remediation = cycle.remediation_of("S3.5", REMEDIATIONS)
    target = cycle.target_of(remediation, "S3.5", arn, {})
    before = remediation.before(target, aws)
    remediation.fix(target, aws, before)
    said = json.loads(aws("s3").get_bucket_policy(Bucket="orders")["Policy"])
    later = {**FOREIGN, "Sid": "Later", "Action": "s3:ListBucket"}
    said["Statement"].append(later)
    aws("s3").put_bucket_policy(Bucket="orders", Policy=json.dumps(said))

    assert remediation.undo
    remediation.undo(target, aws, before)

    left = json.loads(aws("s3").get_bucket_policy(Bucket="orders")["Policy"])
    assert left["Statement"] == [FOREIGN, later]


def test_only_the_setting_that_closes_the_way_in_is_turned_on(aws: RecordingAws) -> None:
    arn = open_bucket(allowing("*", "s3:GetObject"))(aws)
    remediation = cycle.remediation_of("S3.2", REMEDIATIONS)
    target = cycle.target_of(remediation, "S3.2", arn, {})

    remediation.fix(target, aws, remediation.before(target, aws))

    block = aws("s3").get_public_access_block(Bucket="orders")["PublicAccessBlockConfiguration"]
    assert [flag for flag, on in block.items() if on] == ["RestrictPublicBuckets"]


@pytest.mark.parametrize("control", ["S3.2", "S3.3"])
def test_a_bucket_that_its_account_closes_is_not_public(aws: RecordingAws, control: str) -> None:
    arn = open_bucket(allowing("*", "s3:*"))(aws)
    block = {"AccountId": PLACE.account, **CLOSED}
    aws("s3control").put_public_access_block(**block)
    remediation = cycle.remediation_of(control, REMEDIATIONS)

    target = cycle.target_of(remediation, control, arn, {})

    assert remediation.check(target, aws).status is Status.PASSES

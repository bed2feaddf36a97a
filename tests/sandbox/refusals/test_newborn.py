"""Resources as new ones are today, and refusals of a part of a request."""

from __future__ import annotations

import json

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import error_of
from tests.sandbox.fleets import HOME_REGION, PAYMENTS_DEV

PLACE = {"LocationConstraint": HOME_REGION}


def test_a_new_bucket_is_blocked_enforced_and_encrypted(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", PAYMENTS_DEV)
    s3.create_bucket(Bucket="newborn-plain", CreateBucketConfiguration=PLACE)

    block = s3.get_public_access_block(Bucket="newborn-plain")["PublicAccessBlockConfiguration"]
    owner = s3.get_bucket_ownership_controls(Bucket="newborn-plain")["OwnershipControls"]
    encryption = s3.get_bucket_encryption(Bucket="newborn-plain")
    rule = encryption["ServerSideEncryptionConfiguration"]["Rules"][0]

    assert set(block.values()) == {True}
    assert owner["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_a_bucket_whose_encryption_is_deleted_has_s3s_own(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", PAYMENTS_DEV)
    s3.create_bucket(Bucket="newborn-bare", CreateBucketConfiguration=PLACE)
    s3.delete_bucket_encryption(Bucket="newborn-bare")

    found = s3.get_bucket_encryption(Bucket="newborn-bare")["ServerSideEncryptionConfiguration"]

    default = found["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert default == {"SSEAlgorithm": "AES256"}


def test_a_bucket_opened_step_by_step_can_be_public(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", PAYMENTS_DEV)
    s3.create_bucket(
        Bucket="newborn-open", CreateBucketConfiguration=PLACE, ObjectOwnership="ObjectWriter"
    )
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    everyone["Resource"] = "arn:aws:s3:::newborn-open/*"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everyone]})

    refused = error_of(s3.put_bucket_policy, Bucket="newborn-open", Policy=policy)
    s3.delete_public_access_block(Bucket="newborn-open")
    s3.put_bucket_policy(Bucket="newborn-open", Policy=policy)
    s3.put_bucket_acl(Bucket="newborn-open", ACL="public-read")

    assert refused == ("AccessDenied", 403)


def test_the_accounts_block_counts_too(sandbox: Sandbox) -> None:
    s3, control = sandbox.client("s3", PAYMENTS_DEV), sandbox.client("s3control", PAYMENTS_DEV)
    s3.create_bucket(
        Bucket="newborn-under", CreateBucketConfiguration=PLACE, ObjectOwnership="ObjectWriter"
    )
    s3.delete_public_access_block(Bucket="newborn-under")
    on = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    control.put_public_access_block(AccountId=PAYMENTS_DEV, PublicAccessBlockConfiguration=on)

    refused = error_of(s3.put_bucket_acl, Bucket="newborn-under", ACL="public-read")
    control.delete_public_access_block(AccountId=PAYMENTS_DEV)

    assert refused == ("AccessDenied", 403)


def test_an_event_that_says_it_is_awss_fails_alone(sandbox: Sandbox) -> None:
    events = sandbox.client("events", PAYMENTS_DEV)
    entries = [
        {"Source": source, "DetailType": "t", "Detail": "{}"} for source in ("mine", "aws.s3", "my")
    ]

    answer = events.put_events(Entries=entries)

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][1]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert all("EventId" in answer["Entries"][index] for index in (0, 2))


def test_the_name_of_a_deleted_queue_rests_for_a_minute(sandbox: Sandbox) -> None:
    sqs = sandbox.client("sqs", PAYMENTS_DEV)
    sqs.delete_queue(QueueUrl=sqs.create_queue(QueueName="newborn-queue")["QueueUrl"])

    code, _ = error_of(sqs.create_queue, QueueName="newborn-queue")

    assert code == "AWS.SimpleQueueService.QueueDeletedRecently"

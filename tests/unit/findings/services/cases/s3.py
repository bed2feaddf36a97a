from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case

ACCOUNT = "AWS::::Account:123456789012"
EVERYBODY = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
NOWHERE = "arn:aws:s3:::nowhere"
OFF = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
)
ON = dict.fromkeys(OFF, True)
OPEN = {"PublicAccessBlockConfiguration": OFF}
CLOSED = {"PublicAccessBlockConfiguration": ON}
PARTNER = "arn:aws:iam::111122223333:root"
HERE = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}


def bucket(name: str = "orders", **configurations: Mapping[str, Any]) -> Builder:
    """A bucket, with the calls of these names made on it."""

    def build(aws: Aws) -> str:
        client = aws("s3")
        client.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerPreferred", **HERE)
        client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": TAG_LIST})
        for call, given in configurations.items():
            getattr(client, call)(Bucket=name, **given)
        return f"arn:aws:s3:::{name}"

    return build


def elsewhere(build: Builder) -> Builder:
    """The same, and a bucket of another region that is not found from here."""

    def made(aws: Aws) -> str:
        aws("s3", "us-east-1").create_bucket(Bucket="elsewhere")
        return build(aws)

    return made


def policy(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def allowing(principal: Any, *actions: str, name: str = "orders", **more: Any) -> dict[str, Any]:
    everything = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    return {
        "Sid": "Allow",
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions),
        "Resource": everything,
        **more,
    }


def tls_only(name: str) -> dict[str, Any]:
    denied = allowing({"AWS": "*"}, "s3:*", name=name)
    return {**denied, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": False}}}


def open_bucket(*statements: Mapping[str, Any]) -> Builder:
    return bucket(put_public_access_block=OPEN, put_bucket_policy=policy(*statements))


def account_block(aws: Aws) -> str:
    half = {**ON, "RestrictPublicBuckets": False}
    aws("s3control").put_public_access_block(
        AccountId="123456789012", PublicAccessBlockConfiguration=half
    )
    return ACCOUNT


def account(_: Aws) -> str:
    return ACCOUNT


def with_another(name: str, build: Builder) -> Builder:
    """The same, and a log bucket that lets S3 in."""

    def made(aws: Aws) -> str:
        arn = build(aws)
        logs = {"Service": "logging.s3.amazonaws.com"}
        letting = allowing(logs, "s3:PutObject") | {"Resource": f"arn:aws:s3:::{name}/*"}
        bucket(name, put_bucket_policy=policy(letting))(aws)
        return arn

    return made


def a_logged_bucket(aws: Aws) -> str:
    arn = with_another("more", bucket("fine"))(aws)
    enabled = {"LoggingEnabled": {"TargetBucket": "more", "TargetPrefix": ""}}
    aws("s3").put_bucket_logging(Bucket="fine", BucketLoggingStatus=enabled)
    return arn


def admitting(action: str, arn: str) -> str:
    """What a topic or a queue has to say before S3 takes it for a bucket."""
    s3 = {"Service": "s3.amazonaws.com"}
    return str(policy(allowing(s3, action) | {"Resource": arn})["Policy"])


def with_a_topic(build: Builder) -> Builder:
    def made(aws: Aws) -> str:
        topic = aws("sns").create_topic(Name="events")["TopicArn"]
        queue = aws("sqs").create_queue(QueueName="events")["QueueUrl"]
        let_in = admitting("sns:Publish", topic)
        aws("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=let_in
        )
        let_in = admitting("sqs:SendMessage", QUEUE)
        aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": let_in})
        return build(aws)

    return made


TOPIC = "arn:{partition}:sns:{region}:{account}:events"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:events"
REMOVED = ("s3:ObjectRemoved:*",)
OTHER_NOTIFICATION = {
    "NotificationConfiguration": {
        "QueueConfigurations": [{"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}]
    }
}
CLEANING = {
    "ID": "cleaning",
    "Status": "Enabled",
    "Filter": {"Prefix": "tmp/"},
    "Expiration": {"Days": 3},
}
TIERING = {
    "ID": "tiering",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "Transitions": [{"Days": 30, "StorageClass": "INTELLIGENT_TIERING"}],
}
MOVING: Mapping[str, Value] = {"transition_days": 30, "storage_class": "INTELLIGENT_TIERING"}


def lifecycle(*rules: Mapping[str, Any]) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": list(rules)}}


def ownership(kind: str) -> dict[str, Any]:
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": kind}]}}


def encryption(**default: str) -> dict[str, Any]:
    rule = {"ApplyServerSideEncryptionByDefault": default}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
FOREIGN = allowing({"AWS": [PARTNER, "123456789012"]}, "s3:GetObject", "s3:PutBucket*")
OWN = allowing({"AWS": "arn:aws:iam::123456789012:root"}, "s3:*", name="fine")

CASES = (
    Case("S3.1", account),
    Case("S3.1", account_block, name="half on"),
    Case("S3.2", elsewhere(open_bucket(allowing("*", "s3:Get*"))), bucket("fine"), NOWHERE),
    Case(
        "S3.2",
        bucket(delete_public_access_block={}, put_bucket_acl={"ACL": "public-read"}),
        bucket("fine"),
        NOWHERE,
        name="by a list",
    ),
    Case("S3.3", open_bucket(allowing({"AWS": "*"}, "s3:PutObject")), bucket("fine"), NOWHERE),
    Case(
        "S3.3",
        bucket(put_public_access_block=OPEN, put_bucket_acl={"GrantWrite": EVERYBODY}),
        bucket("fine"),
        NOWHERE,
        name="by a list",
    ),
    Case(
        "S3.4",
        bucket(delete_bucket_encryption={}),
        bucket("fine", put_bucket_encryption=encryption(SSEAlgorithm="aws:kms")),
        NOWHERE,
    ),
    Case("S3.5", bucket(), bucket("fine", put_bucket_policy=policy(tls_only("fine"))), NOWHERE),
    Case(
        "S3.5",
        bucket(put_bucket_policy=policy(FOREIGN)),
        bucket("fine", put_bucket_policy=policy(OWN, tls_only("fine"))),
        NOWHERE,
        name="beside other statements",
    ),
    Case(
        "S3.6",
        bucket(put_bucket_policy=policy(FOREIGN)),
        bucket("fine", put_bucket_policy=policy(OWN)),
        NOWHERE,
    ),
    Case(
        "S3.6",
        open_bucket(allowing("*", "s3:*")),
        bucket("fine"),
        NOWHERE,
        name="for everybody",
    ),
    Case(
        "S3.8",
        bucket(delete_public_access_block={}),
        bucket("fine", put_public_access_block=CLOSED),
        NOWHERE,
    ),
    Case(
        "S3.8",
        bucket(
            put_public_access_block={
                "PublicAccessBlockConfiguration": {**ON, "IgnorePublicAcls": False}
            }
        ),
        None,
        NOWHERE,
        name="half on",
    ),
    Case(
        "S3.9",
        with_another("logs-123456789012-eu-west-1", bucket()),
        a_logged_bucket,
        NOWHERE,
        {"bucket": "logs-{account}-{region}"},
    ),
    Case("S3.11", with_a_topic(bucket()), None, NOWHERE, {"destination": TOPIC, "events": REMOVED}),
    Case(
        "S3.11",
        with_a_topic(bucket(put_bucket_notification_configuration=OTHER_NOTIFICATION)),
        None,
        NOWHERE,
        {"destination": QUEUE, "events": REMOVED},
        "beside another",
    ),
    Case(
        "S3.12",
        bucket(),
        bucket("fine", put_bucket_ownership_controls=ownership("BucketOwnerEnforced")),
        NOWHERE,
    ),
    Case("S3.12", bucket(delete_bucket_ownership_controls={}), None, NOWHERE, name="unset"),
    Case(
        "S3.13",
        bucket(),
        bucket("fine", put_bucket_lifecycle_configuration=lifecycle(TIERING)),
        NOWHERE,
        MOVING,
    ),
    Case(
        "S3.13",
        bucket(put_bucket_lifecycle_configuration=lifecycle(CLEANING)),
        None,
        NOWHERE,
        {**MOVING, "prefix": "logs/"},
        "beside another",
    ),
    Case(
        "S3.14",
        bucket(put_bucket_versioning={"VersioningConfiguration": {"Status": "Suspended"}}),
        bucket("fine", put_bucket_versioning={"VersioningConfiguration": {"Status": "Enabled"}}),
        NOWHERE,
    ),
    Case("S3.14", bucket(), None, NOWHERE, name="never on"),
    Case(
        "S3.17",
        bucket(put_bucket_encryption=encryption(SSEAlgorithm="AES256")),
        bucket("fine", put_bucket_encryption=encryption(SSEAlgorithm="aws:kms")),
        NOWHERE,
        {"key": KEY_ARN},
    ),
)

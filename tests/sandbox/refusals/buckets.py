"""Amazon S3: policies, lifecycles and notifications of buckets."""

from __future__ import annotations

from typing import Any

from tests.sandbox.refusals.identities import NOBODY
from tests.sandbox.refusals.probe import Case, Params, Row, allow, document

PLAIN, INSIDE = "arn:aws:s3:::probe-plain", "arn:aws:s3:::probe-plain/*"


ROOT = {"AWS": "arn:aws:iam::200000000009:root"}


POLICY = "MalformedPolicy"


def policy(action: Any = "s3:GetObject", resource: Any = INSIDE, **more: Any) -> Params:
    said = {"Principal": ROOT, **more}
    return {"Policy": document({**allow(action, resource), **said})}


POLICY_ROWS: list[Row] = [
    ("not JSON", {"Policy": "{"}, POLICY),
    ("another bucket", policy(resource="arn:aws:s3:::probe-trail/*"), POLICY),
    ("a role nobody has", policy(Principal={"AWS": NOBODY}), POLICY),
    ("a service AWS does not have", policy(Principal={"Service": "no.amazonaws.com"}), POLICY),
    ("an action S3 does not have", policy("s3:GuessObject"), POLICY),
    ("another service's action", policy("sqs:SendMessage"), POLICY),
    ("an object's action on the bucket alone", policy(resource=PLAIN), POLICY),
    ("a bucket's action on objects alone", policy("s3:ListBucket"), POLICY),
    ("no principal", {"Policy": document(allow("s3:GetObject", INSIDE))}, POLICY),
    ("no resource", {"Policy": document(allow("s3:GetObject", None, Principal=ROOT))}, POLICY),
    ("an effect of neither kind", policy(Effect="Maybe"), POLICY),
    (
        "no action",
        {"Policy": document({"Effect": "Deny", "Principal": "*", "Resource": INSIDE})},
        POLICY,
    ),
    ("over 20 KB", policy(resource=[f"{PLAIN}/{n:0200d}" for n in range(120)]), POLICY),
    ("a public policy while it is blocked", policy(Principal="*"), "AccessDenied"),
    ("a public policy by account *", policy(Principal={"AWS": "*"}), "AccessDenied"),
    (
        "a public policy for 0.0.0.0/0",
        policy(Principal="*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        "AccessDenied",
    ),
    (
        "a public policy that only asks for TLS",
        policy(Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        "AccessDenied",
    ),
    ("a bucket nobody has", {"Bucket": "probe-nobody-has-this"}, "NoSuchBucket"),
]


def _rule(**more: Any) -> Params:
    rule = {"ID": "one", "Status": "Enabled", "Filter": {"Prefix": ""}}
    return {"LifecycleConfiguration": {"Rules": [{**rule, **more}]}}


def _moves(days: int, to: str = "STANDARD_IA") -> list[dict[str, Any]]:
    return [{"Days": days, "StorageClass": to}]


LIFECYCLE_ROWS: list[Row] = [
    ("after 0 days", _rule(Expiration={"Days": 0}), "InvalidArgument"),
    ("after -1 days", _rule(Expiration={"Days": -1}), "InvalidArgument"),
    ("to STANDARD_IA after 29 days", _rule(Transitions=_moves(29)), "InvalidArgument"),
    ("to ONEZONE_IA after 1 day", _rule(Transitions=_moves(1, "ONEZONE_IA")), "InvalidArgument"),
    (
        "ended before it has moved",
        _rule(Transitions=_moves(60), Expiration={"Days": 59}),
        "InvalidArgument",
    ),
    (
        "ended the day it moves",
        _rule(Transitions=_moves(60), Expiration={"Days": 60}),
        "InvalidArgument",
    ),
    ("a class AWS does not have", _rule(Transitions=_moves(60, "ATTIC")), "MalformedXML"),
    ("a status of neither kind", _rule(Status="Maybe", Expiration={"Days": 9}), "MalformedXML"),
    ("an id of 256", _rule(ID="i" * 256, Expiration={"Days": 9}), "InvalidArgument"),
    (
        "uploads ended after 0 days",
        _rule(AbortIncompleteMultipartUpload={"DaysAfterInitiation": 0}),
        "InvalidArgument",
    ),
    (
        "old versions ended after 0 days",
        _rule(NoncurrentVersionExpiration={"NoncurrentDays": 0}),
        "InvalidArgument",
    ),
    (
        "two rules of one id",
        {
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "ID": "a",
                        "Status": "Enabled",
                        "Filter": {"Prefix": p},
                        "Expiration": {"Days": 9},
                    }
                    for p in ("x", "y")
                ]
            }
        },
        "InvalidArgument",
    ),
]


def _told(kind: str, **more: Any) -> Params:
    return {"NotificationConfiguration": {kind: [{"Events": ["s3:ObjectCreated:*"], **more}]}}


CASES = [
    Case(
        "s3",
        "put_bucket_policy",
        lambda _: {"Bucket": "probe-plain", **policy()},
        POLICY_ROWS,
        "Amazon S3 User Guide, bucket policies; error code MalformedPolicy",
    ),
    Case(
        "s3",
        "put_bucket_lifecycle_configuration",
        lambda _: {
            "Bucket": "probe-plain",
            **_rule(Transitions=_moves(30), Expiration={"Days": 31}),
        },
        LIFECYCLE_ROWS,
        "Amazon S3 User Guide, lifecycle configuration elements",
    ),
    Case(
        "s3",
        "put_bucket_notification_configuration",
        lambda _: {"Bucket": "probe-plain", "NotificationConfiguration": {}},
        [
            (
                "a queue without a policy",
                lambda b: _told("QueueConfigurations", QueueArn=b.arn("sqs", "probe-queue")),
                "InvalidArgument",
            ),
            (
                "a queue nobody has",
                lambda b: _told("QueueConfigurations", QueueArn=b.arn("sqs", "nobody")),
                "InvalidArgument",
            ),
            (
                "a function that does not admit S3",
                lambda b: _told(
                    "LambdaFunctionConfigurations",
                    LambdaFunctionArn=b.arn("lambda", "function:probe-function"),
                ),
                "InvalidArgument",
            ),
            (
                "an event AWS does not have",
                lambda b: {
                    "NotificationConfiguration": {
                        "TopicConfigurations": [
                            {"TopicArn": b.made["topic"], "Events": ["s3:Guess"]}
                        ]
                    }
                },
                "MalformedXML",
            ),
        ],
        "Amazon S3 User Guide, granting permissions to publish event notifications",
    ),
]

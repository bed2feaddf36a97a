"""SNS, SQS and EventBridge: names, ranges, policies, patterns, schedules, targets."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.refusals.identities import NOBODY
from tests.sandbox.refusals.probe import GONE, Bench, Case, Params, allow, document

PARAMETER, VALUE, EVENTS = "InvalidParameter", "InvalidAttributeValue", "ValidationException"


ROOT = {"AWS": "arn:aws:iam::200000000009:root"}


TOPIC = "arn:aws:sns:ap-northeast-1:200000000009:probe-topic"


QUEUE = "arn:aws:sqs:ap-northeast-1:200000000009:probe-queue"

DEFAULT = [
    f"SNS:{name}"
    for name in (
        *("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission"),
        *("DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish", "Receive"),
    )
]
"""What the owner of a topic may do where nobody has said otherwise."""


def _topic_policy(action: Any = "sns:Publish", **more: Any) -> Params:
    return {"AttributeValue": document({**allow(action, TOPIC), "Principal": ROOT, **more})}


def _attributes(**given: str) -> Params:
    return {"Attributes": given}


def _redrive(arn: str = QUEUE, count: Any = 3) -> Params:
    said = {"deadLetterTargetArn": arn, "maxReceiveCount": count}
    return _attributes(RedrivePolicy=json.dumps(said))


RANGES = {
    "VisibilityTimeout": ("-1", "43201", "soon"),
    "MessageRetentionPeriod": ("59", "1209601", "0"),
    "DelaySeconds": ("-1", "901"),
    "ReceiveMessageWaitTimeSeconds": ("-1", "21"),
    "MaximumMessageSize": ("1023", "1048577"),
    "KmsDataKeyReusePeriodSeconds": ("59", "86401"),
}


QUEUE_ROWS = [
    *[
        (f"{name} {value}", _attributes(**{name: value}), VALUE)
        for name, values in RANGES.items()
        for value in values
    ],
    ("an attribute AWS does not have", _attributes(Colour="red"), "InvalidAttributeName"),
    ("a policy that is not JSON", _attributes(Policy="{"), VALUE),
    (
        "a policy for a role nobody has",
        _attributes(Policy=document(allow("sqs:SendMessage", QUEUE, Principal={"AWS": NOBODY}))),
        VALUE,
    ),
    (
        "a policy of another service's action",
        _attributes(Policy=document(allow("s3:GetObject", QUEUE, Principal=ROOT))),
        VALUE,
    ),
    ("a redrive that is not JSON", _attributes(RedrivePolicy="{"), VALUE),
    ("1,001 receives", _redrive(count=1001), VALUE),
    ("0 receives", _redrive(count=0), VALUE),
    ("a dead-letter queue nobody has", _redrive(QUEUE.replace("probe-queue", "nobody")), VALUE),
    ("managed encryption, maybe", _attributes(SqsManagedSseEnabled="maybe"), VALUE),
]


def _send(bench: Bench) -> Params:
    return {"QueueUrl": bench.made["probe-queue"], "MessageBody": "hello"}


def _url(bench: Bench) -> Params:
    return {"QueueUrl": bench.made["probe-queue"]}


CASES = [
    Case(
        "sns",
        "create_topic",
        lambda _: {"Name": "probe-new-topic"},
        [
            ("a blank in it", {"Name": "a topic"}, PARAMETER),
            ("257 characters", {"Name": "t" * 257}, PARAMETER),
            ("a FIFO name on a plain topic", {"Name": "probe.fifo"}, PARAMETER),
            ("a FIFO topic without the name", {"Attributes": {"FifoTopic": "true"}}, PARAMETER),
            ("an attribute AWS does not have", _attributes(Colour="red"), PARAMETER),
            ("a display name of 101", _attributes(DisplayName="d" * 101), PARAMETER),
            ("a policy that is not JSON", _attributes(Policy="{"), PARAMETER),
        ],
        "Amazon SNS API Reference, CreateTopic",
    ),
    Case(
        "sns",
        "set_topic_attributes",
        lambda _: {"TopicArn": TOPIC, "AttributeName": "Policy", **_topic_policy()},
        [
            ("not JSON", {"AttributeValue": "{"}, PARAMETER),
            ("sns:*", _topic_policy("sns:*"), PARAMETER),
            ("another service's action", _topic_policy("sqs:SendMessage"), PARAMETER),
            ("an action SNS does not have", _topic_policy("sns:Guess"), PARAMETER),
            ("another topic", _topic_policy(Resource=TOPIC + "x"), PARAMETER),
            ("a role nobody has", _topic_policy(Principal={"AWS": NOBODY}), PARAMETER),
            ("no principal", {"AttributeValue": document(allow("sns:Publish", TOPIC))}, PARAMETER),
            ("an attribute AWS does not have", {"AttributeName": "Colour"}, PARAMETER),
            (
                "a delivery policy that is not JSON",
                {"AttributeName": "DeliveryPolicy", "AttributeValue": "{"},
                PARAMETER,
            ),
            (
                "a signature version of 3",
                {"AttributeName": "SignatureVersion", "AttributeValue": "3"},
                PARAMETER,
            ),
        ],
        "Amazon SNS API Reference, SetTopicAttributes; Developer Guide, access control",
    ),
    Case(
        "sns",
        "set_topic_attributes",
        lambda _: {"TopicArn": TOPIC, "AttributeName": "Policy", **_topic_policy(DEFAULT)},
        [("sns:* among its actions", _topic_policy([*DEFAULT, "SNS:*"]), PARAMETER)],
        "terraform-provider-aws, internal/service/sns: the policy that takes a deleted one's place",
    ),
    Case(
        "sns",
        "publish",
        lambda _: {"TopicArn": TOPIC, "Message": "m", "Subject": "s"},
        [
            ("a subject with a line break", {"Subject": "a\nb"}, PARAMETER),
            ("a subject that is not ASCII", {"Subject": "é"}, PARAMETER),
            ("a subject of 101", {"Subject": "s" * 101}, PARAMETER),
            ("an empty subject", {"Subject": ""}, PARAMETER),
            ("an empty message", {"Message": ""}, PARAMETER),
            ("a message over 256 KB", {"Message": "m" * (256 * 1024 + 1)}, PARAMETER),
            (
                "a structure without a default",
                {"MessageStructure": "json", "Message": "{}"},
                PARAMETER,
            ),
            ("a structure AWS does not have", {"MessageStructure": "xml"}, PARAMETER),
            ("no topic", {"TopicArn": GONE}, PARAMETER),
            ("a topic nobody has", {"TopicArn": TOPIC + "x"}, "NotFound"),
        ],
        "Amazon SNS API Reference, Publish",
    ),
    Case(
        "sns",
        "subscribe",
        lambda _: {"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": QUEUE},
        [
            ("a protocol AWS does not have", {"Protocol": "pigeon"}, PARAMETER),
            ("a queue that is not an ARN", {"Endpoint": "probe-queue"}, PARAMETER),
            ("an e-mail that is none", {"Protocol": "email", "Endpoint": "nobody"}, PARAMETER),
            ("https without a URL", {"Protocol": "https", "Endpoint": "example.com"}, PARAMETER),
            ("a FIFO queue", {"Endpoint": QUEUE.replace("probe-queue", "probe.fifo")}, PARAMETER),
            ("a topic nobody has", {"TopicArn": TOPIC + "x"}, "NotFound"),
        ],
        "Amazon SNS API Reference, Subscribe",
    ),
    Case(
        "sqs",
        "create_queue",
        lambda _: {"QueueName": "probe-new-queue"},
        [
            ("a blank in it", {"QueueName": "a queue"}, "InvalidParameterValue"),
            ("81 characters", {"QueueName": "q" * 81}, "InvalidParameterValue"),
            (
                "a FIFO queue without the name",
                _attributes(FifoQueue="true"),
                "InvalidParameterValue",
            ),
            *QUEUE_ROWS,
        ],
        "Amazon SQS API Reference, CreateQueue",
    ),
    Case(
        "sqs",
        "set_queue_attributes",
        lambda bench: {**_url(bench), **_attributes(VisibilityTimeout="30")},
        QUEUE_ROWS,
        "Amazon SQS API Reference, SetQueueAttributes",
    ),
    Case(
        "sqs",
        "send_message",
        _send,
        [
            ("an empty body", {"MessageBody": ""}, "MissingParameter"),
            ("a forbidden character", {"MessageBody": "a\x00b"}, "InvalidMessageContents"),
            ("another one", {"MessageBody": "a\x0bb"}, "InvalidMessageContents"),
            ("over 1 MiB", {"MessageBody": "m" * (1024 * 1024 + 1)}, "InvalidParameterValue"),
            ("901 seconds later", {"DelaySeconds": 901}, "InvalidParameterValue"),
        ],
        "Amazon SQS API Reference, SendMessage",
    ),
    Case(
        "sqs",
        "receive_message",
        _url,
        [
            ("0 messages", {"MaxNumberOfMessages": 0}, "InvalidParameterValue"),
            ("11 messages", {"MaxNumberOfMessages": 11}, "InvalidParameterValue"),
            ("21 seconds", {"WaitTimeSeconds": 21}, "InvalidParameterValue"),
            ("a visibility over 12 hours", {"VisibilityTimeout": 43201}, "InvalidParameterValue"),
        ],
        "Amazon SQS API Reference, ReceiveMessage",
    ),
    Case(
        "sqs",
        "list_queues",
        lambda _: {"MaxResults": 10},
        [
            ("1,001 a page", {"MaxResults": 1001}, "InvalidParameterValue"),
            (
                "a token without a page size",
                {"MaxResults": GONE, "NextToken": "x"},
                "InvalidParameterValue",
            ),
        ],
        "Amazon SQS API Reference, ListQueues",
    ),
]

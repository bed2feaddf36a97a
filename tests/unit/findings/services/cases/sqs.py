from __future__ import annotations

import json

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Builder, Case

GONE = "arn:aws:sqs:eu-west-1:123456789012:none"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def a_queue(aws: Aws, name: str = "clear", **attributes: str) -> str:
    tags = cycle.TAGS if name != "owned" else {"owner": "x"}
    given = {"SqsManagedSseEnabled": "false", **attributes}
    aws("sqs").create_queue(QueueName=name, Attributes=given, tags=dict(tags))
    return f"arn:aws:sqs:eu-west-1:123456789012:{name}"


EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}


def an_open_queue(*others: dict[str, object]) -> Builder:
    """Its policy lets everybody send, and has `others` besides."""

    def build(aws: Aws) -> str:
        arn = a_queue(aws, "open")
        return with_policy(aws, arn, [{**EVERYBODY, "Sid": "All", "Resource": arn}, *others])

    return build


def with_policy(aws: Aws, arn: str, statements: list[dict[str, object]]) -> str:
    client, text = aws("sqs"), json.dumps({"Version": "2012-10-17", "Statement": statements})
    url = client.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})
    return arn


def a_closed_queue(aws: Aws) -> str:
    """Everybody may send for a topic of the account alone."""
    arn = a_queue(aws, "closed")
    source = {"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:*"}}
    return with_policy(aws, arn, [{**EVERYBODY, "Resource": arn, "Condition": source}])


OWNER: dict[str, object] = {
    "Sid": "Owner",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    "Action": "sqs:*",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:open",
}

CASES = (
    Case("SQS.3", an_open_queue(OWNER), a_closed_queue, GONE),
    Case("SQS.3", an_open_queue(), a_queue, GONE, name="and nothing else"),
    Case(
        "SQS.1",
        a_queue,
        lambda aws: a_queue(aws, "encrypted", KmsMasterKeyId="alias/queue"),
        GONE,
    ),
    Case(
        "SQS.1",
        a_queue,
        lambda aws: a_queue(aws, "managed", SqsManagedSseEnabled="true"),
        name="by a key of SQS",
    ),
    Case("SQS.2", a_queue, lambda aws: a_queue(aws, "owned"), GONE, TAGGING),
)

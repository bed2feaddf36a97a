from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Builder, Case
from tests.unit.findings.services.recording import Overlay, missing

GONE = "arn:aws:sns:eu-west-1:123456789012:none"
ROLE = "arn:aws:iam::123456789012:role/feedback"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def a_topic(aws: Aws, name: str = "events", **attributes: str) -> str:
    tags = cycle.TAG_LIST if name != "owned" else [{"Key": "owner", "Value": "x"}]
    answer = aws("sns").create_topic(Name=name, Attributes=attributes, Tags=tags)
    return str(answer["TopicArn"])


def a_logged_topic(aws: Aws) -> str:
    arn = a_topic(aws, "logged")
    aws("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="SQSFailureFeedbackRoleArn", AttributeValue=ROLE
    )
    return arn


def answering() -> Overlay:
    """The roles for delivery status, which moto takes and does not show."""
    kept: dict[str, dict[str, str]] = {}

    def write(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        kept.setdefault(asked["TopicArn"], {})[asked["AttributeName"]] = asked["AttributeValue"]
        return {}

    def read(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if asked["TopicArn"] == GONE:
            raise missing("NotFound")
        return {"Attributes": kept.get(asked["TopicArn"], {})}

    return {("sns", "SetTopicAttributes"): write, ("sns", "GetTopicAttributes"): read}


def an_open_topic(*others: Mapping[str, Any]) -> Builder:
    """Its policy lets everybody publish, and has `others` besides."""

    def build(aws: Aws) -> str:
        arn = a_topic(aws, "open")
        everybody = {"Sid": "All", "Effect": "Allow", "Principal": {"AWS": "*"}}
        statements = [{**everybody, "Action": "sns:Publish", "Resource": arn}, *others]
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=text)
        return arn

    return build


OWNER = {
    "Sid": "Owner",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    "Action": "sns:Publish",
    "Resource": "arn:aws:sns:eu-west-1:123456789012:open",
}

CASES = (
    Case("SNS.4", an_open_topic(OWNER), a_topic, GONE),
    Case("SNS.4", an_open_topic(), a_topic, GONE, name="and nothing else"),
    Case(
        "SNS.1",
        a_topic,
        lambda aws: a_topic(aws, "encrypted", KmsMasterKeyId="alias/events"),
        GONE,
        {"KmsKeyId": "arn:aws:kms:{region}:{account}:alias/events"},
    ),
    Case(
        "SNS.2",
        a_topic,
        a_logged_topic,
        GONE,
        {"RoleArn": ROLE, "Protocols": ("SQS", "Lambda")},
        overlay=answering,
    ),
    Case("SNS.3", a_topic, lambda aws: a_topic(aws, "owned"), GONE, TAGGING),
)

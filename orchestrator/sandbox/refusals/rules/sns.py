"""Amazon SNS: subjects, names, topic policies and what may be subscribed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moto.sns.models import sns_backends

from orchestrator.sandbox.conditions import matches
from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.refusals.rules.documents import texts

INVALID = "InvalidParameter"
NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
SUBJECT = re.compile(r"[A-Za-z0-9!-/:-@\[-`{-~][ -~]{0,99}")
LARGEST = 30 * 1024
LONGEST = 256 * 1024
PROTOCOLS = {
    "http": re.compile(r"http://\S+"),
    "https": re.compile(r"https://\S+"),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "email-json": re.compile(r"[^@\s]+@[^@\s]+"),
    "sms": re.compile(r"\+?[0-9./ ()-]+"),
    "sqs": re.compile(r"arn:aws[\w-]*:sqs:[\w-]+:\d{12}:\S+"),
    "lambda": re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:\S+"),
    "firehose": re.compile(r"arn:aws[\w-]*:firehose:[\w-]+:\d{12}:deliverystream/\S+"),
    "application": re.compile(r"arn:aws[\w-]*:sns:\S+"),
}
ATTRIBUTES = frozenset(
    {
        *("DeliveryPolicy", "DisplayName", "Policy", "TracingConfig", "KmsMasterKeyId"),
        *("SignatureVersion", "ArchivePolicy", "ContentBasedDeduplication", "FifoTopic"),
        *("FifoThroughputScope", "DataProtectionPolicy"),
    }
)
FEEDBACK = re.compile(
    r"(Application|Firehose|HTTP|Lambda|SQS)(SuccessFeedbackRoleArn|SuccessFeedbackSampleRate|"
    r"FailureFeedbackRoleArn)"
)


def topic(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SNS API Reference, CreateTopic, "Name" and "Attributes"."""
    name = asked.text("Name")
    given = asked.params.get("Attributes") or {}
    stem = name.removesuffix(".fifo")
    if not NAME.fullmatch(stem) or len(name) > 256:
        yield Refused(INVALID, "Invalid parameter: Topic Name")
    if name.endswith(".fifo") != (given.get("FifoTopic") == "true"):
        yield Refused(INVALID, "Invalid parameter: Fifo Topic names must end with .fifo")
    arn = f"arn:aws:sns:{asked.region}:{asked.account_id}:{name}"
    for attribute, value in given.items():
        yield from _attribute(attribute, str(value), arn)


def attribute(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SNS API Reference, SetTopicAttributes."""
    yield from _attribute(
        asked.text("AttributeName"), asked.text("AttributeValue"), asked.text("TopicArn")
    )


def _attribute(name: str, value: str, arn: str) -> Iterator[Refused]:
    if name not in ATTRIBUTES and not FEEDBACK.fullmatch(name):
        yield Refused(INVALID, "Invalid parameter: AttributeName")
    if name == "DisplayName" and len(value) > 100:
        yield Refused(INVALID, "Invalid parameter: DisplayName")
    if name == "DeliveryPolicy" and value and documents.loaded(value) is None:
        yield Refused(INVALID, "Invalid parameter: DeliveryPolicy: failed to parse JSON")
    if name == "SignatureVersion" and value not in ("1", "2"):
        yield Refused(INVALID, "Invalid parameter: SignatureVersion")
    if name == "Policy" and value:
        yield from _policy(value, arn)


def _policy(text: str, arn: str) -> Iterator[Refused]:
    """Source: Amazon SNS Developer Guide, "Amazon SNS access control": one topic, its actions."""
    document = documents.loaded(text)
    if document is None or len(text) > LARGEST:
        yield Refused(INVALID, "Invalid parameter: Policy Error: null")
        return
    for wrong in documents.malformed(document, resources=True, principals=True):
        yield Refused(INVALID, f"Invalid parameter: Policy Error: {wrong}")
    if next(documents.unknown_principals(document), None):
        yield Refused(INVALID, "Invalid parameter: Policy Error: PrincipalNotFound")
    for one in documents.statements(document):
        for action in texts(one.get("Action")) + texts(one.get("NotAction")):
            if not _of_a_topic(action):
                text = "Invalid parameter: Policy statement action out of service scope!"
                yield Refused(INVALID, text)
        for resource in texts(one.get("Resource")):
            if resource != "*" and not matches(resource, arn):
                text = "Invalid parameter: Policy statement must apply to a single resource"
                yield Refused(INVALID, text)


def _of_a_topic(action: str) -> bool:
    """`sns:*` is out of a topic's scope, as is any other service's action.

    `SNS:Receive` is not an action that can be called, but stands in the policy that a topic has by
    default. Source: Amazon SNS Developer Guide, "Amazon SNS access control"; a provider puts that
    policy back where a topic's own is taken away.
    """
    prefix, _, name = action.lower().partition(":")
    known = documents.actions_of("sns") | {"sns:receive"}
    return (
        prefix == "sns" and name not in ("", "*") and any(matches(f"sns:{name}", k) for k in known)
    )


def message(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SNS API Reference, Publish: subject ASCII, no line break, up to 100."""
    subject = asked.params.get("Subject")
    if subject is not None and not SUBJECT.fullmatch(subject):
        yield Refused(INVALID, "Invalid parameter: Subject")
    if not asked.text("Message"):
        yield Refused(INVALID, "Invalid parameter: Empty message")
    if len(asked.text("Message").encode()) > LONGEST:
        yield Refused(INVALID, "Invalid parameter: Message too long")
    structure = asked.text("MessageStructure")
    if structure == "json":
        parts = documents.loaded(asked.text("Message"))
        if parts is None or "default" not in parts:
            text = "Invalid parameter: Message Structure - No default entry in JSON message body"
            yield Refused(INVALID, text)
    elif structure:
        yield Refused(INVALID, "Invalid parameter: MessageStructure")
    arn = asked.text("TopicArn") or asked.text("TargetArn")
    if not arn and not asked.text("PhoneNumber"):
        yield Refused(INVALID, "Invalid parameter: TopicArn or TargetArn Reason: no value")


def subscription(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon SNS API Reference, Subscribe, "Protocol" and "Endpoint"."""
    form = PROTOCOLS.get(asked.text("Protocol"))
    if form is None:
        yield Refused(INVALID, "Invalid parameter: Protocol")
    elif not form.fullmatch(asked.text("Endpoint")):
        yield Refused(INVALID, f"Invalid parameter: {asked.text('Protocol')} Endpoint")
    topic_arn = asked.text("TopicArn")
    parts = topic_arn.split(":")
    if len(parts) == 6 and topic_arn not in sns_backends[parts[4]][parts[3]].topics:
        yield Refused("NotFound", "Topic does not exist", 404)
    if asked.text("Endpoint").endswith(".fifo") and not topic_arn.endswith(".fifo"):
        text = "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to "
        yield Refused(INVALID, text + "standard SNS topics")


RULES: Rules = {
    "CreateTopic": (topic,),
    "SetTopicAttributes": (attribute,),
    "Publish": (message,),
    "Subscribe": (subscription,),
}

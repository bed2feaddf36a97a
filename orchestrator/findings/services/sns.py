"""Topics of SNS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from orchestrator.findings import public_policy
from orchestrator.findings.causes import (
    Call,
    Cause,
    as_text,
    both,
    for_everyone,
    mentions,
    missing,
    policy,
    says,
    untagged,
)
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
    several,
)
from orchestrator.findings.resource_type import ResourceType, looking, seeing
from orchestrator.findings.tags import mapping, tag_control

TOPICS = ("arn:{partition}:sns:{region}:{account}:*",)
PROTOCOLS = ("Application", "Firehose", "HTTP", "Lambda", "SQS")
"""Those whose deliveries SNS can log. Source: SNS Developer Guide, "Message delivery status"."""


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("sns").get_paginator("list_topics").paginate():
        for topic in page["Topics"]:
            yield topic["TopicArn"]


def read(target: Target, aws: Aws) -> Json | None:
    codes = ("NotFound", "NotFoundException")
    answer = unless(codes, aws("sns").get_topic_attributes, TopicArn=target.arn)
    return None if answer is None else answer["Attributes"]


def write(target: Target, aws: Aws, wanted: Mapping[str, str]) -> None:
    for key, value in wanted.items():
        aws("sns").set_topic_attributes(
            TopicArn=target.arn, AttributeName=key, AttributeValue=value
        )


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(aws("sns").list_tags_for_resource(ResourceArn=target.arn)["Tags"])


TOPIC = ResourceType(
    resource_type="AwsSnsTopic",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("sns:ListTopics",), why="SNS lists the topics of the account"),
        Permission(("sns:GetTopicAttributes", "sns:ListTagsForResource"), TOPICS),
    ),
)
CHANGES = Permission(("sns:SetTopicAttributes",), TOPICS)


def unencrypted(topic: Json, _: Target) -> str:
    return "" if topic.get("KmsMasterKeyId") else "messages are not encrypted with a KMS key"


def encrypt(target: Target, aws: Aws, _: Json) -> None:
    write(target, aws, {"KmsMasterKeyId": required(target, "KmsKeyId")})


def roles(protocol: str) -> tuple[str, str]:
    return f"{protocol}SuccessFeedbackRoleArn", f"{protocol}FailureFeedbackRoleArn"


EVERY_ROLE = tuple(key for protocol in PROTOCOLS for key in roles(protocol))


def unlogged(topic: Json, _: Target) -> str:
    return "" if any(topic.get(key) for key in EVERY_ROLE) else "deliveries are not logged"


def log(target: Target, aws: Aws, _: Json) -> None:
    role, protocols = required(target, "RoleArn"), several(target, "Protocols")
    if unknown := sorted(set(protocols) - set(PROTOCOLS)):
        raise Refused(f"SNS logs no deliveries of {', '.join(unknown)}")
    write(target, aws, {key: role for protocol in protocols for key in roles(protocol)})


def unlog(target: Target, aws: Aws, _: Json) -> None:
    keys = [key for protocol in several(target, "Protocols") for key in roles(protocol)]
    write(target, aws, dict.fromkeys(keys, ""))


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("sns").tag_resource(ResourceArn=target.arn, Tags=[{"Key": key, "Value": value}])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("sns").untag_resource(ResourceArn=target.arn, TagKeys=[key])


def set_policy(target: Target, aws: Aws, text: str) -> None:
    write(target, aws, {"Policy": text})


OWNERS = (
    *("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission"),
    *("DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"),
)


def or_owners(target: Target, text: str) -> str:
    """A topic always has a policy; where nothing is left, the one that SNS gives to a new topic.

    Source: Amazon SNS API Reference, CreateTopic, Policy: "By default, only the topic owner can
    publish or subscribe to the topic".
    """
    default = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in OWNERS],
        "Resource": target.arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": target.place.account}},
    }
    return text or json.dumps({"Version": "2008-10-17", "Statement": [default]})


def of_deliveries(call: Call) -> bool:
    """The attribute says who writes of what was delivered."""
    return as_text(call.parameters.get("attributeName")).endswith("FeedbackRoleArn")


REMEDIATIONS = (
    Remediation(
        name="encrypt-topic",
        controls=("SNS.1",),
        causes=(
            Cause("sns", ("CreateTopic",), missing("KmsMasterKeyId")),
            Cause(
                "sns",
                ("SetTopicAttributes",),
                both(says("attributeName", "KmsMasterKeyId"), missing("attributeValue")),
            ),
        ),
        resource_type=TOPIC.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Encrypts the topic's messages with the key you name.",
        breaks="Publishers, AWS services among them, that may not use the key.",
        reads=TOPIC.reads,
        writes=(CHANGES,),
        find=TOPIC.find,
        check=looking(TOPIC, unencrypted),
        before=seeing(TOPIC, lambda topic: {"key": topic.get("KmsMasterKeyId", "")}),
        fix=encrypt,
        undo=lambda target, aws, _: write(target, aws, {"KmsMasterKeyId": ""}),
        tags=TOPIC.tags,
        cost="KMS's price for each use of the key.",
        parameters={"KmsKeyId": Parameter("", "ARN or alias of a key the publishers may use.")},
    ),
    Remediation(
        name="log-deliveries",
        controls=("SNS.2",),
        causes=(
            Cause("sns", ("CreateTopic",)),
            Cause("sns", ("SetTopicAttributes",), both(of_deliveries, missing("attributeValue"))),
        ),
        resource_type=TOPIC.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs in CloudWatch Logs whether the topic's messages were delivered.",
        breaks="Nothing.",
        reads=TOPIC.reads,
        writes=(
            CHANGES,
            Permission(
                ("iam:PassRole",),
                ("arn:{partition}:iam::{account}:role/*",),
                {"StringEquals": {"iam:PassedToService": "sns.amazonaws.com"}},
            ),
        ),
        find=TOPIC.find,
        check=looking(TOPIC, unlogged),
        before=seeing(TOPIC, lambda topic: {key: topic.get(key, "") for key in EVERY_ROLE}),
        fix=log,
        undo=unlog,
        tags=TOPIC.tags,
        cost="CloudWatch Logs' price for a line per delivery.",
        parameters={
            "RoleArn": Parameter("", "The role with which SNS writes to CloudWatch Logs."),
            "Protocols": Parameter(PROTOCOLS, f"Of {', '.join(PROTOCOLS)}."),
        },
    ),
    Remediation(
        name="close-topic",
        controls=("SNS.4",),
        causes=(
            Cause("sns", ("AddPermission",), mentions("*", under="aWSAccountId")),
            Cause("sns", ("SetTopicAttributes",), policy("attributeValue", for_everyone)),
            Cause("sns", ("CreateTopic",), policy("attributes.Policy", for_everyone)),
        ),
        resource_type=TOPIC.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Takes the statements that let everybody in out of the topic's policy.",
        breaks="Publishers and subscribers of other accounts that the policy does not name "
        "otherwise.",
        danger="The public can publish to the topic or subscribe to it again.",
        reads=TOPIC.reads,
        writes=(CHANGES,),
        find=TOPIC.find,
        check=looking(TOPIC, public_policy.fault("Policy")),
        before=seeing(TOPIC, lambda topic: {"Policy": topic["Policy"]}),
        fix=public_policy.narrowing(TOPIC, "Policy", set_policy, or_owners),
        undo=lambda target, aws, before: set_policy(target, aws, before["Policy"]),
        tags=TOPIC.tags,
    ),
    tag_control(
        "SNS.3",
        TOPIC,
        add_tag,
        remove_tag,
        (Permission(("sns:TagResource", "sns:UntagResource"), TOPICS),),
        untagged("sns", ("CreateTopic",), "UntagResource"),
    ),
)

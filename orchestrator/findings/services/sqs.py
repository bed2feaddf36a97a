"""Queues of SQS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from orchestrator.findings import public_policy
from orchestrator.findings.arn import name, of
from orchestrator.findings.causes import (
    Cause,
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
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, keeping, looking, seeing
from orchestrator.findings.tags import tag_control

QUEUES = ("arn:{partition}:sqs:{region}:{account}:*",)
GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
MANAGED = "SqsManagedSseEnabled"


def find(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("sqs").get_paginator("list_queues").paginate():
        for url in page.get("QueueUrls", []):
            yield of(place, "sqs", name(url))


def url(target: Target, aws: Aws) -> str:
    return str(aws("sqs").get_queue_url(QueueName=name(target.arn))["QueueUrl"])


def read(target: Target, aws: Aws) -> Json | None:
    answer = unless(GONE, aws("sqs").get_queue_url, QueueName=name(target.arn))
    if answer is None:
        return None
    found = aws("sqs").get_queue_attributes(
        QueueUrl=answer["QueueUrl"], AttributeNames=["KmsMasterKeyId", MANAGED]
    )
    attributes: Json = {MANAGED: "false", **found.get("Attributes", {})}
    return attributes


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict(aws("sqs").list_queue_tags(QueueUrl=url(target, aws)).get("Tags", {}))


QUEUE = ResourceType(
    resource_type="AwsSqsQueue",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("sqs:ListQueues",), why="SQS lists the queues of the account"),
        Permission(
            ("sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ListQueueTags"),
            QUEUES,
        ),
    ),
)


def unencrypted(queue: Json, _: Target) -> str:
    encrypted = queue.get("KmsMasterKeyId") or queue[MANAGED] == "true"
    return "" if encrypted else "messages are not encrypted at rest"


def encrypt(target: Target, aws: Aws, value: str) -> None:
    aws("sqs").set_queue_attributes(QueueUrl=url(target, aws), Attributes={MANAGED: value})


def read_policy(target: Target, aws: Aws) -> Json | None:
    """SQS says nothing of a policy where there is none."""
    answer = unless(GONE, aws("sqs").get_queue_url, QueueName=name(target.arn))
    if answer is None:
        return None
    found = aws("sqs").get_queue_attributes(QueueUrl=answer["QueueUrl"], AttributeNames=["Policy"])
    return {"Policy": found.get("Attributes", {}).get("Policy", "")}


def set_policy(target: Target, aws: Aws, text: str) -> None:
    """An empty text takes the policy away."""
    aws("sqs").set_queue_attributes(QueueUrl=url(target, aws), Attributes={"Policy": text})


OPEN_QUEUE = replace(QUEUE, read=read_policy)


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("sqs").tag_queue(QueueUrl=url(target, aws), Tags={key: value})


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("sqs").untag_queue(QueueUrl=url(target, aws), TagKeys=[key])


REMEDIATIONS = (
    Remediation(
        name="encrypt-queue",
        controls=("SQS.1",),
        causes=(
            Cause(
                "sqs",
                ("CreateQueue", "SetQueueAttributes"),
                both(says("SqsManagedSseEnabled", "false"), missing("KmsMasterKeyId")),
            ),
            Cause("sqs", ("SetQueueAttributes",), says("KmsMasterKeyId", "")),
        ),
        resource_type=QUEUE.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Encrypts the queue's messages with a key that SQS itself owns.",
        breaks="Nothing: neither senders nor receivers need a right to the key.",
        reads=QUEUE.reads,
        writes=(Permission(("sqs:SetQueueAttributes",), QUEUES),),
        find=QUEUE.find,
        check=looking(QUEUE, unencrypted),
        before=keeping(QUEUE, MANAGED),
        fix=lambda target, aws, _: encrypt(target, aws, "true"),
        undo=lambda target, aws, _: encrypt(target, aws, "false"),
        tags=QUEUE.tags,
    ),
    Remediation(
        name="close-queue",
        controls=("SQS.3",),
        causes=(
            Cause("sqs", ("AddPermission",), mentions("*", under="aWSAccountIds")),
            Cause(
                "sqs",
                ("CreateQueue", "SetQueueAttributes"),
                policy("attributes.Policy", for_everyone),
            ),
        ),
        resource_type=QUEUE.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Takes the statements that let everybody in out of the queue's policy.",
        breaks="Senders and receivers of other accounts that the policy does not name otherwise.",
        danger="The public can send to the queue or read it again.",
        reads=QUEUE.reads,
        writes=(Permission(("sqs:SetQueueAttributes",), QUEUES),),
        find=QUEUE.find,
        check=looking(OPEN_QUEUE, public_policy.fault("Policy")),
        before=seeing(OPEN_QUEUE, dict),
        fix=public_policy.narrowing(OPEN_QUEUE, "Policy", set_policy),
        undo=lambda target, aws, before: set_policy(target, aws, before["Policy"]),
        tags=QUEUE.tags,
    ),
    tag_control(
        "SQS.2",
        QUEUE,
        add_tag,
        remove_tag,
        (Permission(("sqs:TagQueue", "sqs:UntagQueue"), QUEUES),),
        untagged("sqs", ("CreateQueue",), "UntagQueue"),
    ),
)

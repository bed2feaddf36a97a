"""Delivery streams of Amazon Data Firehose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import name, of
from orchestrator.findings.causes import Cause, missing
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking, seeing
from orchestrator.findings.tags import mapping

STREAMS = ("arn:{partition}:firehose:{region}:{account}:deliverystream/*",)
GONE = ("ResourceNotFoundException",)
OWN = {"KeyType": "AWS_OWNED_CMK"}


def find(place: Place, aws: Aws) -> Iterator[str]:
    """Firehose has no paginator: the last name says where the next page begins."""
    more: dict[str, str] = {}
    while True:
        answer = aws("firehose").list_delivery_streams(**more)
        names = answer["DeliveryStreamNames"]
        yield from (of(place, "firehose", f"deliverystream/{each}") for each in names)
        if not answer["HasMoreDeliveryStreams"] or not names:
            return
        more = {"ExclusiveStartDeliveryStreamName": names[-1]}


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("firehose").describe_delivery_stream
    answer = unless(GONE, call, DeliveryStreamName=name(target.arn))
    return None if answer is None else answer["DeliveryStreamDescription"]


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    call = aws("firehose").list_tags_for_delivery_stream
    return mapping(call(DeliveryStreamName=name(target.arn))["Tags"])


STREAM = ResourceType(
    resource_type="AwsKinesisFirehoseDeliveryStream",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(
            ("firehose:ListDeliveryStreams",), why="Firehose lists the streams of the account"
        ),
        Permission(
            ("firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream"), STREAMS
        ),
    ),
    created="CreateTimestamp",
)


def encryption(stream: Json) -> str:
    found = stream.get("DeliveryStreamEncryptionConfiguration") or {}
    return str(found.get("Status", "DISABLED"))


def unencrypted(stream: Json, _: Target) -> str:
    return "" if encryption(stream) == "ENABLED" else "what waits in it is not encrypted"


def changing(stream: Json) -> str:
    return "encryption is being changed" if encryption(stream).endswith("ABLING") else ""


def encrypt(target: Target, aws: Aws, _: Json) -> None:
    """A stream that reads a Kinesis stream is encrypted with that one."""
    found = existing(STREAM, target, aws)
    if not unencrypted(found, target):
        return
    if found["DeliveryStreamType"] != "DirectPut":
        raise Refused("what it reads waits in its source, where it has to be encrypted")
    aws("firehose").start_delivery_stream_encryption(
        DeliveryStreamName=name(target.arn), DeliveryStreamEncryptionConfigurationInput=OWN
    )


def decrypt(target: Target, aws: Aws, _: Json) -> None:
    if encryption(existing(STREAM, target, aws)) != "DISABLED":
        aws("firehose").stop_delivery_stream_encryption(DeliveryStreamName=name(target.arn))


REMEDIATIONS = (
    Remediation(
        name="encrypt-delivery-stream",
        controls=("DataFirehose.1",),
        causes=(
            Cause(
                "firehose",
                ("CreateDeliveryStream",),
                missing("deliveryStreamEncryptionConfigurationInput"),
            ),
            Cause("firehose", ("StopDeliveryStreamEncryption",)),
        ),
        resource_type=STREAM.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Encrypts what waits in the stream with a key that AWS owns.",
        breaks="Nothing: nobody needs a right to the key.",
        reads=STREAM.reads,
        writes=(
            Permission(
                (
                    *("firehose:StartDeliveryStreamEncryption",),
                    "firehose:StopDeliveryStreamEncryption",
                ),
                STREAMS,
            ),
        ),
        find=STREAM.find,
        check=looking(STREAM, unencrypted, changing),
        before=seeing(STREAM, lambda stream: {"encrypted": encryption(stream) == "ENABLED"}),
        fix=encrypt,
        undo=decrypt,
        tags=STREAM.tags,
    ),
)

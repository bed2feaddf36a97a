"""Data streams of Kinesis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import ge
from typing import Any

from orchestrator.findings.arn import name, of
from orchestrator.findings.causes import Cause, below, untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Risk,
    Target,
    number,
    text,
)
from orchestrator.findings.resource_type import ResourceType, Setting, existing
from orchestrator.findings.tags import mapping, tag_control

STREAMS = ("arn:{partition}:kinesis:{region}:{account}:stream/*",)
HOURS = "RetentionPeriodHours"


def find(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("kinesis").get_paginator("list_streams").paginate():
        for stream in page["StreamNames"]:
            yield of(place, "kinesis", f"stream/{stream}")


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("kinesis").describe_stream_summary
    answer = unless(("ResourceNotFoundException",), call, StreamName=name(target.arn))
    return None if answer is None else answer["StreamDescriptionSummary"]


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(aws("kinesis").list_tags_for_stream(StreamName=name(target.arn))["Tags"])


STREAM = ResourceType(
    resource_type="AwsKinesisStream",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("kinesis:ListStreams",), why="Kinesis lists the streams of the account"),
        Permission(("kinesis:DescribeStreamSummary", "kinesis:ListTagsForStream"), STREAMS),
    ),
    created="StreamCreationTimestamp",
)


def moving(stream: Json) -> str:
    status = stream.get("StreamStatus", "ACTIVE")
    return "" if status == "ACTIVE" else f"the stream is {status}"


def encrypted(target: Target) -> Mapping[str, Any]:
    return {"EncryptionType": "KMS", "KeyId": text(target, "KmsKeyId")}


def set_encryption(target: Target, aws: Aws, wanted: Json) -> None:
    now, own = existing(STREAM, target, aws), name(target.arn)
    if wanted["EncryptionType"] == "KMS":
        aws("kinesis").start_stream_encryption(
            StreamName=own, EncryptionType="KMS", KeyId=wanted["KeyId"]
        )
    elif now["EncryptionType"] == "KMS":
        aws("kinesis").stop_stream_encryption(
            StreamName=own, EncryptionType="KMS", KeyId=now["KeyId"]
        )


def any_key(found: Any, wanted: Any) -> bool:
    """Whether it is encrypted at all: the control asks for no key in particular."""
    return bool(found == wanted) or (bool(found) and wanted != "KMS")


def long_enough(target: Target) -> Mapping[str, Any]:
    return {HOURS: number(target, "minimumBackupRetentionPeriod")}


def set_hours(target: Target, aws: Aws, wanted: Json) -> None:
    now, hours = existing(STREAM, target, aws)[HOURS], wanted[HOURS]
    arguments = {"StreamName": name(target.arn), HOURS: hours}
    if hours > now:
        aws("kinesis").increase_stream_retention_period(**arguments)
    elif hours < now:
        aws("kinesis").decrease_stream_retention_period(**arguments)


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("kinesis").add_tags_to_stream(StreamName=name(target.arn), Tags={key: value})


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("kinesis").remove_tags_from_stream(StreamName=name(target.arn), TagKeys=[key])


REMEDIATIONS = (
    Setting(
        kind=STREAM,
        wanted=encrypted,
        change=set_encryption,
        fault="records are not encrypted at rest",
        enough=any_key,
        unclear=moving,
    ).remediation(
        ("EncryptionType",),
        name="encrypt-stream",
        controls=("Kinesis.1",),
        causes=(Cause("kinesis", ("CreateStream", "StopStreamEncryption")),),
        risk=Risk.DISRUPTIVE,
        effect="Encrypts what is written to the stream from now on.",
        breaks="Producers and consumers that may not use the key, when it is one of your own.",
        writes=(
            Permission(
                ("kinesis:StartStreamEncryption", "kinesis:StopStreamEncryption"),
                (*STREAMS, "arn:{partition}:kms:*:{account}:key/*"),
            ),
        ),
        cost="KMS's price for each use of the key.",
        parameters={
            "KmsKeyId": Parameter(
                "alias/aws/kinesis",
                "ARN or alias of the key; the one that AWS manages when not set.",
            )
        },
    ),
    tag_control(
        "Kinesis.2",
        STREAM,
        add_tag,
        remove_tag,
        (Permission(("kinesis:AddTagsToStream", "kinesis:RemoveTagsFromStream"), STREAMS),),
        untagged("kinesis", ("CreateStream",), "RemoveTagsFromStream"),
    ),
    Setting(
        kind=STREAM,
        wanted=long_enough,
        change=set_hours,
        fault="records are deleted too early",
        enough=ge,
        unclear=moving,
    ).remediation(
        (HOURS,),
        name="keep-stream-records",
        controls=("Kinesis.3",),
        causes=(
            Cause("kinesis", ("CreateStream",)),
            Cause(
                "kinesis", ("DecreaseStreamRetentionPeriod",), below("retentionPeriodHours", 168)
            ),
        ),
        risk=Risk.REVERSIBLE,
        effect="Keeps the stream's records longer.",
        breaks="Nothing; undo deletes records that are older than the period was before.",
        writes=(
            Permission(
                (
                    "kinesis:IncreaseStreamRetentionPeriod",
                    "kinesis:DecreaseStreamRetentionPeriod",
                ),
                STREAMS,
            ),
        ),
        cost="Kinesis' price for each shard hour past 24 hours of retention.",
        parameters={
            "minimumBackupRetentionPeriod": Parameter(
                168, "Hours to keep records at least.", "minimumBackupRetentionPeriod"
            )
        },
    ),
)

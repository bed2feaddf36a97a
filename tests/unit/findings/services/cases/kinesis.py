from __future__ import annotations

from collections.abc import Mapping

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
GONE = "arn:aws:kinesis:eu-west-1:123456789012:stream/none"


def a_stream(aws: Aws, name: str = "clicks", tags: Mapping[str, str] = cycle.TAGS) -> str:
    aws("kinesis").create_stream(StreamName=name, ShardCount=1)
    aws("kinesis").add_tags_to_stream(StreamName=name, Tags=dict(tags))
    return f"arn:aws:kinesis:eu-west-1:123456789012:stream/{name}"


def encrypted(aws: Aws) -> str:
    arn = a_stream(aws, "encrypted")
    aws("kinesis").start_stream_encryption(
        StreamName="encrypted", EncryptionType="KMS", KeyId="alias/own"
    )
    return arn


def kept(aws: Aws) -> str:
    arn = a_stream(aws, "kept")
    aws("kinesis").increase_stream_retention_period(StreamName="kept", RetentionPeriodHours=200)
    return arn


CASES = (
    Case("Kinesis.1", a_stream, encrypted, GONE),
    Case("Kinesis.2", a_stream, lambda aws: a_stream(aws, "owned", {"owner": "x"}), GONE, TAGGING),
    Case("Kinesis.3", a_stream, kept, GONE),
)

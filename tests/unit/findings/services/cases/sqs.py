from __future__ import annotations

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

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


CASES = (
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

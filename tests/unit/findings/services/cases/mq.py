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
GONE = "arn:aws:mq:eu-west-1:123456789012:broker:none:b-00000000-0000-0000-0000-000000000000"


def a_broker(
    aws: Aws,
    *,
    upgraded: bool = False,
    tags: Mapping[str, str] = cycle.TAGS,
    audit: bool = False,
) -> str:
    answer = aws("mq").create_broker(
        BrokerName="new" if upgraded else "old",
        EngineType="ACTIVEMQ",
        EngineVersion="5.18",
        DeploymentMode="SINGLE_INSTANCE",
        HostInstanceType="mq.t3.micro",
        PubliclyAccessible=False,
        AutoMinorVersionUpgrade=upgraded,
        Users=[{"Username": "admin", "Password": "correct-horse-battery"}],
        Tags=dict(tags),
        Logs={"Audit": audit, "General": True},
    )
    return str(answer["BrokerArn"])


CASES = (
    Case("MQ.2", a_broker, lambda aws: a_broker(aws, upgraded=True, audit=True), GONE),
    Case("MQ.3", a_broker, lambda aws: a_broker(aws, upgraded=True), GONE),
    Case(
        "MQ.4",
        a_broker,
        lambda aws: a_broker(aws, upgraded=True, tags={"owner": "x"}),
        GONE,
        TAGGING,
    ),
)

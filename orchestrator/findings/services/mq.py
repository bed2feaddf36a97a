"""Brokers of Amazon MQ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import name
from orchestrator.findings.causes import Cause, omits, says, untagged
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
from orchestrator.findings.resource_type import (
    ResourceType,
    Setting,
    always,
    looking,
    seeing,
)
from orchestrator.findings.tags import tag_control

BROKERS = ("arn:{partition}:mq:{region}:{account}:broker:*",)
MINOR = "AutoMinorVersionUpgrade"


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("mq").get_paginator("list_brokers").paginate():
        for broker in page["BrokerSummaries"]:
            yield broker["BrokerArn"]


def read(target: Target, aws: Aws) -> Json | None:
    """'b-…' is the id, at the end of the ARN."""
    found: Json | None = unless(
        ("NotFoundException",), aws("mq").describe_broker, BrokerId=name(target.arn)
    )
    return found


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict((read(target, aws) or {}).get("Tags", {}))


BROKER = ResourceType(
    resource_type="AwsAmazonMqBroker",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("mq:ListBrokers",), why="Amazon MQ lists the brokers of the account"),
        Permission(("mq:DescribeBroker",), BROKERS),
    ),
    created="Created",
)


def set_minor(target: Target, aws: Aws, wanted: Json) -> None:
    aws("mq").update_broker(BrokerId=name(target.arn), AutoMinorVersionUpgrade=wanted[MINOR])


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("mq").create_tags(ResourceArn=target.arn, Tags={key: value})


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("mq").delete_tags(ResourceArn=target.arn, TagKeys=[key])


def audits(broker: Json) -> bool:
    return bool((broker.get("Logs") or {}).get("Audit"))


def unaudited(broker: Json, _: Target) -> str:
    """RabbitMQ has no audit log. Source: AWS Security Hub User Guide, MQ.2."""
    if broker["EngineType"].upper() != "ACTIVEMQ" or audits(broker):
        return ""
    return "what administrators do is not logged"


def waiting(broker: Json) -> str:
    """Source: Amazon MQ Developer Guide: a broker logs otherwise when it has restarted."""
    pending = ((broker.get("Logs") or {}).get("Pending") or {}).get("Audit")
    return "the broker has to restart, in its maintenance window or by hand" if pending else ""


def audit(target: Target, aws: Aws, wanted: bool) -> None:
    found = (read(target, aws) or {}).get("Logs") or {}
    logs = {"Audit": wanted, "General": bool(found.get("General"))}
    aws("mq").update_broker(BrokerId=name(target.arn), Logs=logs)


REMEDIATIONS = (
    Remediation(
        name="log-audits-of-broker",
        controls=("MQ.2",),
        causes=(
            Cause("amazonmq", ("CreateBroker",), omits("audit", "true")),
            Cause("amazonmq", ("UpdateBroker",), says("audit", "false")),
        ),
        resource_type=BROKER.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Sends the ActiveMQ broker's audit log to CloudWatch Logs.",
        breaks="Nothing until the broker restarts, in its maintenance window or by hand.",
        reads=BROKER.reads,
        writes=(Permission(("mq:UpdateBroker",), BROKERS),),
        find=BROKER.find,
        check=looking(BROKER, unaudited, waiting),
        before=seeing(BROKER, lambda broker: {"Audit": audits(broker)}),
        fix=lambda target, aws, _: audit(target, aws, True),
        undo=lambda target, aws, before: audit(target, aws, bool(before["Audit"])),
        tags=BROKER.tags,
        cost="CloudWatch Logs' price for what is audited.",
    ),
    Setting(
        kind=BROKER,
        wanted=always(**{MINOR: True}),
        change=set_minor,
        fault="minor versions are not installed by themselves",
    ).remediation(
        (MINOR,),
        name="upgrade-broker",
        controls=("MQ.3",),
        causes=(
            Cause(
                "amazonmq",
                ("CreateBroker", "UpdateBroker"),
                says("autoMinorVersionUpgrade", "false"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Has Amazon MQ install minor versions in the maintenance window.",
        breaks="A broker with one instance is away for a while when a version is installed.",
        writes=(Permission(("mq:UpdateBroker",), BROKERS),),
    ),
    tag_control(
        "MQ.4",
        BROKER,
        add_tag,
        remove_tag,
        (Permission(("mq:CreateTags", "mq:DeleteTags"), BROKERS),),
        untagged("amazonmq", ("CreateBroker",), "DeleteTags"),
    ),
)

"""Brokers of Amazon MQ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import name
from orchestrator.findings.causes import Cause, says, untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Risk, Target
from orchestrator.findings.resource_type import ResourceType, Setting, always
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


REMEDIATIONS = (
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

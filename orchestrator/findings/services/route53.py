"""Health checks and hosted zones of Route 53, a global service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.findings.arn import name
from orchestrator.findings.causes import Cause
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking, seeing
from orchestrator.findings.tag_calls import Style, Tagged
from orchestrator.findings.tags import mapping

CHECK = {"ResourceType": "healthcheck"}


def arn(place: Place, row: Any) -> str:
    """Source: Service Authorization Reference, Amazon Route 53, resource types."""
    return f"arn:{place.partition}:route53:::healthcheck/{row['Id']}"


TAGGED = Tagged(
    control="Route53.1",
    kind="AwsRoute53HealthCheck",
    client="route53",
    iam="route53",
    listing="ListHealthChecks",
    rows="HealthChecks",
    arn=arn,
    resources="arn:{partition}:route53:::healthcheck/*",
    style=Style(
        "ListTagsForResource",
        lambda given, *_: {"ResourceId": name(given), **CHECK},
        "ChangeTagsForResource",
        lambda given, key, value: {
            "ResourceId": name(given),
            "AddTags": [{"Key": key, "Value": value}],
            **CHECK,
        },
        "ChangeTagsForResource",
        lambda given, key, _: {"ResourceId": name(given), "RemoveTagKeys": [key], **CHECK},
    ),
    made_by=("CreateHealthCheck",),
)

ZONES = ("arn:{partition}:route53:::hostedzone/*",)


def find_zones(place: Place, aws: Aws) -> Iterator[str]:
    """Those that the internet asks; private ones log in another way."""
    for page in aws("route53").get_paginator("list_hosted_zones").paginate():
        for zone in page["HostedZones"]:
            if not zone.get("Config", {}).get("PrivateZone"):
                yield f"arn:{place.partition}:route53:::{zone['Id'].lstrip('/')}"


def read_zone(target: Target, aws: Aws) -> Json | None:
    """The logging of its queries: a zone has one at most."""
    answer = unless(("NoSuchHostedZone",), aws("route53").get_hosted_zone, Id=name(target.arn))
    if answer is None:
        return None
    pages = aws("route53").get_paginator("list_query_logging_configs").paginate()
    all_of = (each for page in pages for each in page["QueryLoggingConfigs"])
    found = [each["Id"] for each in all_of if name(each["HostedZoneId"]) == name(target.arn)]
    return {"Private": answer["HostedZone"].get("Config", {}).get("PrivateZone"), "Logs": found}


def zone_tags(target: Target, aws: Aws) -> Mapping[str, str]:
    call = aws("route53").list_tags_for_resource
    answer = call(ResourceType="hostedzone", ResourceId=name(target.arn))
    return mapping(answer["ResourceTagSet"]["Tags"])


ZONE = ResourceType(
    resource_type="AwsRoute53HostedZone",
    find=find_zones,
    read=read_zone,
    tags=zone_tags,
    reads=(
        Permission(
            ("route53:ListHostedZones", "route53:ListQueryLoggingConfigs"),
            why="Route 53 lists the account's zones, and the logging of all of them",
        ),
        Permission(("route53:GetHostedZone", "route53:ListTagsForResource"), ZONES),
    ),
)


def unlogged(zone: Json, _: Target) -> str:
    return "" if zone["Logs"] or zone["Private"] else "queries of its names are not logged"


def log(target: Target, aws: Aws, _: Json) -> None:
    if not existing(ZONE, target, aws)["Logs"]:
        aws("route53").create_query_logging_config(
            HostedZoneId=name(target.arn),
            CloudWatchLogsLogGroupArn=required(target, "LogGroupArn"),
        )


def unlog(target: Target, aws: Aws, before: Json) -> None:
    for each in set(existing(ZONE, target, aws)["Logs"]) - set(before["Logs"]):
        aws("route53").delete_query_logging_config(Id=each)


REMEDIATIONS = (
    Remediation(
        name="log-name-queries",
        controls=("Route53.2",),
        causes=(Cause("route53", ("CreateHostedZone", "DeleteQueryLoggingConfig")),),
        resource_type=ZONE.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs the queries of the zone's names in the log group you name.",
        breaks="Nothing.",
        reads=ZONE.reads,
        writes=(
            Permission(("route53:CreateQueryLoggingConfig",), ZONES),
            Permission(
                ("route53:DeleteQueryLoggingConfig",),
                ("arn:{partition}:route53:::queryloggingconfig/*",),
            ),
        ),
        find=ZONE.find,
        check=looking(ZONE, unlogged),
        before=seeing(ZONE, lambda zone: {"Logs": zone["Logs"]}),
        fix=log,
        undo=unlog,
        tags=ZONE.tags,
        cost="CloudWatch Logs' price for each query.",
        parameters={
            "LogGroupArn": Parameter(
                "",
                "ARN of a log group of us-east-1 that lets Route 53 write; required.",
            )
        },
        everywhere=True,
    ),
    replace(TAGGED.remediation, everywhere=True),
)

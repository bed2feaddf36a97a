"""Workgroups of Redshift Serverless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.causes import Cause, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, Setting, always
from orchestrator.findings.tags import mapping

GROUPS = ("arn:{partition}:redshift-serverless:{region}:{account}:workgroup/*",)
PUBLIC, ROUTED = "publiclyAccessible", "enhancedVpcRouting"


def all_of(aws: Aws) -> Iterator[Json]:
    for page in aws("redshift-serverless").get_paginator("list_workgroups").paginate():
        yield from page["workgroups"]


def find(_: Place, aws: Aws) -> Iterator[str]:
    return (group["workgroupArn"] for group in all_of(aws))


def read(target: Target, aws: Aws) -> Json | None:
    """From the list: an ARN has an id, and calls take names."""
    return next((group for group in all_of(aws) if group["workgroupArn"] == target.arn), None)


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    call = aws("redshift-serverless").list_tags_for_resource
    return mapping(call(resourceArn=target.arn)["tags"], "key", "value")


GROUP = ResourceType(
    resource_type="AwsRedshiftServerlessWorkgroup",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(
            ("redshift-serverless:ListWorkgroups",),
            why="Redshift Serverless lists the workgroups of the account",
        ),
        Permission(("redshift-serverless:ListTagsForResource",), GROUPS),
    ),
    created="creationDate",
)


def busy(group: Json) -> str:
    return "the workgroup is being changed" if group.get("status") == "MODIFYING" else ""


def change(target: Target, aws: Aws, wanted: Json) -> None:
    found = read(target, aws) or {}
    aws("redshift-serverless").update_workgroup(
        workgroupName=found["workgroupName"], **{key: bool(wanted[key]) for key in wanted}
    )


WRITES = (Permission(("redshift-serverless:UpdateWorkgroup",), GROUPS),)


def setting(key: str, value: bool, fault: str) -> Setting:
    return Setting(GROUP, always(**{key: value}), change, fault, unclear=busy)


REMEDIATIONS: tuple[Remediation, ...] = (
    setting(ROUTED, True, "COPY and UNLOAD go over the internet").remediation(
        (ROUTED,),
        name="route-serverless-warehouse",
        controls=("RedshiftServerless.1",),
        causes=(
            Cause("redshift-serverless", ("CreateWorkgroup",), omits(ROUTED, "true")),
            Cause("redshift-serverless", ("UpdateWorkgroup",), says(ROUTED, "false")),
        ),
        risk=Risk.DISRUPTIVE,
        effect="COPY and UNLOAD go through the VPC, its endpoints and security groups.",
        breaks="COPY and UNLOAD where the VPC has no way to S3 and other sources.",
        writes=WRITES,
        by_hand="Whether the VPC has a way to every source of data, only its owner knows.",
    ),
    setting(PUBLIC, False, "it can be reached from the internet").remediation(
        (PUBLIC,),
        name="make-serverless-warehouse-private",
        controls=("RedshiftServerless.3",),
        causes=(
            Cause(
                "redshift-serverless",
                ("CreateWorkgroup", "UpdateWorkgroup"),
                says(PUBLIC, "true"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="The workgroup has its private address alone.",
        breaks="Clients outside of the VPC that connect from the internet.",
        danger="The workgroup answers on a public address again.",
        writes=WRITES,
    ),
)

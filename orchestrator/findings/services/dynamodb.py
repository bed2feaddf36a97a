"""Tables of DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import name, of
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
from orchestrator.findings.resource_type import ResourceType, keeping, looking
from orchestrator.findings.services import dynamodb_scaling
from orchestrator.findings.tags import mapping, tag_control

TABLES = ("arn:{partition}:dynamodb:{region}:{account}:table/*",)
GONE = ("ResourceNotFoundException", "TableNotFoundException")


def find(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("dynamodb").get_paginator("list_tables").paginate():
        for table in page["TableNames"]:
            yield of(place, "dynamodb", f"table/{table}")


def read(target: Target, aws: Aws) -> Json | None:
    answer = unless(GONE, aws("dynamodb").describe_table, TableName=name(target.arn))
    return None if answer is None else answer["Table"]


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    call = aws("dynamodb").get_paginator("list_tags_of_resource").paginate
    return mapping(tag for page in call(ResourceArn=target.arn) for tag in page["Tags"])


READS = (
    Permission(
        ("dynamodb:ListTables",),
        why="DynamoDB lists the tables of the account",
    ),
    Permission(("dynamodb:DescribeTable", "dynamodb:ListTagsOfResource"), TABLES),
)
TABLE = ResourceType(
    resource_type="AwsDynamoDbTable",
    find=find,
    read=read,
    tags=tags,
    reads=READS,
    created="CreationDateTime",
)


def moving(table: Json) -> str:
    """A table that is being changed takes no other change, and may pass when it comes to rest."""
    status = table.get("TableStatus", "ACTIVE")
    return "" if status == "ACTIVE" else f"the table is {status}"


def unprotected(table: Json, _: Target) -> str:
    return "" if table.get("DeletionProtectionEnabled") else "all who may delete it can"


def protect(target: Target, aws: Aws, enabled: bool) -> None:
    aws("dynamodb").update_table(TableName=name(target.arn), DeletionProtectionEnabled=enabled)


def read_backups(target: Target, aws: Aws) -> Json | None:
    call = aws("dynamodb").describe_continuous_backups
    answer = unless(GONE, call, TableName=name(target.arn))
    if answer is None:
        return None
    found: Json = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return found


RECOVERABLE = ResourceType(
    resource_type=TABLE.resource_type,
    find=find,
    read=read_backups,
    tags=tags,
    reads=(
        READS[0],
        Permission(("dynamodb:DescribeContinuousBackups", "dynamodb:ListTagsOfResource"), TABLES),
    ),
)


def unrecoverable(backups: Json, _: Target) -> str:
    enabled = backups["PointInTimeRecoveryStatus"] == "ENABLED"
    return "" if enabled else "it cannot be restored to a point in time"


def record(target: Target, aws: Aws, enabled: bool) -> None:
    aws("dynamodb").update_continuous_backups(
        TableName=name(target.arn),
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
    )


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("dynamodb").tag_resource(ResourceArn=target.arn, Tags=[{"Key": key, "Value": value}])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("dynamodb").untag_resource(ResourceArn=target.arn, TagKeys=[key])


REMEDIATIONS = (
    *dynamodb_scaling.remediations(TABLE),
    Remediation(
        name="recover-table-to-point-in-time",
        controls=("DynamoDB.2",),
        causes=(
            Cause("dynamodb", ("CreateTable",)),
            Cause(
                "dynamodb",
                ("UpdateContinuousBackups",),
                says("pointInTimeRecoveryEnabled", "false"),
            ),
        ),
        resource_type=RECOVERABLE.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Turns on point-in-time recovery of the table.",
        breaks="Nothing; undo deletes what could be restored until then.",
        reads=RECOVERABLE.reads,
        writes=(Permission(("dynamodb:UpdateContinuousBackups",), TABLES),),
        find=RECOVERABLE.find,
        check=looking(RECOVERABLE, unrecoverable),
        before=keeping(RECOVERABLE, "PointInTimeRecoveryStatus"),
        fix=lambda target, aws, _: record(target, aws, True),
        undo=lambda target, aws, _: record(target, aws, False),
        tags=RECOVERABLE.tags,
        cost="A price per gigabyte of the table and month.",
    ),
    tag_control(
        "DynamoDB.5",
        TABLE,
        add_tag,
        remove_tag,
        (Permission(("dynamodb:TagResource", "dynamodb:UntagResource"), TABLES),),
        untagged("dynamodb", ("CreateTable",), "UntagResource"),
    ),
    Remediation(
        name="protect-table",
        controls=("DynamoDB.6",),
        causes=(
            Cause("dynamodb", ("CreateTable",), omits("deletionProtectionEnabled", "true")),
            Cause("dynamodb", ("UpdateTable",), says("deletionProtectionEnabled", "false")),
        ),
        resource_type=TABLE.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Turns on deletion protection of the table.",
        breaks="Who deletes the table has to turn the protection off first.",
        reads=TABLE.reads,
        writes=(Permission(("dynamodb:UpdateTable",), TABLES),),
        find=TABLE.find,
        check=looking(TABLE, unprotected, moving),
        before=keeping(TABLE, "DeletionProtectionEnabled"),
        fix=lambda target, aws, _: protect(target, aws, True),
        undo=lambda target, aws, _: protect(target, aws, False),
        tags=TABLE.tags,
    ),
)

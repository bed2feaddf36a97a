"""Workgroups of Athena."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botocore.exceptions import ClientError

from orchestrator.findings.answers import by_token
from orchestrator.findings.arn import name, of
from orchestrator.findings.causes import Cause, omits, says, untagged
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, looking, seeing
from orchestrator.findings.tags import mapping, tag_control

WORKGROUPS = ("arn:{partition}:athena:{region}:{account}:workgroup/*",)


def find(place: Place, aws: Aws) -> Iterator[str]:
    for group in by_token(aws("athena").list_work_groups, "WorkGroups"):
        yield of(place, "athena", f"workgroup/{group['Name']}")


def read(target: Target, aws: Aws) -> Json | None:
    """What Athena says; it has one code for a missing workgroup and for a malformed request."""
    try:
        answer = aws("athena").get_work_group(WorkGroup=name(target.arn))
    except ClientError as error:
        if "is not found" in str(error):
            return None
        raise
    found: Json | None = answer.get("WorkGroup")
    return found


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    listed = by_token(aws("athena").list_tags_for_resource, "Tags", ResourceARN=target.arn)
    return mapping(listed)


WORKGROUP = ResourceType(
    resource_type="AwsAthenaWorkGroup",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("athena:ListWorkGroups",), why="Athena lists workgroups for the whole account"),
        Permission(("athena:GetWorkGroup", "athena:ListTagsForResource"), WORKGROUPS),
    ),
    created="CreationTime",
)


def measured(group: Json) -> bool:
    return bool(group.get("Configuration", {}).get("PublishCloudWatchMetricsEnabled"))


def unmeasured(group: Json, _: Target) -> str:
    return "" if measured(group) else "no metrics of its queries are published to CloudWatch"


def publish(target: Target, aws: Aws, enabled: bool) -> None:
    aws("athena").update_work_group(
        WorkGroup=name(target.arn),
        ConfigurationUpdates={"PublishCloudWatchMetricsEnabled": enabled},
    )


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("athena").tag_resource(ResourceARN=target.arn, Tags=[{"Key": key, "Value": value}])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("athena").untag_resource(ResourceARN=target.arn, TagKeys=[key])


REMEDIATIONS = (
    Remediation(
        name="measure-athena-workgroup",
        controls=("Athena.4",),
        causes=(
            Cause("athena", ("CreateWorkGroup",), omits("publishCloudWatchMetricsEnabled", "true")),
            Cause("athena", ("UpdateWorkGroup",), says("publishCloudWatchMetricsEnabled", "false")),
        ),
        resource_type=WORKGROUP.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Publishes metrics of the workgroup's queries to CloudWatch.",
        breaks="Nothing: queries run as before.",
        reads=WORKGROUP.reads,
        writes=(Permission(("athena:UpdateWorkGroup",), WORKGROUPS),),
        find=WORKGROUP.find,
        check=looking(WORKGROUP, unmeasured),
        before=seeing(WORKGROUP, lambda group: {"measured": measured(group)}),
        fix=lambda target, aws, _: publish(target, aws, True),
        undo=lambda target, aws, _: publish(target, aws, False),
        tags=WORKGROUP.tags,
    ),
    tag_control(
        "Athena.3",
        WORKGROUP,
        add_tag,
        remove_tag,
        (Permission(("athena:TagResource", "athena:UntagResource"), WORKGROUPS),),
        untagged("athena", ("CreateWorkGroup",), "UntagResource"),
    ),
)

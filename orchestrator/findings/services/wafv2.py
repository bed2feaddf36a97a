"""Web ACLs of AWS WAF, those of a region. Those of CloudFront are looked at by nobody here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from orchestrator.findings.tags import mapping

ACLS = ("arn:{partition}:wafv2:{region}:{account}:regional/webacl/*/*",)
GONE = ("WAFNonexistentItemException",)
DELIVERY = (
    *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups"),
    *("logs:DescribeResourcePolicies", "logs:PutResourcePolicy"),
)
"""Source: AWS WAF Developer Guide, "Permissions to publish logs to CloudWatch Logs"."""


def all_of(aws: Aws) -> Iterator[Json]:
    """WAF has no paginator, and says where the next page begins."""
    more: dict[str, str] = {}
    while True:
        answer = aws("wafv2").list_web_acls(Scope="REGIONAL", **more)
        yield from answer["WebACLs"]
        if not answer.get("NextMarker"):
            return
        more = {"NextMarker": answer["NextMarker"]}


def find(_: Place, aws: Aws) -> Iterator[str]:
    return (each["ARN"] for each in all_of(aws))


def read(target: Target, aws: Aws) -> Json | None:
    """Where its requests are logged to; WAF says by an error that it is nowhere."""
    if target.arn not in find(target.place, aws):
        return None
    call = aws("wafv2").get_logging_configuration
    answer = unless(GONE, call, ResourceArn=target.arn) or {}
    found = answer.get("LoggingConfiguration", {})
    return {"Destinations": list(found.get("LogDestinationConfigs", []))}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    answer = aws("wafv2").list_tags_for_resource(ResourceARN=target.arn)
    return mapping(answer["TagInfoForResource"]["TagList"])


ACL = ResourceType(
    resource_type="AwsWafv2WebAcl",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("wafv2:ListWebACLs",), why="WAF lists the web ACLs of the account"),
        Permission(("wafv2:GetLoggingConfiguration", "wafv2:ListTagsForResource"), ACLS),
    ),
)


def unlogged(acl: Json, _: Target) -> str:
    return "" if acl["Destinations"] else "its requests are not logged"


def log(target: Target, aws: Aws, _: Json) -> None:
    if existing(ACL, target, aws)["Destinations"]:
        return
    aws("wafv2").put_logging_configuration(
        LoggingConfiguration={
            "ResourceArn": target.arn,
            "LogDestinationConfigs": [required(target, "LogGroupArn")],
        }
    )


def unlog(target: Target, aws: Aws, _: Json) -> None:
    unless(GONE, aws("wafv2").delete_logging_configuration, ResourceArn=target.arn)


REMEDIATIONS = (
    Remediation(
        name="log-web-requests",
        controls=("WAF.11",),
        causes=(Cause("wafv2", ("CreateWebACL", "DeleteLoggingConfiguration")),),
        resource_type=ACL.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs the requests that the web ACL looks at in the log group you name.",
        breaks="Nothing. Logs hold what visitors send, such as cookies, unless it is redacted.",
        reads=ACL.reads,
        writes=(
            Permission(("wafv2:PutLoggingConfiguration", "wafv2:DeleteLoggingConfiguration"), ACLS),
            Permission(
                ("iam:CreateServiceLinkedRole",),
                ("arn:{partition}:iam::{account}:role/aws-service-role/wafv2.amazonaws.com/*",),
            ),
            Permission(DELIVERY, why="log deliveries have no ARNs"),
        ),
        find=ACL.find,
        check=looking(ACL, unlogged),
        before=seeing(ACL, dict),
        fix=log,
        undo=unlog,
        tags=ACL.tags,
        cost="CloudWatch Logs' price for each request.",
        parameters={
            "LogGroupArn": Parameter(
                "", "ARN of a log group whose name begins with 'aws-waf-logs-'; required."
            )
        },
    ),
)

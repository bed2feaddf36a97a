"""Roles that a call hands over: who does so needs `iam:PassRole` on each.

Any whole ARN of a role in a member whose name speaks of a role is taken as handed over. Which
service it is handed to the reference does not say: the service that is called, but for SERVICES.
Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.sandbox.exchange import Call

ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")
NOT_PASSED = frozenset({"iam", "sts", "kms", "accessanalyzer", "lakeformation", "ram"})
"""Services to which a role is a subject, or somebody to be let in."""

SERVICES: Mapping[str, str] = {
    "application-autoscaling": "application-autoscaling.amazonaws.com",
    "autoscaling": "ec2.amazonaws.com",
    "ec2:CreateFlowLogs": "vpc-flow-logs.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "opensearch": "opensearchservice.amazonaws.com",
    "osis": "osis-pipelines.amazonaws.com",
    "rds": "monitoring.rds.amazonaws.com",
    "stepfunctions": "states.amazonaws.com",
}
"""Source: the service's own guide, on the role it is given."""

MEMBERS: Mapping[str, str] = {
    "securitylake.metaStoreManagerRoleArn": "lambda.amazonaws.com",
    "securitylake.roleArn": "s3.amazonaws.com",
}
"""Where one call hands over several. Source: the managed policy AmazonSecurityLakeAdministrator."""

Members = Mapping[str, Any]


def passed(call: Call, members: Members) -> tuple[tuple[str, str], ...]:
    """Pairs of a role's ARN and the service it is handed to."""
    if call.service in NOT_PASSED or call.operation.startswith(("Get", "List", "Describe")):
        return ()
    service = (
        SERVICES.get(f"{call.service}:{call.operation}")
        or SERVICES.get(call.service)
        or f"{call.prefix}.amazonaws.com"
    )
    found = _roles(members, "")
    return tuple(
        dict.fromkeys((arn, MEMBERS.get(f"{call.service}.{name}", service)) for arn, name in found)
    )


def _roles(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """ARNs of roles, each with the member that holds it."""
    if isinstance(value, Mapping):
        pair = value.get("AttributeName")
        for key, inner in value.items():
            yield from _roles(inner, str(pair) if pair and key == "AttributeValue" else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _roles(inner, name)
    elif isinstance(value, str) and (
        ("role" in name.lower() or name == "DeliverLogsPermissionArn") and ROLE.fullmatch(value)
    ):
        yield value, name

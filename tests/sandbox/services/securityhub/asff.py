"""Findings for tests."""

from __future__ import annotations

import copy
from typing import Any

from tests.sandbox.services.conftest import HOME, MEMBER

EC2 = "arn:aws:ec2:ap-northeast-1:200000000006:instance/i-1"


def a_finding(identifier: str = "finding/1", **fields: Any) -> dict[str, Any]:
    """A finding as a product of MEMBER's own sends it."""
    account, region = fields.pop("account", MEMBER), fields.pop("region", HOME)
    label = fields.pop("label", "HIGH")
    return copy.deepcopy(
        {
            "SchemaVersion": "2018-10-08",
            "Id": identifier,
            "ProductArn": f"arn:aws:securityhub:{region}:{account}:product/{account}/default",
            "GeneratorId": "security-control/EC2.8",
            "AwsAccountId": account,
            "Types": ["Software and Configuration Checks"],
            "CreatedAt": "2026-01-02T03:04:05.000Z",
            "UpdatedAt": "2026-01-02T03:04:05.000Z",
            "Severity": {"Label": label},
            "Title": "EC2 instances should use IMDSv2",
            "Description": "An instance answers IMDSv1.",
            "Resources": [{"Type": "AwsEc2Instance", "Id": EC2, "Tags": {"team": "payments"}}],
            **fields,
        }
    )

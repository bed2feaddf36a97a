"""Rules that need no AWS around them: schedules, patterns, public policies."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.sandbox.refusals.rules.documents import is_public
from orchestrator.sandbox.refusals.rules.events import valid_schedule
from orchestrator.sandbox.refusals.rules.events_patterns import wrong_pattern


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 day)",
        "rate(5 minutes)",
        "cron(0 8 ? * MON-FRI *)",
        "cron(0/15 * * * ? *)",
        "cron(0 18 L * ? *)",
        "cron(15 10 ? * 6L 2026-2030)",
        "cron(0 10 ? JAN,JUL MON#1 *)",
    ],
)
def test_schedules_as_the_guide_gives_them_are_valid(expression: str) -> None:
    assert valid_schedule(expression)


@pytest.mark.parametrize(
    "pattern",
    [
        '{"source": [{"prefix": "aws."}]}',
        '{"source": [{"anything-but": ["a", "b"]}]}',
        '{"source": [{"anything-but": {"prefix": "a"}}]}',
        '{"detail": {"x": [{"numeric": [">", 0, "<=", 5]}]}}',
        '{"detail": {"x": [{"exists": false}]}}',
        '{"detail": {"ip": [{"cidr": "10.0.0.0/24"}]}}',
        '{"$or": [{"source": ["a"]}, {"detail": {"b": [null]}}]}',
        '{"detail": {"x": [{"wildcard": "dir/*.png"}]}}',
    ],
)
def test_patterns_as_the_guide_gives_them_are_valid(pattern: str) -> None:
    assert wrong_pattern(pattern) == ""


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}, False),
        ({"StringEquals": {"aws:SourceAccount": "200000000001"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:logs:*:200000000001:*"}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": "*"}}, True),
        ({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ],
)
def test_a_policy_for_everyone_is_public_unless_a_fixed_value_narrows_it(
    condition: dict[str, Any], public: bool
) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}

    assert is_public({"Statement": [{**statement, "Condition": condition}]}) is public


def test_a_denial_of_everyone_is_not_public() -> None:
    assert not is_public({"Statement": [{"Effect": "Deny", "Principal": "*"}]})

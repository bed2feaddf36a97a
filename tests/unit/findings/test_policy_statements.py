from __future__ import annotations

from typing import Any

import pytest

from orchestrator.findings.services.s3 import buckets


def a_statement(**more: Any) -> dict[str, Any]:
    return {"Sid": "One", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", **more}


def test_a_statement_is_added_to_those_there_are_and_replaces_its_own() -> None:
    policy = {"Version": "2012-10-17", "Statement": a_statement()}
    ours = a_statement(Sid="Ours", Effect="Deny")

    once = buckets.with_statement(policy, ours)
    twice = buckets.with_statement(once, ours)

    assert buckets.of(once) == [a_statement(), ours]
    assert twice == once
    assert buckets.of(buckets.without(twice, "Ours")) == [a_statement()]


def test_no_policy_is_one_without_statements() -> None:
    assert buckets.of(buckets.document(None)) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ({"Action": "s3:GetObject"}, True),
        ({"Action": ["s3:PutObject", "S3:get*"]}, True),
        ({"Action": "*"}, True),
        ({"Action": "s3:GetObjectAcl"}, False),
        ({"NotAction": "s3:Delete*"}, True),
        ({"NotAction": ["s3:Get*"]}, False),
        ({}, False),
    ],
    ids=str,
)
def test_actions_are_compared_as_iam_does(statement: dict[str, Any], named: bool) -> None:
    assert buckets.names_action(statement, "s3:GetObject") is named


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("*", ["*"]),
        ({"AWS": "111122223333"}, ["111122223333"]),
        ({"AWS": ["*", "111122223333"], "Service": "sns.amazonaws.com"}, ["*", "111122223333"]),
        ({"Service": "sns.amazonaws.com"}, []),
    ],
    ids=str,
)
def test_services_are_no_principals_of_an_account(given: Any, found: list[str]) -> None:
    assert list(buckets.principals({"Principal": given})) == found


@pytest.mark.parametrize(
    ("principal", "account"),
    [
        ("111122223333", "111122223333"),
        ("arn:aws:iam::111122223333:root", "111122223333"),
        ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", ""),
        ("AIDAEXAMPLE", ""),
        ("*", ""),
    ],
)
def test_the_account_of_a_principal_is_said_only_where_it_is_known(
    principal: str, account: str
) -> None:
    assert buckets.account_of(principal) == account

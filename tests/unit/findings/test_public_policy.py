"""Who is let in by a policy, by the words of SQS.3, SNS.4 and KMS.5 and of S3's "public"."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.findings import public_policy

ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}


def a_statement(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*", **more}


@pytest.mark.parametrize(
    "statement",
    [
        a_statement(),
        a_statement(Principal={"AWS": "*"}),
        a_statement(Principal={"AWS": ["111122223333", "*"]}),
        {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sqs:*"},
        a_statement(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        a_statement(Condition={"StringLike": {"aws:PrincipalOrgID": "*"}}),
        a_statement(Condition={"StringEquals": {"aws:SourceAccount": ["1", "${aws:userid}"]}}),
        a_statement(Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}),
        a_statement(Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-example"}}),
        a_statement(Condition={"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "0.0.0.0/0"]}}),
        a_statement(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic"}}),
        a_statement(Condition={"StringEquals": {"aws:SourceAccount": []}}),
    ],
    ids=str,
)
def test_everybody_is_let_in(statement: dict[str, Any]) -> None:
    assert public_policy.public(statement)


@pytest.mark.parametrize(
    "statement",
    [
        a_statement(Effect="Deny"),
        a_statement(Principal={"AWS": "111122223333"}),
        a_statement(Principal={"Service": "sns.amazonaws.com"}),
        a_statement(Condition=ORGANIZATION),
        a_statement(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:1:*"}}),
        a_statement(Condition={"StringEquals": {"AWS:SourceOwner": "111122223333"}}),
        a_statement(Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}}),
        a_statement(Condition={**ORGANIZATION, "Bool": {"aws:SecureTransport": "true"}}),
    ],
    ids=str,
)
def test_somebody_is_let_in(statement: dict[str, Any]) -> None:
    assert not public_policy.public(statement)


def test_what_is_left_is_as_it_was() -> None:
    kept = a_statement(Sid="Kept", Condition=ORGANIZATION)
    policy = {"Version": "2008-10-17", "Id": "mine", "Statement": [a_statement(), kept]}

    left = json.loads(public_policy.without_public(json.dumps(policy)))

    assert left == {**policy, "Statement": [kept]}
    assert public_policy.names(json.dumps(policy)) == ["statement 1"]
    assert public_policy.without_public(json.dumps({**policy, "Statement": a_statement()})) == ""

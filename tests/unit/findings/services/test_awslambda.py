from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.findings.remediation import Refused, Target
from orchestrator.findings.services import awslambda
from orchestrator.findings.services.awslambda import REMEDIATIONS, arguments
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.awslambda import BUCKET, GONE, a_function, open_to_all
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import PLACE, RecordingAws, emulated


def test_the_account_of_a_bucket_is_not_guessed() -> None:
    case = Case("Lambda.1", lambda aws: a_function(aws, "open", BUCKET))

    assert "bucket owner" in cycle.hold_refusal(case, REMEDIATIONS)


def test_others_may_still_call() -> None:
    close = REMEDIATIONS[0]
    with emulated():
        aws = RecordingAws()
        target = cycle.target_of(close, "Lambda.1", open_to_all(aws), {})
        close.fix(target, aws, close.before(target, aws))
        policy = aws("lambda").get_policy(FunctionName="open")["Policy"]

    assert [statement["Sid"] for statement in json.loads(policy)["Statement"]] == ["s1"]


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": ["lambda:InvokeFunction", "lambda:GetFunction"]},
        {"Action": "lambda:*", "Condition": {"StringLike": {"aws:userid": "AIDA*"}}},
    ],
)
def test_what_could_not_be_made_again_is_not_taken_away(statement: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="could not be made again"):
        arguments({"Sid": "x", "Principal": "*", **statement})


VIA_URL = {
    "Sid": "s1",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "lambda:InvokeFunction",
    "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
}
"""The second statement of a public function URL, as AWS has asked for it since October 2025."""


def test_both_statements_of_a_function_url_count_as_public_and_can_be_told_again() -> None:
    assert awslambda.public(VIA_URL)
    assert awslambda.arguments(VIA_URL) == {
        "StatementId": "s1",
        "Action": "lambda:InvokeFunction",
        "Principal": "*",
        "InvokedViaFunctionUrl": True,
    }


def allowing(principal: Any, **condition: Any) -> dict[str, Any]:
    return {
        "Sid": "s1",
        "Effect": "Allow",
        "Principal": principal,
        "Action": "lambda:InvokeFunction",
        "Condition": condition,
    }


OURS = {"aws:SourceAccount": PLACE.account}


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        (allowing("*"), True),
        (allowing({"AWS": ["*", "arn:aws:iam::123456789012:root"]}), True),
        (allowing("*", StringEquals=OURS), False),
        (allowing("*", StringNotEquals=OURS), True),
        (allowing("*", StringEqualsIfExists=OURS), True),
        (allowing("*", **{"ForAllValues:StringEquals": OURS}), True),
        (allowing("*", ArnLike={"AWS:SourceArn": "*"}), True),
        (allowing({"AWS": "arn:aws:iam::123456789012:root"}), False),
    ],
)
def test_a_condition_that_narrows_nothing_leaves_a_statement_public(
    statement: dict[str, Any], public: bool
) -> None:
    """IAM User Guide, "IAM JSON policy elements: Condition operators"."""
    assert awslambda.public(statement) is public


class Client:
    """Of a boto3 whose AddPermission takes these."""

    def __init__(self, *members: str) -> None:
        self.meta = self.service_model = self.input_shape = self
        self.members = members
        self.removed: list[str] = []

    def operation_model(self, _: str) -> Client:
        return self

    def remove_permission(self, **asked: str) -> None:
        self.removed.append(asked["StatementId"])


BASE = ("FunctionName", "StatementId", "Action", "Principal")


@pytest.mark.parametrize("more", [(), ("InvokedViaFunctionUrl",)], ids=["older", "newer"])
def test_a_url_is_closed_only_where_it_could_be_opened_again(more: tuple[str, ...]) -> None:
    client = Client(*BASE, *more)
    target = Target("Lambda.1", PLACE, GONE, {})
    before = {"public": [VIA_URL], "buckets": []}

    if more:
        awslambda.close(target, lambda *_: client, before)
        assert client.removed == ["s1"]
        return
    with pytest.raises(Refused, match="a newer one is needed"):
        awslambda.close(target, lambda *_: client, before)
    assert client.removed == []

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from moto import mock_aws
from moto.awslambda.models import lambda_backends

from orchestrator.findings.remediation import Aws, Refused, Remediation, Target, Value
from orchestrator.findings.services import awslambda
from orchestrator.findings.services.awslambda import REMEDIATIONS, arguments
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import PLACE, Overlay, RecordingAws

GONE = "arn:aws:lambda:eu-west-1:123456789012:function:none"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
BUCKET = {"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::uploads"}


def a_function(aws: Aws, name: str = "open", *statements: Mapping[str, str]) -> str:
    """A function without a policy when there are no statements."""
    trust = cycle.trusting("lambda")
    if name == "open":
        aws("iam").create_role(RoleName="role", AssumeRolePolicyDocument=trust)
    client = aws("lambda")
    arn = client.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role="arn:aws:iam::123456789012:role/role",
        Handler="x.y",
        Code={"ZipFile": a_zip()},
        Tags=dict(cycle.TAGS),
    )["FunctionArn"]
    for number, statement in enumerate(statements):
        given = {"Action": "lambda:InvokeFunction", **statement}
        client.add_permission(FunctionName=name, StatementId=f"s{number}", **given)
    return str(arn)


def a_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("x.py", "def y(event, context): ...")
    return content.getvalue()


def open_to_all(aws: Aws) -> str:
    return a_function(aws, "open", {"Principal": "*"}, {"Principal": "111122223333"})


def a_public_url(aws: Aws) -> str:
    url = {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
    return a_function(aws, "open", {"Principal": "*", **url})


def narrowed(aws: Aws) -> str:
    return a_function(
        aws,
        "narrowed",
        {"Principal": "*", "PrincipalOrgID": "o-1234567890"},
        {**BUCKET, "SourceAccount": "123456789012"},
    )


def adding() -> Overlay:
    """AddPermission for a function URL, of which moto makes no condition."""

    def add(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        functions = lambda_backends["123456789012"]["eu-west-1"]
        name = asked["FunctionName"].rpartition(":")[2]
        functions.get_function(name).policy.statements.append(
            {
                "Sid": asked["StatementId"],
                "Effect": "Allow",
                "Principal": asked["Principal"],
                "Action": asked["Action"],
                "Condition": {
                    "StringEquals": {"lambda:FunctionUrlAuthType": asked["FunctionUrlAuthType"]}
                },
            }
        )
        return {}

    return {("lambda", "AddPermission"): add}


def an_owned_function(aws: Aws) -> str:
    arn = a_function(aws, "owned")
    aws("lambda").tag_resource(Resource=arn, Tags={"owner": "x"})
    return arn


CASES = (
    Case("Lambda.1", open_to_all, narrowed, GONE),
    Case(
        "Lambda.1",
        a_public_url,
        lambda aws: a_function(aws, "closed"),
        name="by URL",
        overlay=adding,
    ),
    Case("Lambda.6", open_to_all, an_owned_function, GONE, TAGGING),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()


def test_the_account_of_a_bucket_is_not_guessed() -> None:
    case = Case("Lambda.1", lambda aws: a_function(aws, "open", BUCKET))

    assert "bucket owner" in cycle.hold_refusal(case, REMEDIATIONS)


def test_others_may_still_call() -> None:
    close = REMEDIATIONS[0]
    with mock_aws():
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

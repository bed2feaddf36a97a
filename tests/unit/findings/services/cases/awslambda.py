from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import lambda_backends

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

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

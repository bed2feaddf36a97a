"""Roles that IAM does not show everywhere yet, and functions that are not ready."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.services.conftest import MANAGEMENT, Cloud, error_of

ADMINISTRATOR = f"arn:aws:iam::{MANAGEMENT}:root"
LAMBDA = {"Service": "lambda.amazonaws.com"}
CODE = io.BytesIO()
with zipfile.ZipFile(CODE, "w") as archive:
    archive.writestr("index.py", "def handler(event, context):\n    return event\n")


def a_role(cloud: Cloud, principal: dict[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": statement})
    made = cloud.client("iam").create_role(RoleName="late", AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def a_function(cloud: Cloud, role: str) -> Any:
    return cloud.client("lambda").create_function(
        FunctionName="late",
        Role=role,
        Runtime="python3.12",
        Handler="index.handler",
        Code={"ZipFile": CODE.getvalue()},
    )


def test_a_role_just_made_cannot_be_assumed_until_iam_shows_it_everywhere(cloud: Cloud) -> None:
    cloud.sandbox.delays("iam=60")
    role = a_role(cloud, {"AWS": ADMINISTRATOR})
    assume = cloud.client("sts").assume_role

    assert error_of(assume, RoleArn=role, RoleSessionName="test") == "AccessDenied"
    cloud.sandbox.advance(60)
    assert assume(RoleArn=role, RoleSessionName="test")["Credentials"]


def test_a_function_of_a_role_just_made_is_refused_in_lambda_s_words(cloud: Cloud) -> None:
    cloud.sandbox.delays("iam=60")
    role = a_role(cloud, LAMBDA)

    with pytest.raises(ClientError, match="cannot be assumed by Lambda") as caught:
        a_function(cloud, role)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValueException"
    cloud.sandbox.advance(60)
    assert a_function(cloud, role)["FunctionName"] == "late"


def test_a_function_is_pending_and_refuses_calls_until_it_is_active(cloud: Cloud) -> None:
    cloud.sandbox.delays("function=60")
    made = a_function(cloud, a_role(cloud, LAMBDA))
    functions = cloud.client("lambda")

    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    conflict = "ResourceConflictException"
    assert error_of(functions.invoke, FunctionName="late") == conflict
    update = functions.update_function_configuration
    assert error_of(update, FunctionName="late", Timeout=9) == conflict
    cloud.sandbox.advance(60)
    assert functions.get_function_configuration(FunctionName="late")["State"] == "Active"
    assert functions.invoke(FunctionName="late", Payload=b"1")["Payload"].read() == b"1"


def test_a_change_is_in_progress_and_keeps_others_out_until_it_is_done(cloud: Cloud) -> None:
    a_function(cloud, a_role(cloud, LAMBDA))
    functions = cloud.client("lambda")
    cloud.sandbox.delays("function=60")

    changed = functions.update_function_configuration(FunctionName="late", Timeout=9)
    assert (changed["Timeout"], changed["LastUpdateStatus"]) == (9, "InProgress")
    code = {"FunctionName": "late", "ZipFile": CODE.getvalue()}
    assert error_of(functions.update_function_code, **code) == "ResourceConflictException"
    assert functions.invoke(FunctionName="late", Payload=b"1")["StatusCode"] == 200
    cloud.sandbox.advance(60)
    done = functions.get_function_configuration(FunctionName="late")
    assert done["LastUpdateStatus"] == "Successful"
    assert functions.update_function_code(**code)


def test_a_function_that_was_told_to_fails_with_the_reason(cloud: Cloud) -> None:
    cloud.sandbox.delays(failing=["function:late=no more addresses in the subnet"])
    a_function(cloud, a_role(cloud, LAMBDA))

    found = cloud.client("lambda").get_function_configuration(FunctionName="late")
    assert (found["State"], found["StateReason"]) == ("Failed", "no more addresses in the subnet")

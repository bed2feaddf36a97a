from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Principal
from orchestrator.sandbox.operations import resolve
from orchestrator.sandbox.trail import shapes
from orchestrator.sandbox.trail.record import record
from tests.ocsf import problems

ACCOUNT, REGION = "200000000009", "eu-west-1"
NOW = datetime(2026, 3, 1, 10, 5, 7, 900_000, tzinfo=UTC)
ALICE = Principal(
    ACCOUNT,
    f"arn:aws:iam::{ACCOUNT}:user/alice",
    f"arn:aws:iam::{ACCOUNT}:user/alice",
    "AKIAEXAMPLE",
)

DONE = Answer(200, [("x-amzn-RequestId", "r-1")], b"")


def signed(service: str, **more: str) -> dict[str, object]:
    scope = f"AKIAEXAMPLE/20260301/{REGION}/{service}/aws4_request"
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "HTTP_HOST": "aws.test",
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0",
        "HTTP_USER_AGENT": "aws-cli/2",
        "REMOTE_ADDR": "198.51.100.7",
        **more,
    }


def of(exchange: Exchange, answer: Answer = DONE) -> dict[str, Any]:
    exchange.call = resolve(exchange)
    exchange.principal = ALICE
    exchange.environ["CONTENT_LENGTH"] = str(len(exchange.body))
    found = record(exchange, answer, NOW)
    assert found is not None
    return found


def query(service: str, action: str, **parameters: str) -> Exchange:
    form = "application/x-www-form-urlencoded; charset=utf-8"
    body = urlencode({"Action": action, "Version": "x", **parameters}).encode()
    return Exchange(signed(service, CONTENT_TYPE=form), body)


def as_json(service: str, target: str, body: object) -> Exchange:
    kind = "application/x-amz-json-1.1"
    return Exchange(
        signed(service, HTTP_X_AMZ_TARGET=target, CONTENT_TYPE=kind), json.dumps(body).encode()
    )


def test_a_call_of_ec2_has_the_names_and_lists_of_its_xml() -> None:
    call = query(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        **{
            "GroupId": "sg-1",
            "IpPermissions.1.IpProtocol": "tcp",
            "IpPermissions.1.FromPort": "22",
            "IpPermissions.1.ToPort": "22",
            "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0",
        },
    )

    found = of(call)

    assert found["requestParameters"] == {
        "groupId": "sg-1",
        "ipPermissions": {
            "items": [
                {
                    "ipProtocol": "tcp",
                    "fromPort": 22,
                    "toPort": 22,
                    "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
                }
            ]
        },
    }
    assert (found["eventTime"], found["sourceIPAddress"]) == (
        "2026-03-01T10:05:07Z",
        "198.51.100.7",
    )
    assert (found["userAgent"], found["requestID"]) == ("aws-cli/2", "r-1")
    assert found["userIdentity"]["userName"] == "alice"


@pytest.mark.parametrize(
    ("exchange", "hidden", "kept"),
    [
        (
            query(
                "rds",
                "ModifyDBInstance",
                DBInstanceIdentifier="orders",
                MasterUserPassword="hunter2",
            ),
            "hunter2",
            "orders",
        ),
        (
            as_json(
                "ssm",
                "AmazonSSM.PutParameter",
                {"Name": "/db", "Value": "hunter2", "Type": "SecureString"},
            ),
            "hunter2",
            "/db",
        ),
        (
            as_json(
                "secretsmanager",
                "secretsmanager.PutSecretValue",
                {"SecretId": "the-name", "SecretString": "hunter2"},
            ),
            "hunter2",
            "the-name",
        ),
        (
            query("iam", "ChangePassword", OldPassword="hunter1", NewPassword="hunter2"),
            "hunter",
            "",
        ),
    ],
    ids=["rds", "ssm", "secretsmanager", "iam"],
)
def test_secrets_are_hidden_and_names_are_not(exchange: Exchange, hidden: str, kept: str) -> None:
    text = json.dumps(of(exchange))

    assert hidden not in text
    assert kept in text
    assert "HIDDEN_DUE_TO_SECURITY_REASONS" in text


def test_a_given_key_is_named_and_its_secret_is_not() -> None:
    body = (
        b"<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><UserName>bob</UserName>"
        b"<AccessKeyId>AKIANEW</AccessKeyId><Status>Active</Status>"
        b"<SecretAccessKey>hunter2</SecretAccessKey></AccessKey></CreateAccessKeyResult>"
        b"</CreateAccessKeyResponse>"
    )

    found = of(query("iam", "CreateAccessKey", UserName="bob"), Answer(200, [], body))

    assert found["responseElements"]["accessKey"]["accessKeyId"] == "AKIANEW"
    assert "hunter2" not in json.dumps(found)
    assert found["awsRegion"] == "us-east-1"


def test_a_bucket_policy_is_json_and_the_bucket_is_named() -> None:
    policy = {"Version": "2012-10-17", "Statement": []}
    environ = signed("s3", REQUEST_METHOD="PUT", PATH_INFO="/data", QUERY_STRING="policy")
    environ |= {"HTTP_HOST": f"s3.{REGION}.amazonaws.com", "RAW_URI": "/data?policy"}

    found = of(Exchange(environ, json.dumps(policy).encode()))

    assert (found["eventSource"], found["eventName"]) == ("s3.amazonaws.com", "PutBucketPolicy")
    assert found["requestParameters"]["bucketName"] == "data"
    assert found["requestParameters"]["bucketPolicy"] == policy


def test_a_refusal_has_its_code_and_message_and_no_response() -> None:
    body = b"<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not"
    refusal = Answer(403, [], body + b" authorized</Message></Error></Errors></Response>")

    found = of(query("ec2", "StopInstances", **{"InstanceId.1": "i-1"}), refusal)

    assert found["errorCode"] == "Client.UnauthorizedOperation"
    assert found["errorMessage"] == "You are not authorized"
    assert found["responseElements"] is None


def test_reading_is_read_only_and_its_answer_is_not_kept() -> None:
    found = of(query("ec2", "DescribeVpcs"), Answer(200, [], b"<DescribeVpcsResponse/>"))

    assert (found["readOnly"], found["responseElements"]) == (True, None)


@pytest.mark.parametrize(
    ("service", "operation", "data"),
    [
        ("s3", "GetObject", True),
        ("s3", "ListObjectsV2", True),
        ("s3", "PutObjectLockConfiguration", False),
        ("s3", "PutBucketPolicy", False),
        ("dynamodb", "PutItem", True),
        ("dynamodb", "CreateTable", False),
        ("sns", "Publish", True),
        ("kms", "Decrypt", False),
    ],
)
def test_calls_on_what_is_in_a_resource_are_data_events(
    service: str, operation: str, data: bool
) -> None:
    assert shapes.is_data(service, operation) is data


def test_nobody_and_nothing_known_are_not_on_record() -> None:
    assert record(Exchange({}, b""), DONE, NOW) is None
    unknown = Exchange({}, b"", call=Call("s3", "s3"), principal=ALICE)
    assert record(unknown, DONE, NOW) is None


@pytest.mark.parametrize(
    "exchange",
    [
        query("iam", "AttachUserPolicy", UserName="bob", PolicyArn="arn:aws:iam::aws:policy/X"),
        query("ec2", "DescribeVpcs"),
        query("sts", "AssumeRole", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/x", RoleSessionName="y"),
    ],
    ids=["account change", "read", "role"],
)
def test_a_record_is_an_event_of_the_published_schema_as_aws_would_convert_it(
    exchange: Exchange,
) -> None:
    assert problems(to_ocsf(of(exchange)), cloud=True) == []


def test_who_comes_with_a_token_is_named_by_it_and_the_token_is_not_kept() -> None:
    claims = {"iss": "https://ci.example.com/x", "sub": "repo:a/b:ref:main", "aud": "sts"}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    form = "application/x-www-form-urlencoded; charset=utf-8"
    role = f"arn:aws:iam::{ACCOUNT}:role/ci"
    given = {"RoleArn": role, "RoleSessionName": "run-1", "WebIdentityToken": f"h.{payload}.s"}
    body = urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "x", **given}).encode()
    exchange = Exchange({"REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_TYPE": form}, body)
    exchange.call = Call("sts", "sts", "AssumeRoleWithWebIdentity", "query")
    exchange.parameters = given

    found = record(exchange, DONE, NOW)

    assert found is not None
    assert found["userIdentity"]["userName"] == "repo:a/b:ref:main"
    assert found["userIdentity"]["identityProvider"] == "ci.example.com/x"
    assert found["recipientAccountId"] == ACCOUNT
    assert payload not in json.dumps(found)

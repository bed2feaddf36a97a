from __future__ import annotations

import pytest

from orchestrator.sandbox.actions import action, resource
from orchestrator.sandbox.exchange import Answer, Call, Exchange
from orchestrator.sandbox.hosts import hosts
from orchestrator.sandbox.operations import parameters, resolve

FORM = "application/x-www-form-urlencoded"


def an_exchange(
    service: str,
    path: str = "/",
    method: str = "GET",
    host: str = "aws.test:4000",
    query: str = "",
    body: bytes = b"",
    **variables: str,
) -> Exchange:
    scope = f"AKIAEXAMPLE/20260101/eu-west-1/{service}/aws4_request"
    return Exchange(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "RAW_URI": f"{path}?{query}" if query else path,
            "QUERY_STRING": query,
            "HTTP_HOST": host,
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "4000",
            "wsgi.url_scheme": "http",
            **variables,
        },
        body,
    )


def resolved(exchange: Exchange) -> Call:
    hosts(lambda _: Answer(200, [], b""))(exchange)
    exchange.call = resolve(exchange)
    exchange.parameters = parameters(exchange)
    return exchange.call


@pytest.mark.parametrize(
    ("exchange", "service", "operation"),
    [
        (an_exchange("sts", body=b"Action=AssumeRole", CONTENT_TYPE=FORM), "sts", "AssumeRole"),
        (
            an_exchange("organizations", HTTP_X_AMZ_TARGET="AWSOrganizationsV20161128.ListRoots"),
            "organizations",
            "ListRoots",
        ),
        (
            an_exchange("securityhub", "/standards/register", "POST"),
            "securityhub",
            "BatchEnableStandards",
        ),
        (an_exchange("access-analyzer", "/analyzer", "PUT"), "accessanalyzer", "CreateAnalyzer"),
        (an_exchange("s3", "/bucket/key"), "s3", "GetObject"),
        (an_exchange("s3", "/key", host="bucket.aws.test:4000"), "s3", "GetObject"),
        (
            an_exchange("s3", "/", "PUT", "bucket.aws.test", "versioning"),
            "s3",
            "PutBucketVersioning",
        ),
        (
            an_exchange(
                "s3",
                "/v20180820/configuration/publicAccessBlock",
                host="111122223333.aws.test:4000",
                HTTP_X_AMZ_ACCOUNT_ID="111122223333",
            ),
            "s3control",
            "GetPublicAccessBlock",
        ),
        (an_exchange("securityhub", "/no/such/path"), "securityhub", ""),
        (an_exchange("nosuchservice"), "nosuchservice", ""),
    ],
)
def test_every_protocol_and_form_of_address_is_resolved(
    exchange: Exchange, service: str, operation: str
) -> None:
    call = resolved(exchange)

    assert (call.service, call.operation, call.region) == (service, operation, "eu-west-1")


def test_a_bucket_in_the_host_becomes_the_first_part_of_the_path() -> None:
    exchange = an_exchange("s3", "/a b/c", host="my.bucket.aws.test:4000")
    exchange.environ["RAW_URI"] = "/a%20b/c?x=1"

    call = resolved(exchange)

    assert exchange.text("PATH_INFO") == "/my.bucket/a b/c"
    assert exchange.text("RAW_URI") == "/my.bucket/a%20b/c?x=1"
    assert call.path_parameters == {"Bucket": "my.bucket", "Key": "a b/c"}


def test_a_host_of_somebody_else_is_not_answered_for() -> None:
    refused = hosts(lambda _: Answer(200, [], b""))(an_exchange("s3", host="example.com"))

    assert (refused.status, refused.code) == (404, "SandboxUnknownHost")


@pytest.mark.parametrize(
    ("service", "operation", "given", "expected"),
    [
        ("s3", "HeadBucket", {"Bucket": "b"}, ("s3:ListBucket", "arn:aws:s3:::b")),
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k/l"}, ("s3:GetObject", "arn:aws:s3:::b/k/l")),
        (
            "s3",
            "GetObject",
            {"Bucket": "b", "Key": "k", "versionId": "1"},
            ("s3:GetObjectVersion", "arn:aws:s3:::b/k"),
        ),
        ("s3control", "PutPublicAccessBlock", {}, ("s3:PutAccountPublicAccessBlock", None)),
        (
            "iam",
            "CreateRole",
            {"RoleName": "r", "Path": "/team/"},
            ("iam:CreateRole", "arn:aws:iam::111122223333:role/team/r"),
        ),
        (
            "iam",
            "PutRolePolicy",
            {"PolicyName": "p", "RoleName": "r"},
            ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/r"),
        ),
        (
            "kms",
            "Encrypt",
            {"KeyId": "alias/logs"},
            ("kms:Encrypt", "arn:aws:kms:eu-west-1:111122223333:alias/logs"),
        ),
        ("config", "PutConfigurationRecorder", {}, ("config:PutConfigurationRecorder", None)),
    ],
)
def test_action_and_resource_follow_from_the_call(
    service: str, operation: str, given: dict[str, object], expected: tuple[str, str | None]
) -> None:
    prefix = "s3" if service == "s3control" else service
    call = Call(service, prefix, operation, region="eu-west-1")

    assert (action(call, given), resource(call, given, "111122223333")) == expected


@pytest.mark.parametrize(
    ("call", "given", "wanted"),
    [
        (Call("sqs", "sqs", "SendMessage"), {"QueueUrl": "http://x/200000000002/work"}, "work"),
        (Call("sqs", "sqs", "CreateQueue"), {"QueueName": "work"}, "work"),
        (Call("dynamodb", "dynamodb", "PutItem"), {"TableName": "records"}, "table/records"),
        (
            Call("dynamodb", "dynamodb", "TransactWriteItems"),
            {"TransactItems": [{"Update": {"TableName": "records"}}]},
            "table/records",
        ),
        (Call("lambda", "lambda", "GetFunction"), {"FunctionName": "f"}, "function:f"),
        (Call("ssm", "ssm", "GetParameter"), {"Name": "/a/switch"}, "parameter/a/switch"),
        (Call("ssm", "ssm", "SendCommand"), {"Name": "a"}, None),
        (
            Call("secretsmanager", "secretsmanager", "GetSecretValue"),
            {"SecretId": "a"},
            "secret:a-AbCdEf",
        ),
        (Call("cloudwatch", "cloudwatch", "DeleteAlarms"), {"AlarmNames": ["late"]}, "alarm:late"),
        (
            Call("stepfunctions", "states", "StopExecution"),
            {"executionArn": "arn:aws:states:us-east-1:200000000002:execution:runner:run-1"},
            "execution:runner:run-1",
        ),
        (Call("stepfunctions", "states", "SendTaskSuccess"), {"taskToken": "t"}, None),
    ],
)
def test_a_name_among_the_parameters_is_the_resource(
    call: Call, given: dict[str, object], wanted: str | None
) -> None:
    arn = f"arn:aws:{call.prefix}:us-east-1:200000000002:{wanted}" if wanted else None

    assert resource(call, given, "200000000002") == arn


def test_a_transaction_is_allowed_by_what_it_is_made_of() -> None:
    call = Call("dynamodb", "dynamodb", "TransactWriteItems")

    actions = [
        action(call, {"TransactItems": [{kind: {"TableName": "t"}}]})
        for kind in ("Update", "Put", "Delete", "ConditionCheck")
    ]

    names = ("UpdateItem", "PutItem", "DeleteItem", "ConditionCheckItem")
    assert actions == [f"dynamodb:{name}" for name in names]

from __future__ import annotations

import pytest

from orchestrator.sandbox.exchange import Answer, Call, Exchange
from orchestrator.sandbox.operations import hosts, parameters, resolve

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

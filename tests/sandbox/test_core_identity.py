"""Who calls: keys that nobody issued, keys that ended, accounts that do not see each other."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import a_client, error_of, with_keys
from tests.sandbox.fleets import MANAGEMENT, NETWORK, PAYMENTS_DEV, PAYMENTS_PROD

READS = [
    ("sts", "get_caller_identity", "InvalidClientTokenId"),
    ("iam", "list_roles", "InvalidClientTokenId"),
    ("organizations", "describe_organization", "UnrecognizedClientException"),
    ("securityhub", "describe_hub", "UnrecognizedClientException"),
    ("config", "describe_configuration_recorders", "UnrecognizedClientException"),
    ("guardduty", "list_detectors", "UnrecognizedClientException"),
    ("lambda", "list_functions", "UnrecognizedClientException"),
    ("s3", "list_buckets", "InvalidAccessKeyId"),
    ("ec2", "describe_vpcs", "AuthFailure"),
]


@pytest.mark.parametrize(("service", "operation", "code"), READS)
@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "testing", "AKIAS5EHN2AAAAAAAAAA"])
def test_a_key_that_nobody_issued_is_refused_in_every_service(
    sandbox: Sandbox, service: str, operation: str, code: str, key: str
) -> None:
    stranger = a_client(sandbox, service, key)

    refusal = error_of(getattr(stranger, operation))

    status = {"ec2": 401, "organizations": 400, "config": 400}.get(service, 403)
    assert refusal == (code, status)


def test_the_administrator_of_the_management_account_is_known_from_the_start(
    sandbox: Sandbox,
) -> None:
    identity = sandbox.client("sts").get_caller_identity()

    assert identity["Arn"] == f"arn:aws:iam::{MANAGEMENT}:user/administrator"
    assert identity["Account"] == MANAGEMENT


def test_a_key_of_a_user_works_until_it_is_deleted(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam", NETWORK)
    iam.create_user(UserName="identity-ann")
    key = iam.create_access_key(UserName="identity-ann")["AccessKey"]
    ann = with_keys(sandbox, "sts", key)
    assert ann.get_caller_identity()["Arn"] == f"arn:aws:iam::{NETWORK}:user/identity-ann"

    iam.update_access_key(
        UserName="identity-ann", AccessKeyId=key["AccessKeyId"], Status="Inactive"
    )
    assert error_of(ann.get_caller_identity) == ("InvalidClientTokenId", 403)

    iam.delete_access_key(UserName="identity-ann", AccessKeyId=key["AccessKeyId"])
    assert error_of(ann.get_caller_identity) == ("InvalidClientTokenId", 403)


def test_a_session_needs_its_own_token(sandbox: Sandbox) -> None:
    arn = f"arn:aws:iam::{NETWORK}:role/OrganizationAccountAccessRole"
    keys = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="token")["Credentials"]
    access_key, secret = keys["AccessKeyId"], keys["SecretAccessKey"]

    stolen = a_client(sandbox, "sts", access_key, secret, "another token")
    naked = a_client(sandbox, "sts", access_key, secret)

    assert error_of(stolen.get_caller_identity) == ("InvalidClientTokenId", 403)
    assert error_of(naked.get_caller_identity) == ("InvalidClientTokenId", 403)


def test_accounts_do_not_see_each_other(sandbox: Sandbox) -> None:
    sandbox.client("sns", PAYMENTS_PROD).create_topic(Name="identity-topic")

    def topics(account_id: str | None) -> list[str]:
        found = sandbox.client("sns", account_id).list_topics()["Topics"]
        return [topic["TopicArn"] for topic in found if "identity" in topic["TopicArn"]]

    assert len(topics(PAYMENTS_PROD)) == 1
    assert topics(PAYMENTS_DEV) == topics(None) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/", b"MissingAuthenticationToken"),
        ("/moto-api/data.json", b"SandboxUnknownPath"),
        ("/_sandbox/nothing", b"SandboxUnknownPath"),
    ],
)
def test_a_request_without_a_key_gets_nothing(sandbox: Sandbox, path: str, code: bytes) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
    connection.request("GET", path)

    answer = connection.getresponse()
    assert answer.status >= 400
    assert code in answer.read()

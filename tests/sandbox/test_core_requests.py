"""What becomes of a request on its way: calls that are not there, faults, hosts, the log."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.journal import Filter, read
from tests.sandbox.calls import a_client, a_trust_policy, error_of, message_of
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, NETWORK, OTHER_REGION, PAYMENTS_DEV

MISSING = [
    ("xray", "create_group", {"GroupName": "x"}),
    ("detective", "list_graphs", {}),
    ("iam", "get_context_keys_for_custom_policy", {"PolicyInputList": ["{}"]}),
    ("ec2", "describe_trunk_interface_associations", {}),
    ("sts", "get_session_token", {}),
    ("organizations", "list_handshakes_for_account", {}),
    ("cloudfront", "list_realtime_log_configs", {}),
    ("fms", "get_admin_account", {}),
]
"""One of each protocol, and services that moto does not have at all."""


def once(sandbox: Sandbox, service: str) -> Any:
    """A client of the administrator that tries once."""
    environment = sandbox.environment
    key, secret = environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    return a_client(sandbox, service, key, secret)


@pytest.mark.parametrize(("service", "call", "given"), MISSING)
def test_a_call_that_is_not_there_is_answered_at_once_and_by_name(
    sandbox: Sandbox, service: str, call: str, given: dict[str, Any]
) -> None:
    client = sandbox.client(service)

    asked: list[str] = []
    client.meta.events.register("before-send", lambda request, **_: asked.append(request.url))

    assert error_of(getattr(client, call), **given) == ("SandboxNotImplemented", 400)

    assert len(asked) == 1, "it was tried again"
    assert f"does not implement {service}:" in message_of(getattr(client, call), **given)


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("sts", "get_caller_identity", "Throttling"),
        ("organizations", "list_accounts", "ThrottlingException"),
        ("securityhub", "describe_hub", "ThrottlingException"),
        ("ec2", "describe_vpcs", "RequestLimitExceeded"),
        ("s3", "list_buckets", "SlowDown"),
    ],
)
def test_throttling_has_the_shape_of_each_service(
    fresh_sandbox: Sandbox, service: str, call: str, code: str
) -> None:
    client = once(fresh_sandbox, service)
    fresh_sandbox.faults(f"{service}:*:throttle:1")

    assert error_of(getattr(client, call))[0] == code

    fresh_sandbox.faults()
    if service != "securityhub":
        assert getattr(client, call)()


def test_an_sdk_gets_through_a_throttled_service(fresh_sandbox: Sandbox) -> None:
    sts = fresh_sandbox.client("sts")
    fresh_sandbox.faults("sts:*:throttle:0.3", seed=1)

    assert all(sts.get_caller_identity()["Account"] == MANAGEMENT for _ in range(10))


def test_latency_is_felt_by_the_operation_it_was_put_on(fresh_sandbox: Sandbox) -> None:
    sts = fresh_sandbox.client("sts")
    fresh_sandbox.faults("sts:GetCallerIdentity:latency:1:0.4")

    started = time.monotonic()
    sts.get_caller_identity()
    assert time.monotonic() - started >= 0.4


def test_a_fault_that_cannot_be_read_is_refused_by_the_endpoint(fresh_sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="SandboxBadRequest"):
        fresh_sandbox.faults("sts:*:explode:1")


def test_reset_leaves_the_fleet_and_nothing_else(fresh_sandbox: Sandbox) -> None:
    fresh_sandbox.client("sns", NETWORK).create_topic(Name="forgotten")
    before = fresh_sandbox.client("sns", NETWORK)

    fresh_sandbox.reset()

    assert error_of(before.list_topics) == ("InvalidClientTokenId", 403)
    assert fresh_sandbox.client("sns", NETWORK).list_topics()["Topics"] == []
    assert len(fresh_sandbox.client("organizations").list_accounts()["Accounts"]) == 12


@pytest.mark.parametrize("key", ["plain", "a b/c+d", "ü/%2F", "folder/"])
def test_buckets_are_found_in_the_host_name(sandbox: Sandbox, key: str) -> None:
    s3 = sandbox.client("s3", PAYMENTS_DEV)
    bucket = "requests-virtual-hosted"
    if bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]:
        place = {"LocationConstraint": HOME_REGION}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    s3.put_object(Bucket=bucket, Key=key, Body=b"content", Metadata={"my_key": "v"})

    found = s3.get_object(Bucket=bucket, Key=key)
    assert (found["Body"].read(), found["Metadata"]) == (b"content", {"my_key": "v"})
    assert key in [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert error_of(s3.get_object, Bucket=bucket, Key="missing") == ("NoSuchKey", 404)
    assert error_of(s3.head_object, Bucket=bucket, Key="missing") == ("404", 404)


@pytest.mark.parametrize("signature", ["s3", "s3v4"])
def test_a_url_that_was_signed_in_advance_is_as_good_as_a_key(
    sandbox: Sandbox, signature: str
) -> None:
    s3 = sandbox.client("s3", PAYMENTS_DEV)
    bucket = f"requests-presigned-{signature}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": HOME_REGION})
    s3.put_object(Bucket=bucket, Key="key", Body=b"content")
    sign = sandbox.session(PAYMENTS_DEV).client(
        "s3",
        region_name=HOME_REGION,
        endpoint_url=sandbox.environment["AWS_ENDPOINT_URL"],
        config=Config(signature_version=signature, s3={"addressing_style": "path"}),
    )
    url = sign.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "key"})

    assert fetched(sandbox, url) == (200, b"content")
    assert fetched(sandbox, url.partition("?")[0])[0] == 403


def fetched(sandbox: Sandbox, url: str) -> tuple[int, bytes]:
    """GET without a key."""
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
    connection.request("GET", url)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_s3_control_is_found_by_the_account_in_the_host_name(sandbox: Sandbox) -> None:
    control = sandbox.client("s3control", PAYMENTS_DEV)
    block = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    control.put_public_access_block(AccountId=PAYMENTS_DEV, PublicAccessBlockConfiguration=block)

    answer = control.get_public_access_block(AccountId=PAYMENTS_DEV)
    control.delete_public_access_block(AccountId=PAYMENTS_DEV)
    assert answer["PublicAccessBlockConfiguration"] == block
    other = sandbox.client("s3control", NETWORK)
    assert error_of(other.get_public_access_block, AccountId=NETWORK)[0] == (
        "NoSuchPublicAccessBlockConfiguration"
    )


def test_the_log_has_every_request_with_who_what_and_where(sandbox: Sandbox) -> None:
    sandbox.client("sns", NETWORK, region=OTHER_REGION).create_topic(Name="requests-logged")

    wanted = Filter(account=NETWORK, operation="sns:CreateTopic")
    found = [e for e in read(sandbox.home, wanted) if "requests-logged" in json.dumps(e)]
    (entry,) = found
    assert entry["principal"] == (
        f"arn:aws:sts::{NETWORK}:assumed-role/OrganizationAccountAccessRole/sandbox"
    )
    assert entry["parameters"] == {"Name": "requests-logged"}
    assert (entry["region"], entry["status"], entry["allowed"]) == (OTHER_REGION, 200, True)
    assert "Boto3" in str(entry["agent"])


def test_the_log_names_the_error_and_keeps_no_secret(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam", NETWORK)
    iam.create_user(UserName="requests-user")
    iam.create_login_profile(UserName="requests-user", Password="Correct-Horse-1")
    assert error_of(iam.get_role, RoleName="requests-none")[0] == "NoSuchEntity"

    text = (sandbox.home / "requests.jsonl").read_text()
    assert "Correct-Horse-1" not in text
    assert sandbox.environment["AWS_SECRET_ACCESS_KEY"] not in text
    errors = [e["error"] for e in read(sandbox.home, Filter(operation="iam:GetRole", errors=True))]
    assert errors == ["NoSuchEntity"]


def test_an_unknown_key_is_in_the_log_without_an_account(sandbox: Sandbox) -> None:
    stranger = a_client(sandbox, "sqs", "AKIAIOSFODNN7EXAMPLE")
    assert error_of(stranger.list_queues)[1] == 403

    entry = list(read(sandbox.home, Filter(operation="sqs:ListQueues")))[-1]
    assert (entry["account"], entry["error"]) == ("", "InvalidClientTokenId")


def test_of_many_conditional_writes_at_the_same_time_one_wins(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", PAYMENTS_DEV)
    bucket = "requests-conditional"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": HOME_REGION})

    def write(key: str) -> bool:
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=b"lock", IfNoneMatch="*")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed"
            return False
        return True

    keys = [f"lock-{number}" for number in range(20) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, keys)) == 20


def test_many_threads_in_one_account_do_not_disturb_each_other(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam", PAYMENTS_DEV)
    document = a_trust_policy({"Service": "config.amazonaws.com"})

    def make(number: int) -> str:
        name = f"requests-{number}"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
        iam.list_roles()
        return str(iam.get_role(RoleName=name)["Role"]["RoleName"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(make, range(100))) == [f"requests-{n}" for n in range(100)]

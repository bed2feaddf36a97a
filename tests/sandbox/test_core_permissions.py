"""A role does what its policies allow, and nothing else; the log says which was which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.journal import Filter, read
from orchestrator.sandbox.lifecycle import Settings
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, error_of, message_of
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, NETWORK, PAYMENTS_PROD, a_fleet

TRUST = a_trust_policy({"AWS": f"arn:aws:iam::{MANAGEMENT}:root"})


def test_what_no_policy_allows_is_refused_before_the_service_sees_it(sandbox: Sandbox) -> None:
    a_role(sandbox, NETWORK, "may-read", TRUST, a_policy("securityhub:Get*", "s3:ListAllMyBuckets"))

    hub = sandbox.client("securityhub", NETWORK, "may-read")
    assert error_of(hub.enable_security_hub) == ("AccessDeniedException", 403)
    assert error_of(hub.get_findings)[0] == "InvalidAccessException"
    s3 = sandbox.client("s3", NETWORK, "may-read")
    assert s3.list_buckets()["Buckets"] is not None
    assert error_of(s3.create_bucket, Bucket="may-not") == ("AccessDenied", 403)
    assert message_of(hub.enable_security_hub).startswith(
        f"User: arn:aws:sts::{NETWORK}:assumed-role/may-read/sandbox is not authorized to perform: "
        "securityhub:EnableSecurityHub"
    )


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("iam", "list_roles", "AccessDenied"),
        ("ec2", "describe_vpcs", "UnauthorizedOperation"),
        ("organizations", "describe_organization", "AccessDeniedException"),
        ("guardduty", "list_detectors", "AccessDeniedException"),
    ],
)
def test_a_role_without_policies_may_nothing(
    sandbox: Sandbox, service: str, call: str, code: str
) -> None:
    name = f"may-nothing-{service}"
    a_role(sandbox, NETWORK, name, TRUST)

    assert error_of(getattr(sandbox.client(service, NETWORK, name), call))[0] == code
    assert sandbox.client("sts", NETWORK, name).get_caller_identity()["Account"] == NETWORK


def test_buckets_and_objects_are_resources(sandbox: Sandbox) -> None:
    owner = sandbox.client("s3", NETWORK)
    place = {"LocationConstraint": HOME_REGION}
    for bucket in ("may-a", "may-b"):
        owner.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    policy = a_policy("s3:PutObject", "s3:GetObject", resource="arn:aws:s3:::may-a/mine/*")
    a_role(sandbox, NETWORK, "may-write", TRUST, policy)
    s3 = sandbox.client("s3", NETWORK, "may-write")

    s3.put_object(Bucket="may-a", Key="mine/x", Body=b"x")
    assert s3.head_object(Bucket="may-a", Key="mine/x")["ContentLength"] == 1
    assert error_of(s3.put_object, Bucket="may-a", Key="other", Body=b"")[0] == "AccessDenied"
    assert error_of(s3.put_object, Bucket="may-b", Key="mine/x", Body=b"")[0] == "AccessDenied"
    assert error_of(s3.list_objects_v2, Bucket="may-a")[0] == "AccessDenied"
    assert error_of(s3.get_object, Bucket="may-a", Key="mine/missing")[0] == "AccessDenied"
    assert error_of(owner.get_object, Bucket="may-a", Key="mine/missing")[0] == "NoSuchKey"


def test_attached_policies_and_those_of_aws_count(sandbox: Sandbox) -> None:
    a_role(sandbox, NETWORK, "may-audit", TRUST)
    iam = sandbox.client("iam", NETWORK)
    iam.attach_role_policy(
        RoleName="may-audit", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess"
    )
    own = iam.create_policy(PolicyName="may-topics", PolicyDocument=a_policy("sns:*"))["Policy"]
    iam.attach_role_policy(RoleName="may-audit", PolicyArn=own["Arn"])

    audited = sandbox.client("iam", NETWORK, "may-audit")
    assert audited.list_roles()["Roles"]
    assert error_of(audited.delete_role, RoleName="x")[0] == "AccessDenied"
    assert sandbox.client("sns", NETWORK, "may-audit").create_topic(Name="may-topic")


def test_a_boundary_is_the_most_a_role_may(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam", NETWORK)
    limit = iam.create_policy(PolicyName="may-limit", PolicyDocument=a_policy("sns:List*"))
    a_role(sandbox, NETWORK, "may-bounded", TRUST, a_policy("*"))
    iam.put_role_permissions_boundary(
        RoleName="may-bounded", PermissionsBoundary=limit["Policy"]["Arn"]
    )
    sns = sandbox.client("sns", NETWORK, "may-bounded")

    assert sns.list_topics()["Topics"] is not None
    assert error_of(sns.create_topic, Name="may-not")[0] == "AccessDenied"


def test_without_enforcement_the_log_still_says_what_was_not_allowed(tmp_path: Path) -> None:
    with lifecycle.running(tmp_path, a_fleet(), Settings(enforce_iam=False)) as sandbox:
        a_role(sandbox, NETWORK, "may-nothing", TRUST)
        sandbox.client("sns", NETWORK, "may-nothing").create_topic(Name="made-all-the-same")

    (entry,) = read(tmp_path, Filter(operation="sns:CreateTopic"))
    assert (entry["status"], entry["allowed"]) == (200, False)


def test_a_bucket_of_another_account_is_closed_until_its_policy_says_otherwise(
    sandbox: Sandbox,
) -> None:
    owner, other = sandbox.client("s3", NETWORK), sandbox.client("s3", PAYMENTS_PROD)
    place = {"LocationConstraint": HOME_REGION}
    owner.create_bucket(Bucket="may-cross", CreateBucketConfiguration=place)
    owner.put_object(Bucket="may-cross", Key="k", Body=b"content")
    assert error_of(other.get_object, Bucket="may-cross", Key="k") == ("AccessDenied", 403)

    policy = json.loads(a_policy("s3:GetObject", resource="arn:aws:s3:::may-cross/*"))
    policy["Statement"][0] |= {
        "Principal": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}},
    }
    owner.put_bucket_policy(Bucket="may-cross", Policy=json.dumps(policy))

    assert other.get_object(Bucket="may-cross", Key="k")["Body"].read() == b"content"
    assert error_of(other.put_object, Bucket="may-cross", Key="k", Body=b"")[1] == 403
    create = other.create_bucket
    taken = error_of(create, Bucket="may-cross", CreateBucketConfiguration=place)
    assert taken[0] in ("BucketAlreadyExists", "AccessDenied")


def test_a_bucket_policy_can_deny_its_own_account(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", NETWORK)
    s3.create_bucket(
        Bucket="may-deny", CreateBucketConfiguration={"LocationConstraint": HOME_REGION}
    )
    plain_http = {"Bool": {"aws:SecureTransport": "false"}}
    statements: list[dict[str, object]] = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": plain_http},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject"},
    ]
    resource: dict[str, object] = {"Resource": ["arn:aws:s3:::may-deny", "arn:aws:s3:::may-deny/*"]}
    document = {"Version": "2012-10-17", "Statement": [{**s, **resource} for s in statements]}
    s3.put_bucket_policy(Bucket="may-deny", Policy=json.dumps(document))

    s3.put_object(Bucket="may-deny", Key="k", Body=b"")
    assert error_of(s3.delete_object, Bucket="may-deny", Key="k") == ("AccessDenied", 403)

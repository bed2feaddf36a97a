"""A role does what its policies allow, and nothing else; the log says which was which."""

from __future__ import annotations

import json

import pytest

from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.journal import Filter, read
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, error_of, message_of
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, NETWORK, PAYMENTS_PROD

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


def test_the_log_says_which_need_was_not_allowed(sandbox: Sandbox) -> None:
    a_role(sandbox, NETWORK, "may-queue", TRUST, a_policy("sqs:CreateQueue"))
    sqs = sandbox.client("sqs", NETWORK, "may-queue")

    assert sqs.create_queue(QueueName="may-plain")["QueueUrl"]
    assert error_of(sqs.create_queue, QueueName="may-tagged", tags={"team": "a"}) == (
        "AccessDeniedException",
        400,
    )
    entry = list(read(sandbox.home, Filter(account=NETWORK, operation="sqs:CreateQueue")))[-1]
    assert (entry["allowed"], entry["refused"]) == (False, "sqs:TagQueue")


def test_a_role_is_handed_over_only_to_the_service_that_is_allowed(sandbox: Sandbox) -> None:
    worker = a_role(
        sandbox, NETWORK, "may-work", a_trust_policy({"Service": "config.amazonaws.com"})
    )
    passing = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": worker,
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    }
    policy = json.loads(a_policy("config:*"))
    policy["Statement"].append(passing)
    a_role(sandbox, NETWORK, "may-pass", TRUST, json.dumps(policy))
    config = sandbox.client("config", NETWORK, "may-pass")
    recorder = {"name": "default", "roleARN": worker}

    put = config.put_configuration_recorder
    assert message_of(put, ConfigurationRecorder=recorder) == (
        f"User: arn:aws:sts::{NETWORK}:assumed-role/may-pass/sandbox is not authorized to perform: "
        f"iam:PassRole on resource: {worker} because no identity-based policy allows the "
        "iam:PassRole action"
    )
    passing["Condition"] = {"StringEquals": {"iam:PassedToService": "config.amazonaws.com"}}
    sandbox.client("iam", NETWORK).put_role_policy(
        RoleName="may-pass", PolicyName="own", PolicyDocument=json.dumps(policy)
    )
    put(ConfigurationRecorder=recorder)
    config.delete_configuration_recorder(ConfigurationRecorderName="default")


def test_an_action_without_a_resource_is_not_allowed_on_one(sandbox: Sandbox) -> None:
    policy = a_policy("ec2:DescribeVpcs", resource=f"arn:aws:ec2:*:{NETWORK}:vpc/*")
    a_role(sandbox, NETWORK, "may-some-vpcs", TRUST, policy)

    assert error_of(sandbox.client("ec2", NETWORK, "may-some-vpcs").describe_vpcs)[0] == (
        "UnauthorizedOperation"
    )


def a_queue(sandbox: Sandbox, name: str, **statement: object) -> str:
    """Its URL; the statement is its policy's."""
    sqs = sandbox.client("sqs", NETWORK)
    url = str(sqs.create_queue(QueueName=name)["QueueUrl"])
    arn = f"arn:aws:sqs:{HOME_REGION}:{NETWORK}:{name}"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Resource": arn, **statement}]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url


def test_a_queues_policy_counts_in_its_own_account(sandbox: Sandbox) -> None:
    role = a_role(sandbox, NETWORK, "may-be-named", TRUST)
    named = a_queue(
        sandbox, "may-named", Effect="Allow", Principal={"AWS": role}, Action="sqs:SendMessage"
    )
    closed = a_queue(sandbox, "may-closed", Effect="Deny", Principal="*", Action="sqs:SendMessage")
    sqs = sandbox.client("sqs", NETWORK, "may-be-named")

    assert sqs.send_message(QueueUrl=named, MessageBody="x")["MessageId"]
    assert error_of(sqs.receive_message, QueueUrl=named)[0] == "AccessDeniedException"
    administrator = sandbox.client("sqs", NETWORK)
    assert message_of(administrator.send_message, QueueUrl=closed, MessageBody="x").endswith(
        "with an explicit deny in a resource-based policy"
    )


def test_a_keys_policy_decides_whether_iam_counts(sandbox: Sandbox) -> None:
    kms = sandbox.client("kms", NETWORK)
    role = a_role(sandbox, NETWORK, "may-encrypt", TRUST, a_policy("kms:*"))
    administrator = f"arn:aws:iam::{NETWORK}:role/OrganizationAccountAccessRole"
    only_me = a_trust_policy({"AWS": administrator}, Action="kms:*", Resource="*")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    encrypt = sandbox.client("kms", NETWORK, "may-encrypt").encrypt

    assert encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=only_me)
    assert message_of(encrypt, KeyId=key, Plaintext=b"x").endswith(
        "because no resource-based policy allows the kms:Encrypt action"
    )
    kms.create_grant(KeyId=key, GranteePrincipal=role, Operations=["Encrypt"])
    assert encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]


def a_control(sandbox: Sandbox, kind: str, target: str, document: str) -> None:
    """A control policy of an organization, in force on a target."""
    client = sandbox.client("organizations")
    root = client.list_roots()["Roots"][0]
    if kind not in [each["Type"] for each in root["PolicyTypes"]]:
        client.enable_policy_type(RootId=root["Id"], PolicyType=kind)
    made = client.create_policy(
        Content=document, Description="d", Name=f"{kind}-{target}", Type=kind
    )
    client.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


def test_an_scp_binds_everybody_in_a_member_account_and_nobody_in_the_management_account(
    fresh_sandbox: Sandbox,
) -> None:
    deny = a_policy("sns:CreateTopic", effect="Deny")
    for target in (MANAGEMENT, "ou-ex01-infrastr"):
        a_control(fresh_sandbox, "SERVICE_CONTROL_POLICY", target, deny)

    refused = fresh_sandbox.client("sns", NETWORK).create_topic
    assert message_of(refused, Name="scp").endswith(
        "sns:CreateTopic on resource: "
        f"arn:aws:sns:{HOME_REGION}:{NETWORK}:scp with an explicit deny in a service control policy"
    )
    assert fresh_sandbox.client("sns", PAYMENTS_PROD).create_topic(Name="scp")
    assert fresh_sandbox.client("sns").create_topic(Name="scp")


def test_an_rcp_protects_what_is_in_an_account_from_everybody(fresh_sandbox: Sandbox) -> None:
    document = json.loads(a_policy("sqs:SendMessage", effect="Deny"))
    document["Statement"][0]["Principal"] = "*"
    a_control(fresh_sandbox, "RESOURCE_CONTROL_POLICY", NETWORK, json.dumps(document))
    url = fresh_sandbox.client("sqs", NETWORK).create_queue(QueueName="rcp")["QueueUrl"]

    send = fresh_sandbox.client("sqs", NETWORK).send_message
    assert message_of(send, QueueUrl=url, MessageBody="x").endswith(
        "with an explicit deny in a resource control policy"
    )

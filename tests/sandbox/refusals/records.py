"""CloudWatch Logs, CloudTrail and AWS Config: who lets them write where."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.refusals.identities import NOBODY
from tests.sandbox.refusals.probe import GONE, Bench, Case, Params, allow, document

LOGS, CONFIG = "InvalidParameterException", "ValidationException"


ORGANIZATION = "arn:aws:logs:ap-northeast-1:200000000003:destination:probe-organization"


BUCKET, KEY = "InsufficientS3BucketPolicyException", "InsufficientEncryptionPolicyException"


NO_KEY = "arn:aws:kms:ap-northeast-1:200000000009:key/11111111-2222-3333-4444-555555555555"


def _key(bench: Bench) -> str:
    return str(bench.made["key"]["Arn"])


def _stream(bench: Bench) -> str:
    if "stream" not in bench.made:
        kinesis = bench.client("kinesis")
        kinesis.create_stream(StreamName="probe", ShardCount=1)
        bench.made["stream"] = bench.arn("kinesis", "stream/probe")
    return str(bench.made["stream"])


def _organizations(bench: Bench) -> str:
    """A destination in another account whose policy admits the organization."""
    if "destination" not in bench.made:
        iam = bench.client("iam", "200000000003")
        trusted = {"Service": "logs.amazonaws.com"}
        trust = document(allow("sts:AssumeRole", None, Principal=trusted))
        role = iam.create_role(RoleName="probe-logs", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        logs = bench.client("logs", "200000000003")
        kinesis = bench.client("kinesis", "200000000003")
        kinesis.create_stream(StreamName="probe", ShardCount=1)
        stream = "arn:aws:kinesis:ap-northeast-1:200000000003:stream/probe"
        logs.put_destination(destinationName="probe-organization", targetArn=stream, roleArn=role)
        admitted = {"StringEquals": {"aws:PrincipalOrgID": ["o-exampleorg1"]}}
        policy = document(
            allow("logs:PutSubscriptionFilter", ORGANIZATION, Principal="*", Condition=admitted)
        )
        logs.put_destination_policy(destinationName="probe-organization", accessPolicy=policy)
        bench.made["destination"] = ORGANIZATION
    return ORGANIZATION


def _subscription(bench: Bench) -> Params:
    return {
        "logGroupName": "/probe/group",
        "filterName": "one",
        "filterPattern": "",
        "destinationArn": _organizations(bench),
        "roleArn": bench.made["logs"],
    }


def _account_policy(bench: Bench, **more: Any) -> Params:
    said = {"DestinationArn": _organizations(bench), "RoleArn": bench.made["logs"]}
    said |= {"FilterPattern": "", "Distribution": "Random", **more}
    return {
        "policyName": "probe",
        "policyType": "SUBSCRIPTION_FILTER_POLICY",
        "scope": "ALL",
        "policyDocument": json.dumps({k: v for k, v in said.items() if v is not GONE}),
    }


def _function(bench: Bench) -> Params:
    return {"destinationArn": bench.arn("lambda", "function:probe-function"), "roleArn": GONE}


def _trail(_: Bench) -> Params:
    return {"Name": "probe-trail", "S3BucketName": "probe-trail"}


CASES = [
    Case(
        "logs",
        "create_log_group",
        lambda _: {"logGroupName": "/probe/new"},
        [
            (
                "a key that does not admit Logs",
                lambda b: {"kmsKeyId": _key(b)},
                "AccessDeniedException",
            ),
            ("a key nobody has", {"kmsKeyId": NO_KEY}, LOGS),
            ("a blank in the name", {"logGroupName": "a group"}, LOGS),
            ("a name of 513", {"logGroupName": "g" * 513}, LOGS),
            ("no name at all", {"logGroupName": ""}, LOGS),
            ("a class AWS does not have", {"logGroupClass": "GOLD"}, LOGS),
            (
                "a name that is taken",
                {"logGroupName": "/probe/group"},
                "ResourceAlreadyExistsException",
            ),
        ],
        "Amazon CloudWatch Logs API Reference, CreateLogGroup; User Guide, AWS KMS",
    ),
    Case(
        "logs",
        "put_retention_policy",
        lambda _: {"logGroupName": "/probe/group", "retentionInDays": 30},
        [
            *[(f"{days} days", {"retentionInDays": days}, LOGS) for days in (0, 2, 31, 366, 4000)],
            ("a group nobody has", {"logGroupName": "/nobody"}, "ResourceNotFoundException"),
        ],
        "Amazon CloudWatch Logs API Reference, PutRetentionPolicy",
    ),
    Case(
        "logs",
        "put_destination",
        lambda b: {"destinationName": "probe", "targetArn": _stream(b), "roleArn": b.made["logs"]},
        [
            ("a role nobody has", {"roleArn": NOBODY}, LOGS),
            ("a role that does not trust Logs", lambda b: {"roleArn": b.made["stranger"]}, LOGS),
            ("a colon in the name", {"destinationName": "a:b"}, LOGS),
        ],
        "Amazon CloudWatch Logs API Reference, PutDestination",
    ),
    Case(
        "logs",
        "put_destination_policy",
        lambda _: {
            "destinationName": "probe",
            "accessPolicy": document(
                allow("logs:PutSubscriptionFilter", "*", Principal={"AWS": "200000000006"})
            ),
        },
        [
            ("not JSON", {"accessPolicy": "{"}, LOGS),
            ("no principal", {"accessPolicy": document(allow("logs:PutSubscriptionFilter"))}, LOGS),
            (
                "a destination nobody has",
                {"destinationName": "nobody"},
                "ResourceNotFoundException",
            ),
        ],
        "Amazon CloudWatch Logs API Reference, PutDestinationPolicy",
    ),
    Case(
        "logs",
        "put_subscription_filter",
        _subscription,
        [
            ("no role for an organization's destination", {"roleArn": GONE}, LOGS),
            ("a role nobody has", {"roleArn": NOBODY}, LOGS),
            ("a role that does not trust Logs", lambda b: {"roleArn": b.made["stranger"]}, LOGS),
            ("a function that does not admit Logs", _function, LOGS),
            (
                "a stream without a role",
                lambda b: {"destinationArn": _stream(b), "roleArn": GONE},
                LOGS,
            ),
            (
                "a destination nobody has",
                lambda b: {"destinationArn": b.arn("logs", "destination:nobody")},
                "ResourceNotFoundException",
            ),
            ("no ARN", {"destinationArn": "probe"}, LOGS),
            ("a group nobody has", {"logGroupName": "/nobody"}, "ResourceNotFoundException"),
        ],
        "aws-cli issue 9474; Amazon CloudWatch Logs User Guide, cross-account subscriptions",
    ),
    Case(
        "logs",
        "put_account_policy",
        _account_policy,
        [
            (
                "no role for an organization's destination",
                lambda b: _account_policy(b, RoleArn=GONE),
                LOGS,
            ),
            ("not JSON", {"policyDocument": "{"}, LOGS),
            ("no destination", lambda b: _account_policy(b, DestinationArn=GONE), LOGS),
            ("a kind AWS does not have", {"policyType": "GUESS_POLICY"}, LOGS),
        ],
        "aws-cli issue 9474; Amazon CloudWatch Logs API Reference, PutAccountPolicy",
    ),
    Case(
        "cloudtrail",
        "create_trail",
        _trail,
        [
            ("a bucket that does not admit CloudTrail", {"S3BucketName": "probe-closed"}, BUCKET),
            (
                "a bucket nobody has",
                {"S3BucketName": "probe-nobody-has-this"},
                "S3BucketDoesNotExistException",
            ),
            ("a key that does not admit CloudTrail", lambda b: {"KmsKeyId": _key(b)}, KEY),
            ("a key nobody has", {"KmsKeyId": NO_KEY}, "KmsKeyNotFoundException"),
            ("a name of 2", {"Name": "ab"}, "InvalidTrailNameException"),
            ("a name of 129", {"Name": "t" * 129}, "InvalidTrailNameException"),
            ("a name with a blank", {"Name": "a trail"}, "InvalidTrailNameException"),
            ("a name that ends in a dot", {"Name": "trail."}, "InvalidTrailNameException"),
            (
                "a log group without a role",
                lambda b: {"CloudWatchLogsLogGroupArn": b.arn("logs", "log-group:/probe/group:*")},
                "InvalidCloudWatchLogsRoleArnException",
            ),
            (
                "a role without a log group",
                lambda b: {"CloudWatchLogsRoleArn": b.made["cloudtrail"]},
                "InvalidCloudWatchLogsLogGroupArnException",
            ),
        ],
        "AWS CloudTrail API Reference, CreateTrail; User Guide, bucket and key policies",
    ),
    Case(
        "cloudtrail",
        "update_trail",
        _trail,
        [
            ("a bucket that does not admit CloudTrail", {"S3BucketName": "probe-closed"}, BUCKET),
            ("a key that does not admit CloudTrail", lambda b: {"KmsKeyId": _key(b)}, KEY),
            ("a trail nobody has", {"Name": "nobody"}, "TrailNotFoundException"),
        ],
        "AWS CloudTrail API Reference, UpdateTrail",
    ),
]

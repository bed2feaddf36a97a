from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import Builder, Case

KEY_TAGS = [{"TagKey": "team", "TagValue": "payments"}]
GONE = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def a_key(aws: Aws, **given: str) -> str:
    return str(aws("kms").create_key(Tags=KEY_TAGS, **given)["KeyMetadata"]["Arn"])


def a_rotated_key(aws: Aws) -> str:
    arn = a_key(aws)
    aws("kms").enable_key_rotation(KeyId=arn.rpartition("/")[2])
    return arn


OWNER = {
    "Sid": "Account",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    "Action": "kms:*",
    "Resource": "*",
}
EVERYBODY = {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt"}


def with_policy(*statements: Mapping[str, Any]) -> Builder:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return lambda aws: a_key(aws, Policy=text)


OPEN = {**EVERYBODY, "Resource": "*"}
NARROW = {**OPEN, "Condition": {"StringEquals": {"kms:CallerAccount": "123456789012"}}}


def a_condemned_key(aws: Aws) -> str:
    arn = a_key(aws)
    aws("kms").schedule_key_deletion(KeyId=arn.rpartition("/")[2], PendingWindowInDays=7)
    return arn


CASES = (
    Case("KMS.3", a_condemned_key, a_key, GONE),
    Case("KMS.5", with_policy(OWNER, OPEN), with_policy(OWNER, NARROW), GONE),
    Case("KMS.5", with_policy({**OPEN, "Action": "kms:*"}), name="nothing else", fixed=False),
    Case("KMS.4", a_key, a_rotated_key, GONE),
    Case(
        "KMS.4",
        a_key,
        lambda aws: a_key(aws, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
        GONE,
        name="asymmetric keys cannot be rotated",
    ),
)

"""For each of our own rules: records that it matches, and records that only look like them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.cloudtrail import ACCOUNT, Record, iam_user, record, sign_in, sso

ROOT = {
    "type": "Root",
    "principalId": ACCOUNT,
    "arn": f"arn:aws:iam::{ACCOUNT}:root",
    "accountId": ACCOUNT,
    "accessKeyId": "",
}
EVERYBODY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}}]})
PARTNER = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "444455556666"}}]})
REFUSED: Record = {"errorCode": "AccessDenied", "errorMessage": "no"}


@dataclass(frozen=True, slots=True)
class RuleCase:
    hits: tuple[Record, ...]
    misses: tuple[Record, ...]


def iam(name: str, by: str = "mallory", **parameters: object) -> Record:
    return record(
        name,
        "iam.amazonaws.com",
        userIdentity=iam_user(by),
        requestParameters=parameters or None,
    )


def call(service: str, name: str, parameters: Record | None = None, **changed: object) -> Record:
    given = {"requestParameters": parameters} if parameters else {}
    return record(name, f"{service}.amazonaws.com", **{**given, **changed})


def reads(number: int) -> tuple[Record, ...]:
    """So many different secrets, two a minute."""
    return tuple(
        call(
            "secretsmanager",
            "GetSecretValue",
            {"secretId": f"prod/{each}"},
            readOnly=True,
            eventTime=f"2026-03-01T10:{each // 2:02d}:{each % 2 * 30:02d}Z",
        )
        for each in range(number)
    )


SHARED = {"items": [{"userId": "444455556666"}]}

CASES: Mapping[str, RuleCase] = {
    "root-use": RuleCase(
        (call("iam", "CreateAccessKey", userIdentity=ROOT),),
        (
            call("iam", "CreateAccessKey"),
            call("iam", "ListUsers", userIdentity=ROOT, readOnly=True),
            call("kms", "CreateGrant", userIdentity={**ROOT, "invokedBy": "ebs.amazonaws.com"}),
        ),
    ),
    "console-without-mfa": RuleCase(
        (sign_in("Success", "No", userIdentity=iam_user("bob")),),
        (
            sign_in("Success", "Yes", userIdentity=iam_user("bob")),
            sign_in("Failure", "No", userIdentity=iam_user("bob")),
            sign_in("Success", "No", userIdentity=sso("alice@example.com")),
        ),
    ),
    "trail-stopped": RuleCase(
        (
            call("cloudtrail", "StopLogging", {"name": "organization"}),
            call("cloudtrail", "UpdateTrail", {"name": "t", "isMultiRegionTrail": False}),
        ),
        (
            call("cloudtrail", "StartLogging", {"name": "organization"}),
            call("cloudtrail", "StopLogging", {"name": "organization"}, **REFUSED),
            call("cloudtrail", "UpdateTrail", {"name": "t", "isMultiRegionTrail": True}),
        ),
    ),
    "detection-switched-off": RuleCase(
        (
            call("guardduty", "DeleteDetector", {"detectorId": "d"}),
            call("guardduty", "UpdateDetector", {"detectorId": "d", "enable": False}),
        ),
        (
            call("guardduty", "UpdateDetector", {"detectorId": "d", "enable": True}),
            call("guardduty", "DeleteDetector", {"detectorId": "d"}, **REFUSED),
        ),
    ),
    "key-for-another-user": RuleCase(
        (iam("CreateAccessKey", userName="deploy"),),
        (iam("CreateAccessKey"), iam("CreateAccessKey", userName="mallory")),
    ),
    "password-for-another-user": RuleCase(
        (iam("CreateLoginProfile", userName="deploy"),),
        (iam("UpdateLoginProfile", userName="mallory"),),
    ),
    "trust-opened": RuleCase(
        (
            iam("UpdateAssumeRolePolicy", roleName="r", policyDocument=EVERYBODY),
            iam("CreateRole", roleName="r", assumeRolePolicyDocument=EVERYBODY),
        ),
        (iam("UpdateAssumeRolePolicy", roleName="r", policyDocument=PARTNER),),
    ),
    "key-deletion": RuleCase(
        (call("kms", "ScheduleKeyDeletion", {"keyId": "k"}),),
        (call("kms", "CancelKeyDeletion", {"keyId": "k"}),),
    ),
    "image-shared": RuleCase(
        (
            call(
                "ec2",
                "ModifyImageAttribute",
                {"imageId": "ami-1", "launchPermission": {"add": SHARED}},
            ),
            call(
                "rds",
                "ModifyDBSnapshotAttribute",
                {"attributeName": "restore", "valuesToAdd": ["all"]},
            ),
        ),
        (
            call(
                "ec2",
                "ModifyImageAttribute",
                {"imageId": "ami-1", "launchPermission": {"remove": SHARED}},
            ),
            call(
                "rds",
                "ModifyDBSnapshotAttribute",
                {"attributeName": "restore", "valuesToRemove": ["all"]},
            ),
        ),
    ),
    "password-policy-weakened": RuleCase(
        (
            iam("DeleteAccountPasswordPolicy"),
            iam("UpdateAccountPasswordPolicy", minimumPasswordLength=8),
        ),
        (iam("UpdateAccountPasswordPolicy", minimumPasswordLength=16),),
    ),
    "mfa-removed": RuleCase(
        (iam("DeactivateMFADevice", userName="bob"),), (iam("EnableMFADevice", userName="bob"),)
    ),
    "organization-left": RuleCase(
        (call("organizations", "LeaveOrganization"),),
        (call("organizations", "LeaveOrganization", None, **REFUSED),),
    ),
    "federation-made": RuleCase(
        (iam("CreateOpenIDConnectProvider", url="https://token.example"),),
        (iam("DeleteOpenIDConnectProvider", openIDConnectProviderArn="arn"),),
    ),
    "many-secrets-read": RuleCase(reads(10), reads(9)),
}
"""By the name of the rule's file."""


def numbered(name: str, records: tuple[Record, ...]) -> list[Record]:
    """The records with ids of their own."""
    return [{**each, "eventID": f"{name}-{n}"} for n, each in enumerate(records)]

"""What the checks ask for: no more, and in the sandbox it is tested to be enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MANAGEMENT = (
    "cloudtrail:DescribeTrails",
    "guardduty:ListDetectors",
    "guardduty:ListOrganizationAdminAccounts",
    "iam:GetRole",
    "iam:SimulateCustomPolicy",
    "organizations:DescribeEffectivePolicy",
    "organizations:DescribeOrganization",
    "organizations:DescribePolicy",
    "organizations:ListAWSServiceAccessForOrganization",
    "organizations:ListAccountsForParent",
    "organizations:ListDelegatedAdministrators",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListPoliciesForTarget",
    "organizations:ListRoots",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "securityhub:DescribeHub",
    "securityhub:ListOrganizationAdminAccounts",
)
"""Asked as the caller, in the management account."""

ACCOUNT = (
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "ec2:DescribeRegions",
    "events:ListEventBuses",
    "events:ListRules",
    "iam:GetAccountSummary",
    "kms:DescribeKey",
    "kms:ListAliases",
    "lambda:GetAccountSettings",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "securityhub:DescribeOrganizationConfiguration",
    "servicequotas:GetServiceQuota",
)
"""Asked in every account, the management account included."""

PREFIXES: Mapping[str, str] = {
    "accessanalyzer": "access-analyzer",
    "service-quotas": "servicequotas",
}
ACTIONS: Mapping[str, str] = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
}
"""What IAM calls an operation, where it is not as the API does. Source: Service Authorization
Reference."""


def permission(call: str) -> str:
    """The IAM action behind a call such as 's3:HeadBucket'."""
    if call.startswith("sts:AssumeRole"):
        return "sts:AssumeRole"
    service, _, operation = call.partition(":")
    return ACTIONS.get(call, f"{PREFIXES.get(service, service)}:{operation}")


def in_the_management_account(entry_role: str) -> Mapping[str, object]:
    """An IAM policy that is enough for whoever starts it."""
    reads = sorted({*MANAGEMENT, *ACCOUNT})
    enters = {
        "Sid": "EntersAccounts",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": f"arn:aws:iam::*:role/{entry_role}",
    }
    return _document([_reads(reads), enters])


def in_an_account() -> Mapping[str, object]:
    """What is left of an entry role while it is used here: a session policy."""
    return _document([_reads(ACCOUNT)])


def _reads(actions: Sequence[str]) -> Mapping[str, object]:
    # Lists and settings of the account: none has a name to be held to.
    return {"Sid": "Reads", "Effect": "Allow", "Action": list(actions), "Resource": "*"}


def _document(statements: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}

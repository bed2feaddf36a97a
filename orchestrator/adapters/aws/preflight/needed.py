"""What the first applies of an account do, on what: an SCP is asked whether it lets them."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.organization import Account, Organization

Needed = Mapping[str, tuple[str, ...]]
"""Resource → the actions on it."""

EVERYWHERE: Needed = {
    "*": (
        "ec2:EnableEbsEncryptionByDefault",
        "ec2:ModifyInstanceMetadataDefaults",
        "iam:UpdateAccountPasswordPolicy",
        "s3:PutAccountPublicAccessBlock",
    ),
    "arn:aws:config:{region}:{account}:configuration-recorder/default/*": (
        "config:PutConfigurationRecorder",
        "config:StartConfigurationRecorder",
    ),
    "arn:aws:config:{region}:{account}:delivery-channel/default": ("config:PutDeliveryChannel",),
    "arn:aws:iam::{account}:policy/orchestrator-boundary": ("iam:CreatePolicy",),
    "arn:aws:iam::{account}:role/{apply}": (
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:PutRolePolicy",
    ),
    "arn:aws:iam::{account}:role/{remediation}": ("iam:AttachRolePolicy", "iam:CreateRole"),
    "arn:aws:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig": (
        "iam:CreateServiceLinkedRole",
    ),
}
SECURITY: Needed = {
    "*": ("kms:CreateKey", "securityhub:CreateConfigurationPolicy"),
    "arn:aws:dynamodb:{region}:{account}:table/orchestrator-remediation": ("dynamodb:CreateTable",),
    "arn:aws:events:{region}:{account}:rule/orchestrator-findings": ("events:PutRule",),
    "arn:aws:lambda:{region}:{account}:function:orchestrator-findings": ("lambda:CreateFunction",),
    "arn:aws:sns:{region}:{account}:orchestrator-team": ("sns:CreateTopic",),
    "arn:aws:sqs:{region}:{account}:orchestrator-findings": ("sqs:CreateQueue",),
}
LOG_ARCHIVE: Needed = {
    "*": ("kms:CreateKey",),
    "arn:aws:s3:::{archive}-cloudtrail": (
        "s3:CreateBucket",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketPolicy",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
    ),
}
"""Source of the resource types: Service Authorization Reference. A stack does more than this; what
it does is of these kinds."""


def needed(organization: Organization, account: Account, region: str) -> Needed:
    """Of one account in one region, each resource by its ARN."""
    facts = organization.facts
    kinds = [EVERYWHERE]
    if account == organization.security and region == facts.home_region:
        kinds.append(SECURITY)
    if account == organization.log_archive and region == facts.home_region:
        kinds.append(LOG_ARCHIVE)
    names = {
        "account": account.id,
        "apply": facts.access.apply_role,
        "archive": facts.log_archive.bucket_prefix,
        "region": region,
        "remediation": facts.remediation.role,
    }
    found: dict[str, tuple[str, ...]] = {}
    for kind in kinds:
        for resource, actions in kind.items():
            arn = resource.format_map(names)
            found[arn] = (*found.get(arn, ()), *actions)
    return found

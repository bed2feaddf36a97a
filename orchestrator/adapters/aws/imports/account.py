"""What an account may have of its own stack already: the baseline, AWS Config, Security Hub."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.adapters.aws.conformance.account import NO_HUB
from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.wanted import (
    MISSING,
    Finder,
    Seen,
    Wanted,
    asked,
    first,
    in_the_way,
    listed,
    named,
    nothing,
    or_none,
    same,
    setting,
    there,
)
from orchestrator.model.import_candidates import Presence

LINKED_ROLES: Mapping[str, str] = {
    "access-analyzer.amazonaws.com": "AccessAnalyzer",
    "config.amazonaws.com": "Config",
    "malware-protection.guardduty.amazonaws.com": "AmazonGuardDutyMalwareProtection",
    "opensearchservice.amazonaws.com": "AmazonOpenSearchService",
}
"""What stands behind AWSServiceRoleFor. Source: the services' user guides, "Using service-linked
roles"."""

ONE_A_REGION = (
    "AWS Config allows one a region: delete it, or leave AWS Config to its owner with "
    "config_recorder.enabled: false"
)


def ebs_encryption(aws: Aws, wanted: Wanted) -> Seen:
    """Off is how every account begins. The provider takes any id."""
    on = aws.call("ec2", "GetEbsEncryptionByDefault", wanted.region)["EbsEncryptionByDefault"]
    return there("default") if on else MISSING


def metadata_defaults(aws: Aws, wanted: Wanted) -> Seen:
    level = aws.call("ec2", "GetInstanceMetadataDefaults", wanted.region).get("AccountLevel", {})
    said = (f"{name} {value}" for name, value in sorted(level.items()) if name != "ManagedBy")
    return setting(", ".join(said))


def linked_role(aws: Aws, wanted: Wanted) -> Seen:
    service = wanted["aws_service_name"]
    name = LINKED_ROLES.get(service)
    if name is None:
        return Seen(Presence.UNKNOWN, says=f"the name of {service}'s role is not known")
    role = f"AWSServiceRoleFor{name}"
    answer = or_none(lambda: aws.call("iam", "GetRole", RoleName=role), "NoSuchEntity")
    return there(answer["Role"]["Arn"]) if answer else MISSING


def recorder(aws: Aws, wanted: Wanted) -> Seen:
    answer = aws.call("config", "DescribeConfigurationRecorders", wanted.region)
    # Recorders of AWS services have a scope of their own, and do not count.
    names = [
        each["name"]
        for each in answer["ConfigurationRecorders"]
        if each.get("recordingScope") != "INTERNAL"
    ]
    return _the_only_one(wanted["name"], names, "recorder")


def channel(aws: Aws, wanted: Wanted) -> Seen:
    answer = aws.call("config", "DescribeDeliveryChannels", wanted.region)
    names = [each["name"] for each in answer["DeliveryChannels"]]
    return _the_only_one(wanted["name"], names, "delivery channel")


def recorder_status(aws: Aws, wanted: Wanted) -> Seen:
    answer = aws.call("config", "DescribeConfigurationRecorderStatus", wanted.region)
    return there(first(answer["ConfigurationRecordersStatus"], "name", name=wanted["name"]))


def control_association(aws: Aws, wanted: Wanted) -> Seen:
    """It is always there; what is switched off is a choice of the account's owner."""
    key, control = "StandardsControlAssociationSummaries", wanted["security_control_id"]
    found = or_none(
        lambda: aws.pages(
            "securityhub",
            "ListStandardsControlAssociations",
            key,
            wanted.region,
            SecurityControlId=control,
        ),
        *NO_HUB,
    )
    mine = [each for each in found or [] if each["StandardsArn"] == wanted["standards_arn"]]
    off = [each for each in mine if each["AssociationStatus"] == "DISABLED"]
    return setting(f"DISABLED: {off[0].get('UpdatedReason', '')}" if off else "")


def _the_only_one(name: str, names: list[str], what: str) -> Seen:
    if name in names:
        return there(name)
    if names:
        return in_the_way(f"there is a {what} '{names[0]}'", ONE_A_REGION)
    return MISSING


FINDERS: Mapping[str, Finder] = {
    "aws_config_configuration_recorder": recorder,
    "aws_config_configuration_recorder_status": recorder_status,
    "aws_config_delivery_channel": channel,
    "aws_ebs_encryption_by_default": ebs_encryption,
    "aws_ec2_instance_metadata_defaults": metadata_defaults,
    "aws_iam_account_password_policy": asked(
        *("iam", "GetAccountPasswordPolicy", nothing),
        lambda _wanted, _answer: "iam-account-password-policy",
        "NoSuchEntity",
    ),
    "aws_iam_service_linked_role": linked_role,
    "aws_s3_account_public_access_block": asked(
        *("s3control", "GetPublicAccessBlock", lambda wanted: {"AccountId": wanted.account}),
        lambda wanted, _answer: wanted.account,
        "NoSuchPublicAccessBlockConfiguration",
    ),
    "aws_securityhub_account": asked(
        *("securityhub", "DescribeHub", nothing),
        lambda wanted, _answer: wanted.account,
        *NO_HUB,
    ),
    "aws_securityhub_standards_control_association": control_association,
    "aws_securityhub_standards_subscription": listed(
        *("securityhub", "GetEnabledStandards", "StandardsSubscriptions", nothing),
        lambda wanted, items: first(
            items, "StandardsSubscriptionArn", StandardsArn=wanted["standards_arn"]
        ),
        *NO_HUB,
    ),
}


GONE = "NoSuchEntity"


def policy_arn(wanted: Wanted) -> str:
    return f"arn:aws:iam::{wanted.account}:policy{wanted['path']}{wanted['name']}"


IDENTITY_FINDERS: Mapping[str, Finder] = {
    "aws_iam_policy": asked(
        *("iam", "GetPolicy", lambda wanted: {"PolicyArn": policy_arn(wanted)}),
        lambda wanted, _answer: policy_arn(wanted),
        GONE,
    ),
    "aws_iam_role": asked("iam", "GetRole", named("RoleName"), same("name"), GONE),
    "aws_iam_role_policy": asked(
        "iam",
        "GetRolePolicy",
        lambda wanted: {"RoleName": wanted["role"], "PolicyName": wanted["name"]},
        lambda wanted, _answer: f"{wanted['role']}:{wanted['name']}",
        GONE,
    ),
    "aws_iam_role_policy_attachment": listed(
        "iam",
        "ListAttachedRolePolicies",
        "AttachedPolicies",
        named("RoleName", "role"),
        lambda wanted, items: (
            f"{wanted['role']}/{wanted['policy_arn']}"
            if first(items, "PolicyArn", PolicyArn=wanted["policy_arn"])
            else None
        ),
        GONE,
    ),
}

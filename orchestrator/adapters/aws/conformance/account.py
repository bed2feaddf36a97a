"""The stack of every account: Security Hub, AWS Config, the baseline, the roles, its logs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from orchestrator.adapters.aws.conformance.checks import (
    Aws,
    Checks,
    Found,
    Subject,
    account_log_checks,
    excused,
    on_its_way,
    roles,
)
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.settings import DecisionKind
from orchestrator.model.standards import arn

NO_HUB = {"InvalidAccessException", "ResourceNotFoundException"}
"""How Security Hub says that it is off here. Source: Security Hub API Reference, DescribeHub."""

ENDED = ("FAILED", "DELETING")
"""States of a standard that do not become READY."""

PUBLIC_ACCESS = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)


def checks(subject: Subject) -> Checks:
    yield from roles(subject.credential_cache, subject.account)
    aws, settings = subject.aws, subject.account.settings
    for region in subject.account.regions:
        yield from _hub(subject, aws, region)
        if settings.config_recorder.enabled:
            bucket = f"{subject.organization.facts.log_archive.bucket_prefix}-config"
            yield f"{region}: AWS Config records", partial(recorder, aws, region)
            yield f"{region}: AWS Config delivers", partial(channel, aws, region, bucket)
        if settings.baseline.ebs_encryption:
            yield f"{region}: EBS encryption by default", partial(ebs_encryption, aws, region)
        if settings.baseline.imdsv2:
            yield f"{region}: IMDSv2 by default", partial(imdsv2, aws, region)
    if settings.baseline.s3_public_access_block:
        what = "S3 account public access block"
        yield what, partial(account_public_access, aws, subject.account.id)
    yield from account_log_checks(subject)


def _hub(subject: Subject, aws: Aws, region: str) -> Checks:
    wanted = subject.account.settings.security_hub.enabled
    state = "on" if wanted else "off"
    check = partial(hub, aws, region, wanted=wanted)
    yield f"{region}: Security Hub is {state}", excused(subject, check)
    if not wanted:
        return
    arns = {arn(standard, region) for standard in subject.account.standards}
    yield f"{region}: standards", excused(subject, partial(standards, aws, region, arns))
    off = {
        str(control)
        for control, decided in subject.account.decisions.items()
        if decided.decision is DecisionKind.DISABLE
    }
    if off:
        yield f"{region}: disabled controls", excused(subject, partial(controls, aws, region, off))


def hub(aws: Aws, region: str, *, wanted: bool) -> str:
    try:
        aws.call("securityhub", "DescribeHub", region)
    except Refused as refusal:
        if refusal.code not in NO_HUB:
            raise
        return "it is off" if wanted else ""
    return "" if wanted else "it is on"


def standards(aws: Aws, region: str, arns: set[str]) -> str | Found:
    """PENDING and INCOMPLETE come before READY.

    Source: AWS Security Hub API Reference, StandardsSubscription, StandardsStatus.
    """
    try:
        enabled = aws.pages("securityhub", "GetEnabledStandards", "StandardsSubscriptions", region)
    except Refused as refusal:
        if refusal.code not in NO_HUB:
            raise
        return "Security Hub is off"
    missing = arns - {each["StandardsArn"] for each in enabled}
    if missing:
        return f"not enabled: {', '.join(sorted(missing))}"
    wanted = [each for each in enabled if each["StandardsArn"] in arns]
    failed = [_standard(each) for each in wanted if each["StandardsStatus"] in ENDED]
    late = [_standard(each) for each in wanted if each["StandardsStatus"] != "READY"]
    if failed:
        return ", ".join(failed)
    return on_its_way(", ".join(late)) if late else ""


def _standard(subscription: Mapping[str, Any]) -> str:
    reason = subscription.get("StandardsStatusReason", {}).get("StatusReasonCode", "")
    told = f"{subscription['StandardsArn']} is {subscription['StandardsStatus']}"
    return f"{told} ({reason})" if reason else told


def controls(aws: Aws, region: str, off: set[str]) -> str:
    on = sorted(control for control in off if _enabled_somewhere(aws, region, control))
    return f"still enabled: {', '.join(on)}" if on else ""


def _enabled_somewhere(aws: Aws, region: str, control: str) -> bool:
    operation, key = "ListStandardsControlAssociations", "StandardsControlAssociationSummaries"
    try:
        found = aws.pages("securityhub", operation, key, region, SecurityControlId=control)
    except Refused as refusal:
        if refusal.code in NO_HUB:  # or a control that this region does not have
            return False
        raise
    return any(each["AssociationStatus"] == "ENABLED" for each in found)


def recorder(aws: Aws, region: str) -> str:
    response = aws.call("config", "DescribeConfigurationRecorderStatus", region)
    found = response["ConfigurationRecordersStatus"]
    if not any(each["recording"] for each in found):
        return "nothing is recorded"
    failed = [each for each in found if each.get("lastStatus", "").upper() == "FAILURE"]
    return failed[0].get("lastErrorMessage", "the last recording failed") if failed else ""


def channel(aws: Aws, region: str, bucket: str) -> str:
    found = aws.call("config", "DescribeDeliveryChannels", region)["DeliveryChannels"]
    buckets = {each["s3BucketName"] for each in found}
    return "" if bucket in buckets else f"to {', '.join(sorted(buckets)) or 'nowhere'}"


def ebs_encryption(aws: Aws, region: str) -> str:
    on = aws.call("ec2", "GetEbsEncryptionByDefault", region)["EbsEncryptionByDefault"]
    return "" if on else "it is off"


def imdsv2(aws: Aws, region: str) -> str:
    level = aws.call("ec2", "GetInstanceMetadataDefaults", region).get("AccountLevel", {})
    tokens = level.get("HttpTokens", "no preference")
    return "" if tokens == "required" else f"tokens: {tokens}"


def account_public_access(aws: Aws, account: str) -> str:
    try:
        response = aws.call("s3control", "GetPublicAccessBlock", AccountId=account)
    except Refused as refusal:
        if refusal.code == "NoSuchPublicAccessBlockConfiguration":
            return "there is none"
        raise
    block = response["PublicAccessBlockConfiguration"]
    missing = [switch for switch in PUBLIC_ACCESS if not block.get(switch)]
    return f"off: {', '.join(missing)}" if missing else ""

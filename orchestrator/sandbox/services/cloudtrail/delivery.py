"""Whether CloudTrail can write what a trail records.

Source: CloudTrail API Reference, CreateTrail (InsufficientS3BucketPolicyException,
InsufficientEncryptionPolicyException) and GetTrailStatus (LatestDeliveryError).
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.bucket_access import write_refusal
from orchestrator.sandbox.key_access import key_arn
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.service_access import on_behalf

SERVICE = "cloudtrail.amazonaws.com"


def refused(trail: Any) -> str:
    """Why not; '' when it can. An organization's trail writes below two folders."""
    keys = on_behalf(SERVICE, trail.arn, trail.account_id)
    prefix = f"{trail.s3_key_prefix.strip('/')}/" if trail.s3_key_prefix else ""
    organization = organization_of(trail.account_id) if trail.is_org_trail else None
    key = str(trail.kms_key_id or "")
    key = key and key_arn(key, trail.account_id, trail.region_name)
    owners = [trail.account_id, *([organization.id] if organization else [])]
    for owner in owners:
        name = f"{prefix}AWSLogs/{owner}/CloudTrail/any"
        if problem := write_refusal(SERVICE, trail.bucket_name, name, keys, key):
            return problem
    return ""

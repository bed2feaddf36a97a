"""Whether AWS Config can deliver what it records, as itself, and be the role it records with.

Source: AWS Config API Reference, PutDeliveryChannel (InsufficientDeliveryPolicyException); AWS
Config Developer Guide, "Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel",
"Permissions for the KMS Key" and "Permissions for the Amazon SNS Topic".
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.bucket_access import write_refusal
from orchestrator.sandbox.handover import refused as handover_refused
from orchestrator.sandbox.service_access import entry_refusal, on_behalf

SERVICE = "config.amazonaws.com"


def refused(account_id: str, region: str, bucket: str, prefix: str, key: str, topic: str) -> str:
    """Why not; '' when it can. Names are '' where there is none."""
    keys = on_behalf(SERVICE, f"arn:aws:config:{region}:{account_id}:*", account_id)
    folder = f"{prefix.strip('/')}/" if prefix else ""
    name = f"{folder}AWSLogs/{account_id}/Config/ConfigWritabilityCheckFile"
    problem = write_refusal(SERVICE, bucket, name, keys, key)
    return problem or (handover_refused(SERVICE, topic, keys) if topic else "")


def stopped(account_id: str, region: str, recorder: Any, channels: list[Any]) -> str:
    """Why a recorder's last delivery failed; '' when it did not."""
    keys = on_behalf(SERVICE, f"arn:aws:config:{region}:{account_id}:*", account_id)
    problem = entry_refusal(recorder.role_arn, SERVICE, keys)
    for channel in () if problem else channels:
        problem = refused(
            account_id,
            region,
            channel.s3_bucket_name,
            channel.s3_key_prefix or "",
            channel.s3_kms_key_arn or "",
            channel.sns_topic_arn or "",
        )
    return problem

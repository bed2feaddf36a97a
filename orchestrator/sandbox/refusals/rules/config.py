"""AWS Config: the role it records with, and the bucket, key and topic it delivers to."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.sandbox.key_access import key_arn, key_refusal
from orchestrator.sandbox.refusals.refused import Asked, Refused, Rules
from orchestrator.sandbox.resource_policies import bucket_owner, existing
from orchestrator.sandbox.service_access import entry_refusal, on_behalf, refusal, role_refusal

SERVICE = "config.amazonaws.com"


def role(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Config API Reference, PutConfigurationRecorder, InvalidRoleException."""
    arn = str((asked.params.get("ConfigurationRecorder") or {}).get("roleARN") or "")
    keys = on_behalf(SERVICE, _here(asked), asked.account_id)
    if not arn:
        yield Refused("InvalidRoleException", "You have provided a null or empty role ARN.")
    elif entry_refusal(arn, SERVICE, keys):
        yield Refused("InvalidRoleException", f"AWS Config cannot assume the role {arn}")


def bucket(asked: Asked) -> Iterator[Refused]:
    """As the service or, within the account, as the recorder's role.

    Source: AWS Config Developer Guide, "Permissions for the Amazon S3 bucket for the delivery
    channel".
    """
    channel = asked.params.get("DeliveryChannel") or {}
    name = str(channel.get("s3BucketName") or "")
    if not name or not bucket_owner(name):
        return
    prefix = f"{channel['s3KeyPrefix']}/" if channel.get("s3KeyPrefix") else ""
    key = (
        f"arn:aws:s3:::{name}/{prefix}AWSLogs/{asked.account_id}/Config/ConfigWritabilityCheckFile"
    )
    keys = on_behalf(SERVICE, _here(asked), asked.account_id)
    written = {**keys, "s3:x-amz-acl": ["bucket-owner-full-control"]}
    as_service = refusal(SERVICE, "s3:PutObject", key, written)
    recorder = _recorder_role(asked)
    if as_service and (
        not recorder or role_refusal(recorder, SERVICE, "s3:PutObject", key, written)
    ):
        text = "Insufficient delivery policy to s3 bucket: "
        yield Refused(
            "InsufficientDeliveryPolicyException", f"{text}{name}, unable to write to it."
        )


def key(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Config Developer Guide, "Permissions for the KMS key"; key ARNs alone."""
    arn = str((asked.params.get("DeliveryChannel") or {}).get("s3KmsKeyArn") or "")
    if not arn:
        return
    keys = on_behalf(SERVICE, _here(asked), asked.account_id)
    full = key_arn(arn, asked.account_id, asked.region)
    via = f"s3.{asked.region}.amazonaws.com"
    actions = ("kms:GenerateDataKey",)
    recorder = _recorder_role(asked)
    if key_refusal(full, actions, SERVICE, via, keys) and (
        not recorder or key_refusal(full, actions, recorder, via, keys)
    ):
        text = f"Insufficient delivery policy to s3 bucket, unable to use the key {arn}."
        yield Refused("InsufficientDeliveryPolicyException", text)


def _recorder_role(asked: Asked) -> str:
    backend = existing("config", asked.account_id, asked.region)
    recorders = list(backend.recorders.values()) if backend is not None else []
    return str(recorders[0].role_arn) if recorders else ""


def _here(asked: Asked) -> str:
    return f"arn:aws:config:{asked.region}:{asked.account_id}:*"


RULES: Rules = {
    "PutConfigurationRecorder": (role,),
    "PutDeliveryChannel": (bucket, key),
}

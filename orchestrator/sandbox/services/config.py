"""AWS Config: recording mode, delivery to a bucket that exists, the organization's aggregator."""

from __future__ import annotations

from typing import Any

from moto.config import urls
from moto.config.models import ConfigBackend as MotoConfigBackend
from moto.config.models import config_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.data_access import write_refusal
from orchestrator.sandbox.extend import AwsError, Json, ValidationException
from orchestrator.sandbox.handover import refused as handover_refused
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.service_access import entry_refusal, on_behalf
from orchestrator.sandbox.services.s3 import bucket_exists


class NoSuchBucketException(AwsError):
    code = "NoSuchBucketException"


class OrganizationAccessDeniedException(AwsError):
    code = "OrganizationAccessDeniedException"


class InsufficientDeliveryPolicyException(AwsError):
    code = "InsufficientDeliveryPolicyException"


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


PRINCIPAL = "config.amazonaws.com"
FREQUENCIES = ("CONTINUOUS", "DAILY")


def without_empty_exclusions(recorder: Json) -> Json:
    """AWS takes back what it answers, with no exclusions in it; moto wants an empty list there."""
    group = recorder.get("recordingGroup") or {}
    if (group.get("exclusionByResourceTypes") or {}).get("resourceTypes"):
        return recorder
    kept = {key: part for key, part in group.items() if key != "exclusionByResourceTypes"}
    return {**recorder, "recordingGroup": kept} if kept else recorder


class ConfigBackend(MotoConfigBackend):  # type: ignore[misc]
    account_id: str

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.recording_modes: dict[str, Json] = {}

    def put_configuration_recorder(self, config_recorder: Json) -> None:
        mode = config_recorder.get("recordingMode") or {"recordingFrequency": "CONTINUOUS"}
        for part in (mode, *mode.get("recordingModeOverrides", ())):
            if part["recordingFrequency"] not in FREQUENCIES:
                raise ValidationException(
                    f"Value '{part['recordingFrequency']}' at 'recordingFrequency' failed to "
                    f"satisfy constraint: Member must satisfy enum value set: {FREQUENCIES}"
                )
        super().put_configuration_recorder(without_empty_exclusions(config_recorder))
        self.recording_modes[config_recorder["name"]] = mode

    def describe_configuration_recorders(self, recorder_names: list[str] | None) -> list[Json]:
        found: list[Json] = super().describe_configuration_recorders(recorder_names)
        return [{**r, "recordingMode": self.recording_modes[r["name"]]} for r in found]

    def put_delivery_channel(self, delivery_channel: Json) -> None:
        bucket = delivery_channel.get("s3BucketName", "")
        if bucket and not bucket_exists(bucket):
            raise NoSuchBucketException(f"Cannot find a S3 bucket with name '{bucket}'.")
        names = ("s3KeyPrefix", "s3KmsKeyArn", "snsTopicARN")
        prefix, key, topic = (str(delivery_channel.get(name) or "") for name in names)
        problem = bucket and refused(self.account_id, self.region_name, bucket, prefix, key, topic)
        if problem:
            raise InsufficientDeliveryPolicyException(
                f"Insufficient delivery policy to s3 bucket: {bucket}, unable to write to bucket: "
                f"{problem}"
            )
        super().put_delivery_channel(delivery_channel)

    def describe_configuration_recorder_status(self, recorder_names: list[str]) -> list[Json]:
        """With what became of the last delivery: here, would become of one now."""
        found: list[Json] = super().describe_configuration_recorder_status(recorder_names)
        for status in found:
            if status.get("recording"):
                recorder = self.recorders[status["name"]]
                channels = list(self.delivery_channels.values())
                where = (self.account_id, self.region_name)
                problem = stopped(*where, recorder, channels)
                status["lastStatus"] = "FAILURE" if problem else "SUCCESS"
                failed = {"lastErrorCode": "AccessDenied", "lastErrorMessage": problem}
                status.update(failed if problem else {})
        return found

    def put_configuration_aggregator(self, config_aggregator: Json) -> Json:
        if config_aggregator.get("OrganizationAggregationSource"):
            self._check_organization()
        aggregator: Json = super().put_configuration_aggregator(config_aggregator)
        return aggregator

    def _check_organization(self) -> None:
        organization = organization_of(self.account_id)
        if organization is None or not organization.is_administrator(self.account_id, PRINCIPAL):
            raise OrganizationAccessDeniedException(
                "This action can only be performed if you are the management account or a "
                f"delegated administrator for {PRINCIPAL}."
            )


def install() -> None:
    extend.substitute(config_backends, ConfigBackend)


url_bases, url_paths = urls.url_bases, urls.url_paths

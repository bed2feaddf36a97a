"""What an account has set for EC2 in a region: encryption, metadata, who may share."""

from __future__ import annotations

from collections.abc import Container
from typing import TypeVar

from moto.core.base_backend import BackendDict
from moto.ec2.models import EC2Backend as MotoEC2Backend

from orchestrator.sandbox.extend import Backend, Json, operation
from orchestrator.sandbox.services.ec2.exceptions import InvalidParameterValue

Value = TypeVar("Value")

UNBLOCKED = "unblocked"
DEFAULT_KEY = "alias/aws/ebs"
SNAPSHOT_STATES = ("block-all-sharing", "block-new-sharing")
IMAGE_STATES = ("block-new-sharing",)
METADATA = {
    "HttpTokens": ("optional", "required"),
    "HttpEndpoint": ("enabled", "disabled"),
    "InstanceMetadataTags": ("enabled", "disabled"),
}
NO_PREFERENCE = "no-preference"


class EC2Backend(MotoEC2Backend):  # type: ignore[misc]
    """moto's, so that moto finds the urls and with them the responses of this package."""


class Settings:
    """Defaults are AWS's for a new account.

    Source: Amazon EC2 User Guide, "Understand block public access for AMIs": a new account's are
    blocked; Amazon EBS User Guide, "Block public access for snapshots": its snapshots are not.
    """

    def __init__(self) -> None:
        self.encrypted = False
        self.key = DEFAULT_KEY
        self.snapshots = UNBLOCKED
        self.images = IMAGE_STATES[0]
        self.metadata: Json = {}

    @operation
    def get_ebs_encryption_by_default(self, _: Json) -> Json:
        return {"EbsEncryptionByDefault": self.encrypted, "SseType": "sse-ebs"}

    @operation
    def enable_ebs_encryption_by_default(self, _: Json) -> Json:
        self.encrypted = True
        return {"EbsEncryptionByDefault": True}

    @operation
    def disable_ebs_encryption_by_default(self, _: Json) -> Json:
        self.encrypted = False
        return {"EbsEncryptionByDefault": False}

    @operation
    def get_ebs_default_kms_key_id(self, _: Json) -> Json:
        return {"KmsKeyId": self.key}

    @operation
    def modify_ebs_default_kms_key_id(self, params: Json) -> Json:
        self.key = params["KmsKeyId"]
        return {"KmsKeyId": self.key}

    @operation
    def reset_ebs_default_kms_key_id(self, _: Json) -> Json:
        self.key = DEFAULT_KEY
        return {"KmsKeyId": self.key}

    @operation
    def get_instance_metadata_defaults(self, _: Json) -> Json:
        return {"AccountLevel": self.metadata}

    @operation
    def modify_instance_metadata_defaults(self, params: Json) -> Json:
        """A value that is left out stays; `no-preference`, or -1 hops, takes it away."""
        changed = dict(self.metadata)
        for name, values in METADATA.items():
            wanted = params.get(name)
            if wanted == NO_PREFERENCE:
                changed.pop(name, None)
            elif wanted is not None:
                changed[name] = _one_of(name, wanted, values)
        hops = params.get("HttpPutResponseHopLimit")
        if hops == -1:
            changed.pop("HttpPutResponseHopLimit", None)
        elif hops is not None:
            changed["HttpPutResponseHopLimit"] = _one_of("hop limit", hops, range(1, 65))
        self.metadata = changed
        return {"Return": True}

    @operation
    def get_snapshot_block_public_access_state(self, _: Json) -> Json:
        return {"State": self.snapshots, "ManagedBy": "account"}

    @operation
    def enable_snapshot_block_public_access(self, params: Json) -> Json:
        self.snapshots = _one_of("State", params["State"], SNAPSHOT_STATES)
        return {"State": self.snapshots}

    @operation
    def disable_snapshot_block_public_access(self, _: Json) -> Json:
        self.snapshots = UNBLOCKED
        return {"State": self.snapshots}

    @operation
    def get_image_block_public_access_state(self, _: Json) -> Json:
        return {"ImageBlockPublicAccessState": self.images, "ManagedBy": "account"}

    @operation
    def enable_image_block_public_access(self, params: Json) -> Json:
        wanted = params["ImageBlockPublicAccessState"]
        self.images = _one_of("ImageBlockPublicAccessState", wanted, IMAGE_STATES)
        return {"ImageBlockPublicAccessState": self.images}

    @operation
    def disable_image_block_public_access(self, _: Json) -> Json:
        self.images = UNBLOCKED
        return {"ImageBlockPublicAccessState": self.images}


PARTS: dict[str, type] = {"settings": Settings}


class EC2SettingsBackend(Backend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.settings = Settings()


ec2_settings_backends = BackendDict(EC2SettingsBackend, "ec2")


def _one_of(name: str, wanted: Value, values: Container[Value]) -> Value:
    if wanted not in values:
        raise InvalidParameterValue(f"Value ({wanted}) for parameter {name} is invalid.")
    return wanted

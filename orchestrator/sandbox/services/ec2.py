"""EC2's settings of an account and region, kept beside moto's EC2.

moto's EC2 makes a VPC, subnets and images for each account and region that is asked anything:
10 MB. The settings here cost about 1 kB, so 500 accounts in two regions need 1 MB, not 10 GB.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, TypeVar

from moto.core.base_backend import BackendDict
from moto.core.responses import ActionResult
from moto.ec2 import urls
from moto.ec2.models import EC2Backend as MotoEC2Backend
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import InstanceBackend, MetadataOptions
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses import EC2Response as MotoEC2Response
from moto.ec2.responses.flow_logs import FlowLogs
from moto.s3.models import s3_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.data_access import write_refusal
from orchestrator.sandbox.extend import (
    Backend,
    InvalidParameterValue,
    Json,
    operation,
    operations_of,
)
from orchestrator.sandbox.service_access import on_behalf
from orchestrator.sandbox.services.account import OPT_IN, REGIONS, is_enabled

OPTIONS = ("FileFormat", "HiveCompatiblePartitions", "PerHourPartition")
SERVICE = "delivery.logs.amazonaws.com"


def created(original: Callable[[Any], Any], self: Any) -> Any:
    """Keep the options beside what moto has made."""
    before = set(self.ec2_backend.flow_logs)
    answer = original(self)
    said = self._get_param("DestinationOptions")
    for made in set(self.ec2_backend.flow_logs) - before:
        if said:
            self.ec2_backend.flow_logs[made].destination_options = {
                name: said[name] for name in OPTIONS if name in said
            }
    return answer


def described(original: Callable[[Any], Any], self: Any) -> Any:
    """With how the delivery to another account's bucket went: here, would go now.

    To a bucket of its own AWS adds the policy itself, where the caller may.
    Source: EC2 API Reference, FlowLog, DeliverLogsStatus and DeliverLogsErrorMessage; VPC User
    Guide, "Amazon S3 bucket permissions for flow logs".
    """
    backend = self.ec2_backend
    for each in list(backend.flow_logs.values()):
        if each.log_destination_type == "s3":
            refused = _refused(each.log_destination, backend.account_id, backend.region_name)
            each.deliver_logs_status = "FAILED" if refused else "SUCCESS"
            each.deliver_logs_error_message = "Access error" if refused else None
    return original(self)


def _refused(destination: str, account_id: str, region: str) -> str:
    bucket, _, prefix = destination.rpartition(":")[2].partition("/")
    _, owner = s3_backends.bucket_accounts.get(bucket, ("", ""))
    if owner == account_id:
        return ""
    folder = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    key = f"{folder}AWSLogs/{account_id}/vpcflowlogs/{region}/any"
    source = f"arn:aws:logs:{region}:{account_id}:*"
    return write_refusal(SERVICE, bucket, key, on_behalf(SERVICE, source, account_id))


def metadata_modified(
    original: Callable[..., Any], self: Any, instance_id: str, *args: Any, **given: Any
) -> Any:
    """What a request leaves out stays as it is.

    Source: Amazon EC2 API Reference, ModifyInstanceMetadataOptions.
    """
    before = vars(self.get_instance(instance_id).metadata_options).copy()
    options: MetadataOptions = original(self, instance_id, *args, **given)
    asked = {
        "http_tokens": given.get("http_tokens"),
        "http_put_response_hop_limit": given.get("hop_limit"),
        "http_endpoint": given.get("http_endpoint"),
        "http_protocol_ipv6": given.get("http_protocol"),
        "instance_metadata_tags": given.get("metadata_tags"),
    }
    vars(options).update({name: before[name] for name, value in asked.items() if value is None})
    return options


def endpoints_deleted(original: Callable[..., None], self: Any, vpce_ids: list[str]) -> None:
    """Endpoints that are deleted are listed no more.

    Source: Amazon EC2 API Reference, DeleteVpcEndpoints; InvalidVpcEndpointId.NotFound.
    """
    original(self, vpce_ids)
    for each in vpce_ids or ():
        self.vpc_end_points.pop(each, None)


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


def install() -> None:
    extend.substitute(ec2_backends, EC2Backend)
    extend.amend(FlowLogs, "create_flow_logs", created)
    extend.amend(FlowLogs, "describe_flow_logs", described)
    extend.amend(InstanceBackend, "modify_instance_metadata_options", metadata_modified)
    extend.amend(VPCBackend, "delete_vpc_endpoints", endpoints_deleted)


CLOSED = "not-opted-in"


def _opted(account_id: str, region: str) -> str:
    if region not in OPT_IN:
        return "opt-in-not-required"
    return "opted-in" if is_enabled(account_id, region) else CLOSED


class EC2Response(MotoEC2Response):  # type: ignore[misc]
    """Overrides the settings moto has and adds those it lacks."""

    def describe_regions(self) -> Any:
        """Those of the account, or all. Source: Amazon EC2 API Reference, DescribeRegions."""
        named = self._get_param("RegionNames") or self._get_param("RegionName") or ()
        everything = str(self._get_param("AllRegions") or "").lower() == "true"
        statuses = {name: _opted(str(self.current_account), name) for name in named or REGIONS}
        found = [
            {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": status}
            for name, status in statuses.items()
            if (everything or status != CLOSED) and name in REGIONS
        ]
        return ActionResult({"Regions": found})


operations_of(EC2Response, ec2_settings_backends, PARTS)


url_bases = urls.url_bases
url_paths = {"{0}/": EC2Response.dispatch}

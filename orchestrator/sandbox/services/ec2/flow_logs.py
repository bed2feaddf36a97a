"""How a flow log writes its files, which moto forgets, and whether the bucket takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.s3.models import s3_backends

from orchestrator.sandbox.bucket_access import write_refusal
from orchestrator.sandbox.service_access import on_behalf

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

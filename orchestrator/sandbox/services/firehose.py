"""Amazon Data Firehose: a stream writes to its bucket as its role, if that may.

Source: Data Firehose Developer Guide, "Controlling access with Amazon Data Firehose" and
"Monitoring Amazon Data Firehose using CloudWatch metrics".
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from moto.firehose.models import FirehoseBackend

from orchestrator.sandbox import extend, handover
from orchestrator.sandbox.data_access import key_refusal
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.service_access import on_behalf, role_refusal
from orchestrator.sandbox.services.cloudwatch import count

SERVICE = "firehose.amazonaws.com"
FILLED_IN = re.compile(r"!\{[^}]*\}")


def put_s3_records(
    original: Callable[..., list[Json]],
    self: Any,
    name: str,
    version: str,
    destination: Json,
    records: list[Json],
) -> list[Json]:
    """What `FirehoseBackend.put_s3_records` does. Whoever put the records learns of no refusal."""
    stream = f"arn:aws:firehose:{self.region_name}:{self.account_id}:deliverystream/{name}"
    problem = refused(self.account_id, stream, destination)
    where, named = (self.account_id, self.region_name), {"DeliveryStreamName": name}
    count(*where, "AWS/Firehose", "DeliveryToS3.Success", named, 0 if problem else 1)
    if not problem:
        return original(self, name, version, destination, records)
    handover.note(handover.Drop("firehose", stream, str(destination["BucketARN"]), problem))
    return [{"RecordId": str(uuid.uuid4())} for _ in records]


def refused(account_id: str, stream: str, destination: Json) -> str:
    """Why the stream cannot write; '' when it can."""
    role, bucket = str(destination["RoleARN"]), str(destination["BucketARN"])
    keys = {**on_behalf(SERVICE, stream, account_id), "sts:externalid": [account_id]}
    prefix = FILLED_IN.sub("any", str(destination.get("Prefix") or ""))
    target = f"{bucket}/{prefix}any"
    problem = role_refusal(role, SERVICE, "s3:PutObject", target, keys)
    encryption = destination.get("EncryptionConfiguration") or {}
    key = str(encryption.get("KMSEncryptionConfig", {}).get("AWSKMSKeyARN") or "")
    if problem or not key:
        return problem
    via = f"s3.{key.split(':')[3]}.amazonaws.com"
    return key_refusal(key, ("kms:GenerateDataKey", "kms:Decrypt"), role, via, {})


def install() -> None:
    extend.amend(FirehoseBackend, "put_s3_records", put_s3_records)

"""Data under a customer's key is read and written by those who may use the key, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, error_of, message_of
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, NETWORK, PAYMENTS_DEV

TRUST = a_trust_policy({"AWS": f"arn:aws:iam::{MANAGEMENT}:root"})
DATA = ("s3:*", "sqs:*", "sns:*")
BUCKET = "keyed-bucket"
BOTH = ("kms:GenerateDataKey", "kms:Decrypt")


@dataclass
class Room:
    """An account with a key, and a bucket, a queue and a topic that are encrypted with it."""

    sandbox: Sandbox
    key: str
    queue: str
    topic: str

    def client(self, service: str, role: str = "", account: str = PAYMENTS_DEV) -> Any:
        return self.sandbox.client(service, account, *([role] if role else []))

    def role(self, name: str, *statements: dict[str, Any], account: str = PAYMENTS_DEV) -> str:
        own = [json.loads(a_policy(*DATA))["Statement"][0], *statements]
        policy = json.dumps({"Version": "2012-10-17", "Statement": own})
        return a_role(self.sandbox, account, name, TRUST, policy)

    def uses(self, *actions: str, **more: object) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": list(actions), "Resource": self.key, **more}


@pytest.fixture(scope="module")
def room(emptied_sandbox: Sandbox) -> Room:
    sandbox = emptied_sandbox
    kms, s3 = (sandbox.client(name, PAYMENTS_DEV) for name in ("kms", "s3"))
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/keyed", TargetKeyId=key)
    place = {"LocationConstraint": HOME_REGION}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    encrypt_by_default(s3, key)
    s3.put_object(Bucket=BUCKET, Key="held", Body=b"held")
    queue = sandbox.client("sqs", PAYMENTS_DEV).create_queue(
        QueueName="keyed", Attributes={"KmsMasterKeyId": "alias/keyed"}
    )["QueueUrl"]
    topic = sandbox.client("sns", PAYMENTS_DEV).create_topic(
        Name="keyed", Attributes={"KmsMasterKeyId": key}
    )["TopicArn"]
    return Room(sandbox, key, queue, topic)


def encrypt_by_default(s3: Any, key: str) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = [{"ApplyServerSideEncryptionByDefault": default}]
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": rules})


Call = Callable[[Room, str], tuple[Callable[..., Any], dict[str, Any]]]


def of(service: str, operation: str, **arguments: Any) -> Call:
    """A call on the room's bucket, queue or topic, as a role."""

    def call(room: Room, role: str) -> tuple[Callable[..., Any], dict[str, Any]]:
        where = {
            "s3": {"Bucket": BUCKET},
            "sqs": {"QueueUrl": room.queue},
            "sns": {"TopicArn": room.topic},
        }[service]
        return getattr(room.client(service, role), operation), {**where, **arguments}

    return call


READS = {
    "s3": of("s3", "get_object", Key="held"),
    "sqs": of("sqs", "receive_message"),
}
WRITES = {
    "s3": of("s3", "put_object", Key="new", Body=b"x"),
    "copy": of("s3", "copy_object", Key="copied", CopySource=f"{BUCKET}/held"),
    "parts": of("s3", "create_multipart_upload", Key="parts"),
    "sqs": of("sqs", "send_message", MessageBody="x"),
    "batch": of("sqs", "send_message_batch", Entries=[{"Id": "a", "MessageBody": "x"}]),
    "sns": of("sns", "publish", Message="x"),
}
DENIED = {"sqs": "KMS.AccessDeniedException", "batch": "KMS.AccessDeniedException"}
DENIED |= {"sns": "KMSAccessDenied"}


@pytest.mark.parametrize("what", READS)
def test_who_may_not_decrypt_reads_nothing(room: Room, what: str) -> None:
    room.role(f"reads-{what}", room.uses("kms:GenerateDataKey"))
    call, arguments = READS[what](room, f"reads-{what}")

    assert error_of(call, **arguments)[0] == DENIED.get(what, "AccessDenied")
    assert f"perform: kms:Decrypt on resource: {room.key}" in message_of(call, **arguments)


@pytest.mark.parametrize("what", WRITES)
def test_who_may_not_make_data_keys_writes_nothing(room: Room, what: str) -> None:
    room.role(f"writes-{what}", room.uses("kms:Decrypt"))
    call, arguments = WRITES[what](room, f"writes-{what}")

    assert error_of(call, **arguments)[0] == DENIED.get(what, "AccessDenied")
    assert "perform: kms:GenerateDataKey on" in message_of(call, **arguments)


def test_who_may_use_the_key_through_the_service_reads_and_writes(room: Room) -> None:
    for service in ("s3", "sqs", "sns"):
        via = {"StringEquals": {"kms:ViaService": f"{service}.{HOME_REGION}.amazonaws.com"}}
        room.role(f"via-{service}", room.uses(*BOTH, Condition=via))
    for what, call in [*WRITES.items(), *READS.items()]:
        service = {"copy": "s3", "parts": "s3", "batch": "sqs"}.get(what, what)
        made, arguments = call(room, f"via-{service}")
        made(**arguments)
    others, arguments = READS["s3"](room, "via-sqs")

    assert error_of(others, **arguments)[0] == "AccessDenied"


def test_the_encryption_context_of_an_object_is_the_object(room: Room) -> None:
    context = {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{BUCKET}/held"}}
    room.role("by-context", room.uses(*BOTH, Condition=context))
    s3 = room.client("s3", "by-context")

    assert s3.get_object(Bucket=BUCKET, Key="held")["Body"].read() == b"held"
    assert error_of(s3.put_object, Bucket=BUCKET, Key="other", Body=b"")[0] == "AccessDenied"


def test_parts_want_to_be_read_again(room: Room) -> None:
    room.role("parts-blind", room.uses("kms:GenerateDataKey"))
    s3 = room.client("s3", "parts-blind")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="blind")["UploadId"]
    part = {"Bucket": BUCKET, "Key": "blind", "UploadId": upload, "PartNumber": 1, "Body": b"x"}

    assert error_of(s3.upload_part, **part)[0] == "AccessDenied"


def test_another_account_needs_the_key_as_well_as_the_bucket(room: Room) -> None:
    role = room.role("foreign", room.uses(*BOTH), account=NETWORK)
    owner = room.client("s3")
    let_in = a_policy("s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/*", Principal={"AWS": role})
    owner.put_bucket_policy(Bucket=BUCKET, Policy=let_in)
    s3 = room.client("s3", "foreign", NETWORK)
    refused = error_of(s3.get_object, Bucket=BUCKET, Key="held")[0]
    kms = room.client("kms")
    before = kms.get_key_policy(KeyId=room.key, PolicyName="default")["Policy"]
    also = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "kms:Decrypt", "Resource": "*"}
    widened = {**json.loads(before), "Statement": [*json.loads(before)["Statement"], also]}
    kms.put_key_policy(KeyId=room.key, PolicyName="default", Policy=json.dumps(widened))

    assert refused == "AccessDenied"
    assert s3.get_object(Bucket=BUCKET, Key="held")["Body"].read() == b"held"


def test_what_has_no_key_of_a_customers_asks_for_none(room: Room) -> None:
    room.role("keyless")
    s3, plain = room.client("s3", "keyless"), {"ServerSideEncryption": "AES256"}

    s3.put_object(Bucket=BUCKET, Key="plain", Body=b"x", **plain)
    s3.put_object(Bucket=BUCKET, Key="managed", Body=b"x", ServerSideEncryption="aws:kms")

    assert s3.get_object(Bucket=BUCKET, Key="plain")["ServerSideEncryption"] == "AES256"
    managed = s3.get_object(Bucket=BUCKET, Key="managed")
    assert managed["SSEKMSKeyId"].endswith("alias/aws/s3")
    assert s3.head_object(Bucket=BUCKET, Key="held")["SSEKMSKeyId"] == room.key


STATES = {
    "disabled": ("KMS.DisabledException", "KMS.DisabledException", "KMSDisabled"),
    "leaving": ("KMS.KMSInvalidStateException", "KMS.InvalidStateException", "KMSInvalidState"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_key_that_is_off_or_leaving_serves_nobody(room: Room, state: str) -> None:
    kms = room.client("kms")
    key = room.key.rpartition("/")[2]
    if state == "disabled":
        kms.disable_key(KeyId=key)
    else:
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    codes = dict(zip(("s3", "sqs", "sns"), STATES[state], strict=True))
    try:
        for what, call in [*READS.items(), *WRITES.items()]:
            service = {"copy": "s3", "parts": "s3", "batch": "sqs"}.get(what, what)
            made, arguments = call(room, "")
            assert error_of(made, **arguments) == (codes[service], 400), what
    finally:
        if state == "leaving":
            kms.cancel_key_deletion(KeyId=key)
        kms.enable_key(KeyId=key)


def test_a_copy_onto_itself_takes_the_buckets_key(room: Room) -> None:
    s3 = room.client("s3")
    s3.put_object(Bucket=BUCKET, Key="self", Body=b"x", ServerSideEncryption="AES256")
    s3.copy_object(Bucket=BUCKET, Key="self", CopySource=f"{BUCKET}/self")

    assert s3.head_object(Bucket=BUCKET, Key="self")["SSEKMSKeyId"] == room.key

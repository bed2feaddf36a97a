"""Which customer key a call makes its service use, in the caller's name.

S3, SQS and SNS ask KMS with the caller's own rights whenever they read or write what is encrypted
with a key; so does the caller need the key, whatever may be done with the bucket or the queue.
Source: AWS KMS Developer Guide, "Using server-side encryption with AWS KMS keys" (Amazon S3);
Amazon SQS Developer Guide, "Amazon SQS Key management"; Amazon SNS Developer Guide, "Managing
Amazon SNS encryption keys and costs"; IAM User Guide, "Forward access sessions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from orchestrator.sandbox import store_keys
from orchestrator.sandbox.data_access import (
    BOTH,
    PREFIX,
    READS,
    WRITES,
    Members,
    Use,
    Uses,
    bucket_named,
    default_key,
    key_arn,
)
from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.resource_policies import existing

S3_KEY = "alias/aws/s3"
"""What S3 takes where KMS is asked for and no key is named."""


def uses(call: Call, members: Members, account_id: str) -> tuple[Use, ...]:
    """What the call of an account asks of keys, in the order in which the service asks."""
    found = CALLS.get(f"{call.service}:{call.operation}")
    return tuple(found(call, members, account_id)) if found else ()


def _of_bucket(
    bucket: Any, name: str, key: str, account_id: str, actions: tuple[str, ...]
) -> Iterator[Use]:
    """With a bucket key, the encryption context is the bucket.

    Source: Amazon S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys".
    """
    if bucket is None or not key:
        return
    context = PREFIX + (bucket.name if _pooled(bucket) else f"{bucket.name}/{name}")
    arn = key_arn(key, account_id, bucket.region_name)
    keys = {"kms:encryptioncontext:aws:s3:arn": [context]}
    yield Use(arn, actions, "s3", bucket.region_name, keys)


def _pooled(bucket: Any) -> bool:
    rules = (bucket.encryption or {}).get("Rule") or {}
    first: Any = next(iter(rules), {}) if isinstance(rules, list) else rules
    return str(first.get("BucketKeyEnabled", "")).lower() == "true"


def _read(bucket_name: str, name: str, version: str) -> Iterator[Use]:
    bucket = bucket_named(bucket_name)
    held = bucket.keys.getlist(name, []) if bucket is not None else []
    found = [one for one in held if not version or str(one.version_id) == version]
    if found and str(getattr(found[-1], "encryption", "") or "").startswith("aws:kms"):
        key = str(found[-1].kms_key_id or S3_KEY)
        yield from _of_bucket(bucket, name, key, bucket.account_id, READS)


def _get(_: Call, members: Members, __: str) -> Iterator[Use]:
    given = (members.get(name) for name in ("Bucket", "Key", "VersionId"))
    yield from _read(*(str(value or "") for value in given))


def _put(_: Call, members: Members, account_id: str) -> Iterator[Use]:
    """The key of the request, or else of the bucket's default; a name is the caller's own."""
    bucket = bucket_named(str(members.get("Bucket", "")))
    said = str(members.get("ServerSideEncryption") or "")
    named = str(members.get("SSEKMSKeyId") or S3_KEY) if said.startswith("aws:kms") else ""
    key = named if said else default_key(bucket) if bucket is not None else ""
    yield from _of_bucket(bucket, str(members.get("Key", "")), key, account_id, WRITES)


def _copy(call: Call, members: Members, account_id: str) -> Iterator[Use]:
    yield from _source(call, members, account_id)
    yield from _put(call, members, account_id)


def _source(_: Call, members: Members, __: str) -> Iterator[Use]:
    source = unquote(str(members.get("CopySource") or "")).removeprefix("/")
    path, _mark, version = source.partition("?versionId=")
    bucket, _slash, name = path.partition("/")
    yield from _read(bucket, name, version)


def _part(_: Call, members: Members, account_id: str) -> Iterator[Use]:
    """Parts are read again for the next one and the whole.

    Source: Amazon S3 User Guide, "Multipart upload API and permissions".
    """
    bucket = bucket_named(str(members.get("Bucket", "")))
    upload = bucket.multiparts.get(members.get("UploadId")) if bucket is not None else None
    if upload is None:
        return
    said = str(upload.sse_encryption or "")
    named = str(upload.kms_key_id or S3_KEY) if said.startswith("aws:kms") else ""
    key = named if said else default_key(bucket)
    yield from _of_bucket(bucket, str(members.get("Key", "")), key, account_id, BOTH)


def _part_copy(call: Call, members: Members, account_id: str) -> Iterator[Use]:
    yield from _source(call, members, account_id)
    yield from _part(call, members, account_id)


def _queue(actions: tuple[str, ...]) -> Uses:
    def of_queue(call: Call, members: Members, account_id: str) -> Iterator[Use]:
        *_, owner, name = str(members.get("QueueUrl", "")).split("/") or [account_id, ""]
        backend = existing("sqs", owner, call.region)
        queue = backend.queues.get(name) if backend is not None else None
        if queue is not None and queue.kms_master_key_id:
            arn = key_arn(str(queue.kms_master_key_id), owner, call.region)
            keys = {"kms:encryptioncontext:aws:sqs:arn": [str(queue.queue_arn)]}
            yield Use(arn, actions, "sqs", call.region, keys)

    return of_queue


def _topic(_: Call, members: Members, __: str) -> Iterator[Use]:
    topic_arn = str(members.get("TopicArn") or members.get("TargetArn") or "")
    *_head, region, owner, _name = topic_arn.split(":") if topic_arn.count(":") == 5 else ("",) * 6
    backend = existing("sns", owner, region)
    topic = backend.topics.get(topic_arn) if backend is not None else None
    if topic is not None and topic.kms_master_key_id:
        arn = key_arn(str(topic.kms_master_key_id), owner, region)
        keys = {"kms:encryptioncontext:aws:sns:topicarn": [topic_arn]}
        yield Use(arn, BOTH, "sns", region, keys)


CALLS: Mapping[str, Uses] = {
    "s3:CompleteMultipartUpload": _part,
    "s3:CopyObject": _copy,
    "s3:CreateMultipartUpload": _put,
    "s3:GetObject": _get,
    "s3:PutObject": _put,
    "s3:SelectObjectContent": _get,
    "s3:UploadPart": _part,
    "s3:UploadPartCopy": _part_copy,
    "sns:Publish": _topic,
    "sns:PublishBatch": _topic,
    "sqs:ReceiveMessage": _queue(READS),
    "sqs:SendMessage": _queue(BOTH),
    "sqs:SendMessageBatch": _queue(BOTH),
    **store_keys.CALLS,
}

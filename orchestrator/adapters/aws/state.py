"""The object that holds a stack's state: who may touch it, and what it says."""

from __future__ import annotations

import json
from typing import Any

from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import StateDamaged
from orchestrator.model.names import StackKey

MADE = "orchestrator_roles"
"""The output a stack's root writes once its roles are there."""

STATE_FILE = "terraform.tfstate"


def policy(bucket: str, key: StackKey, region: str, *, write: bool) -> str:
    """A session policy for one stack's state, and its lock when something will be written.

    A plan takes no lock, so it needs no write at all. Listing is not bound to a prefix: S3 answers
    404 for an object that is not there only to those who may list the bucket, and Terraform takes
    403 for an error. The key's own policy says which key; here it is any that S3 uses for us.
    """
    objects = [f"arn:aws:s3:::{bucket}/{key.state_key}"]
    actions, uses = ["s3:GetObject"], ["kms:Decrypt"]
    if write:
        objects.append(f"{objects[0]}.tflock")
        actions += ["s3:PutObject", "s3:DeleteObject"]
        uses += ["kms:Encrypt", "kms:GenerateDataKey"]
    via = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"},
        {"Effect": "Allow", "Action": actions, "Resource": objects},
        {"Effect": "Allow", "Action": uses, "Resource": "*", "Condition": via},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def exists(session: AwsSession, bucket: str, key: StackKey) -> bool:
    """Whether the stack was ever applied.

    Asked by listing, not by HeadObject: that says 403 for a missing object when the right to list
    is bound to a prefix. Raises Refused unless it is the bucket itself that is missing.
    """
    try:
        listed = session.call("s3", "ListObjectsV2", Bucket=bucket, Prefix=key.state_key, MaxKeys=1)
    except Refused as refusal:
        if refusal.code == "NoSuchBucket":
            return False
        raise
    return any(item["Key"] == key.state_key for item in listed.get("Contents", []))


def kept(session: AwsSession, bucket: str) -> frozenset[tuple[str, str]]:
    """Account id and stack of every state in the bucket."""
    listed = session.pages("s3", "ListObjectsV2", "Contents", Bucket=bucket)
    parts = (item["Key"].split("/") for item in listed)
    return frozenset((p[0], p[1]) for p in parts if len(p) == 3 and p[2] == STATE_FILE)


def has_roles(session: AwsSession, bucket: str, key: StackKey) -> bool:
    """Whether the state's outputs say that the orchestrator's roles are made."""
    if not exists(session, bucket, key):
        return False
    outputs = _document(session, bucket, key).get("outputs") or {}
    output = outputs.get(MADE) if isinstance(outputs, dict) else None
    return bool(output and output.get("value"))


def identity(session: AwsSession, bucket: str, key: StackKey) -> str:
    """Lineage and serial of the state; ':0' as long as there is none."""
    if not exists(session, bucket, key):
        return ":0"
    state = _document(session, bucket, key)
    return f"{state['lineage']}:{state['serial']}"


def serial(content: bytes) -> int | None:
    """The state's serial; None if `content` is no state of Terraform's."""
    try:
        return _serial(json.loads(content))
    except ValueError:
        return None


def _serial(document: object) -> int | None:
    known = isinstance(document, dict) and {"version", "lineage", "serial"} <= document.keys()
    found = document["serial"] if known else None  # type: ignore[index]  # known is a dict
    return found if isinstance(found, int) else None


def _document(session: AwsSession, bucket: str, key: StackKey) -> dict[str, Any]:
    """The state. Raises StateDamaged if that is not what lies there."""
    content = session.read(bucket, key.state_key)
    if serial(content) is None:
        raise StateDamaged(f"s3://{bucket}/{key.state_key}", len(content))
    document: dict[str, Any] = json.loads(content)
    return document


def read(session: AwsSession, bucket: str, key: StackKey) -> bytes:
    """The state as it lies there. Raises Refused when there is none, too."""
    return session.read(bucket, key.state_key)

"""Buckets: how they are listed and read, their tags, and the statements of their policies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.findings import arn
from orchestrator.findings.errors import client_error_code
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Target
from orchestrator.findings.resource_type import ResourceType
from orchestrator.findings.tags import mapping

BUCKETS = ("arn:{partition}:s3:::*",)
GONE = ("NoSuchBucket", "404")


def find(place: Place, aws: Aws) -> Iterator[str]:
    pages = aws("s3").get_paginator("list_buckets").paginate(BucketRegion=place.region)
    for page in pages:
        for bucket in page["Buckets"]:
            yield f"arn:{place.partition}:s3:::{bucket['Name']}"


def name(target: Target) -> str:
    return arn.resource(target.arn)


def ask(target: Target, aws: Aws, operation: str, *unset: str) -> Any:
    """The answer; {} where nothing is set, as these codes say; None without a bucket."""
    try:
        return getattr(aws("s3"), operation)(Bucket=name(target))
    except ClientError as error:
        if client_error_code(error) in GONE:
            return None
        if client_error_code(error) in unset:
            return {}
        raise


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    found = ask(target, aws, "get_bucket_tagging", "NoSuchTagSet") or {}
    return mapping(found.get("TagSet"))


def kind(read: Callable[[Target, Aws], Json | None], *actions: str) -> ResourceType:
    """Buckets, seen by one of their configurations. S3's dates of creation are not kept to."""
    return ResourceType(
        resource_type="AwsS3Bucket",
        find=find,
        read=read,
        tags=tags,
        reads=(
            Permission(("s3:ListAllMyBuckets",), why="S3 lists all buckets at once"),
            Permission(("s3:GetBucketTagging", *(f"s3:{a}" for a in actions)), BUCKETS),
        ),
    )


def writes(*actions: str) -> tuple[Permission, ...]:
    return (Permission(tuple(f"s3:{action}" for action in actions), BUCKETS),)


Document = Mapping[str, Any]
Statement = Mapping[str, Any]


def document(text: str | None) -> Document:
    """The policy; one without statements where there is none."""
    found: Document = json.loads(text) if text else {"Version": "2012-10-17", "Statement": []}
    return found


def of(policy: Document) -> list[Statement]:
    """The statements; AWS takes a single one without a list."""
    found = policy.get("Statement", [])
    return [found] if isinstance(found, dict) else list(found)


def with_statement(policy: Document, statement: Statement) -> Document:
    """The policy and one more statement; one of the same Sid is replaced."""
    kept = of(without(policy, str(statement["Sid"])))
    return {**policy, "Statement": [*kept, statement]}


def without(policy: Document, sid: str) -> Document:
    return {**policy, "Statement": [s for s in of(policy) if s.get("Sid") != sid]}


def texts(value: Any) -> tuple[str, ...]:
    """A text or a list of texts, always as the latter."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def principals(statement: Statement) -> Iterator[str]:
    """Accounts, users, roles and '*'; services and identity providers are left out."""
    given = statement.get("Principal", {})
    if isinstance(given, str):
        yield given
    else:
        yield from texts(given.get("AWS"))


def names_action(statement: Statement, action: str) -> bool:
    """Whether the statement is about `action`; wildcards and NotAction are understood."""
    if "NotAction" in statement:
        return not any(matches(pattern, action) for pattern in texts(statement["NotAction"]))
    return any(matches(pattern, action) for pattern in texts(statement.get("Action")))


def matches(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())


def account_of(principal: str) -> str:
    """The account of an ARN or account id; '' where it cannot be said."""
    if principal.isdigit():
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 4 and parts[4].isdigit() else ""

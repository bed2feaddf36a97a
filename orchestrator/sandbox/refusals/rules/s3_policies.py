"""What S3 does not take as a bucket's policy, and which policies it calls public."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moto.s3.models import s3_backends
from policy_sentry.querying.actions import get_action_data

from orchestrator.sandbox.conditions import matches
from orchestrator.sandbox.refusals.refused import Asked, Refused
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.refusals.rules.documents import Json, texts

LARGEST = 20 * 1024
FIXED_KEYS = frozenset(
    {
        *("aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner"),
        *("aws:sourceaccount", "aws:userid", "aws:principalorgid", "aws:principalorgpaths"),
        *("aws:principalaccount", "aws:principalarn", "aws:sourceorgid", "aws:sourceorgpaths"),
        *("s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption"),
        *("aws:calledvia", "aws:principaltag", "aws:vpcsourceip"),
    }
)
"""Source: Amazon S3 User Guide, "The meaning of 'public'"."""

OF_OBJECTS = re.compile(r"arn:aws[\w-]*:s3:::[^/]+/.+")


def bucket_policy(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Bucket policies"; error code MalformedPolicy."""
    if asked.text("Bucket") not in s3_backends.bucket_accounts:
        return
    for wrong in _wrong(asked.params.get("Policy", ""), asked.text("Bucket")):
        yield Refused("MalformedPolicy", wrong)


def _wrong(policy: object, bucket: str) -> Iterator[str]:
    text = policy.decode() if isinstance(policy, bytes) else str(policy)
    document = documents.loaded(text)
    if document is None:
        yield "Policies must be valid JSON and the first byte must be '{'"
        return
    if len(text.encode()) > LARGEST:
        yield f"Policy exceeds the maximum allowed document size of {LARGEST} bytes"
    yield from documents.malformed(document, resources=True, principals=True)
    if next(documents.unknown_principals(document), None):
        yield "Invalid principal in policy"
    for one in documents.statements(document):
        yield from _misplaced(one, bucket)


def _misplaced(one: Json, bucket: str) -> Iterator[str]:
    resources = texts(one.get("Resource")) or texts(one.get("NotResource"))
    for resource in resources:
        named = resource.rpartition(":::")[2].partition("/")[0]
        if resource != "*" and not matches(named, bucket):
            yield "Policy has invalid resource"
    actions = texts(one.get("Action")) or texts(one.get("NotAction"))
    for action in actions:
        if not _known(action):
            yield "Policy has invalid action"
    if "Action" in one and "Resource" in one and not _applies(actions, resources):
        yield "Action does not apply to any resource(s) in statement"


def _known(action: str) -> bool:
    if action == "*":
        return True
    prefix, _, name = action.lower().partition(":")
    every = documents.actions_of("s3")
    return prefix == "s3" and any(matches(name, one.partition(":")[2]) for one in every)


def _applies(actions: list[str], resources: list[str]) -> bool:
    """Every action needs a resource of its kind among the statement's."""
    objects = any(OF_OBJECTS.fullmatch(one) or _wide(one) for one in resources)
    buckets = any(not OF_OBJECTS.fullmatch(one) or _wide(one) for one in resources)
    for action in actions:
        if "*" in action or "?" in action:
            continue
        if not (objects if _is_about_objects(action) else buckets):
            return False
    return True


def _wide(resource: str) -> bool:
    return resource == "*" or resource.partition("/")[0].endswith("*")


def _is_about_objects(action: str) -> bool:
    """By the resource types of the Service Authorization Reference."""
    data = get_action_data("s3", action.partition(":")[2])
    rows = data["s3"] if data else []
    return any("${ObjectName}" in str(row["resource_arn_format"]) for row in rows)


def is_public(document: Json) -> bool:
    """Whether a statement allows something to everyone without a fixed value that narrows it."""
    return any(
        one.get("Effect") == "Allow" and _everyone(one.get("Principal")) and not _narrow(one)
        for one in documents.statements(document)
    )


def _everyone(principal: object) -> bool:
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    return "*" in texts(named)


def _narrow(one: Json) -> bool:
    for operator, keys in (one.get("Condition") or {}).items():
        if "Not" in operator or operator.startswith("Null"):
            continue
        for key, values in keys.items():
            name = key.lower().partition("/")[0]
            fixed = not any("*" in text or "${" in text for text in texts(values))
            loose = name in ("aws:sourcearn", "aws:principalarn", "aws:userid")
            if name in FIXED_KEYS and (fixed or loose) and "*" not in texts(values):
                return "0.0.0.0/0" not in texts(values)
    return False

"""Lifecycles of objects."""

from __future__ import annotations

from typing import Any

from orchestrator.findings.causes import Cause
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Refused,
    Remediation,
    Risk,
    Target,
    number,
    text,
)
from orchestrator.findings.resource_type import existing, looking
from orchestrator.findings.services.s3 import buckets

ID = "orchestrator-s3-13"
SIZE = "TransitionDefaultMinimumObjectSize"
"""Holds for all rules of the bucket, and goes back to its default where it is not sent."""


def read(target: Target, aws: Aws) -> Json | None:
    call, unset = "get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"
    answer = buckets.ask(target, aws, call, unset)
    if answer is None:
        return None
    return {"rules": answer.get("Rules", []), SIZE: answer.get(SIZE)}


def endless(found: Json, target: Target) -> str:
    active = [rule for rule in found["rules"] if rule["Status"] == "Enabled"]
    if not active:
        return "no rule says what becomes of its objects"
    fits = any(fulfils(rule, target) for rule in active)
    return "" if fits else "no rule does what the decision asks for"


def fulfils(rule: Json, target: Target) -> bool:
    """What is not asked for is not looked at. Source: config rule s3-lifecycle-policy-check."""
    days, expiry = number(target, "transition_days"), number(target, "expiration_days")
    storage, prefix = text(target, "storage_class"), text(target, "prefix")
    moves = [
        move
        for move in rule.get("Transitions", ())
        if (not days or move.get("Days") == days)
        and (not storage or move["StorageClass"] == storage)
    ]
    expires = not expiry or rule.get("Expiration", {}).get("Days") == expiry
    return (bool(moves) or not (days or storage)) and expires and prefix in ("", prefix_of(rule))


def prefix_of(rule: Json) -> str:
    found = rule.get("Filter", {})
    inner = found.get("And", found).get("Prefix", rule.get("Prefix", ""))
    return str(inner)


def move(target: Target, aws: Aws, _: Json) -> None:
    found = existing(LIFECYCLE, target, aws)
    if not endless(found, target):
        return
    if any(rule.get("ID") == ID for rule in found["rules"]):
        raise Refused(f"there is a rule '{ID}' already, which does something else")
    put(target, aws, found, [*found["rules"], rule_of(target)])


def rule_of(target: Target) -> dict[str, Any]:
    if number(target, "expiration_days"):
        raise Refused("a rule that deletes objects is written by hand")
    days, storage = number(target, "transition_days"), text(target, "storage_class")
    if not days or not storage:
        raise Refused("the decision must set 'transition_days' and 'storage_class'")
    return {
        "ID": ID,
        "Status": "Enabled",
        "Filter": {"Prefix": text(target, "prefix")},
        "Transitions": [{"Days": days, "StorageClass": storage}],
    }


def put(target: Target, aws: Aws, found: Json, rules: list[Any]) -> None:
    size = {SIZE: found[SIZE]} if found[SIZE] else {}
    aws("s3").put_bucket_lifecycle_configuration(
        Bucket=buckets.name(target), LifecycleConfiguration={"Rules": rules}, **size
    )


def remove(target: Target, aws: Aws, _: Json) -> None:
    """Ours goes; what others have added meanwhile stays. S3 takes no empty list."""
    found = existing(LIFECYCLE, target, aws)
    rules = [rule for rule in found["rules"] if rule.get("ID") != ID]
    if rules:
        put(target, aws, found, rules)
    else:
        aws("s3").delete_bucket_lifecycle(Bucket=buckets.name(target))


def before(target: Target, aws: Aws) -> Json:
    """The ids are enough: the other rules are never changed."""
    rules = existing(LIFECYCLE, target, aws)["rules"]
    return {"rules": sorted(rule.get("ID", "") for rule in rules)}


LIFECYCLE = buckets.kind(read, "GetLifecycleConfiguration")

REMEDIATIONS = (
    Remediation(
        name="move-old-objects",
        controls=("S3.13",),
        causes=(Cause("s3", ("CreateBucket", "DeleteBucketLifecycle")),),
        resource_type=LIFECYCLE.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Adds a rule that moves objects to the storage class the decision names.",
        breaks="Objects in an archive class must be restored before they are read; what was moved "
        "stays there after an undo.",
        reads=LIFECYCLE.reads,
        writes=buckets.writes("PutLifecycleConfiguration"),
        find=LIFECYCLE.find,
        check=looking(LIFECYCLE, endless),
        before=before,
        fix=move,
        undo=remove,
        tags=LIFECYCLE.tags,
        cost="A fee for each object moved; some classes have one for reading and early deletion.",
        parameters={
            "transition_days": Parameter(0, "Days; required.", "targetTransitionDays"),
            "storage_class": Parameter(
                "", "'INTELLIGENT_TIERING', …; required.", "targetTransitionStorageClass"
            ),
            "prefix": Parameter("", "Only keys that begin with it.", "targetPrefix"),
            "expiration_days": Parameter(
                0, "Looked at, never set: deleting is written by hand.", "targetExpirationDays"
            ),
        },
    ),
)

"""What S3 does not take as a bucket's lifecycle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.sandbox.refusals.refused import Asked, Refused

SLOW = frozenset({"STANDARD_IA", "ONEZONE_IA"})
LEAST_DAYS = 30
MOST_RULES = 1000
Rule = dict[str, Any]


def lifecycle(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Transitioning objects" and "Lifecycle elements"."""
    rules = (asked.params.get("LifecycleConfiguration") or {}).get("Rules") or []
    names = [rule["ID"] for rule in rules if rule.get("ID")]
    if len(rules) > MOST_RULES:
        yield Refused("InvalidRequest", "Number of lifecycle rules must not exceed 1000")
    if len(set(names)) < len(names):
        yield Refused("InvalidArgument", "Rule ID must be unique. Found same ID for two rules")
    for rule in rules:
        if len(rule.get("ID") or "") > 255:
            yield Refused("InvalidArgument", "ID length should not exceed allowed limit of 255")
        for wrong in (*_days(rule), *_order(rule)):
            yield Refused("InvalidArgument", wrong)


def _days(rule: Rule) -> Iterator[str]:
    for name, key in (("Expiration", "Days"), ("NoncurrentVersionExpiration", "NoncurrentDays")):
        days = (rule.get(name) or {}).get(key)
        if days is not None and days < 1:
            yield f"'{key}' for {name} action must be a positive integer"
    abort = (rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation")
    if abort is not None and abort < 1:
        yield "'DaysAfterInitiation' must be a positive integer"
    for transition in rule.get("Transitions") or []:
        days = transition.get("Days")
        if days is not None and transition.get("StorageClass") in SLOW and days < LEAST_DAYS:
            yield (
                f"'Days' in Transition action must be greater than or equal to {LEAST_DAYS} for "
                f"storageClass '{transition['StorageClass']}'"
            )


def _order(rule: Rule) -> Iterator[str]:
    ends = (rule.get("Expiration") or {}).get("Days")
    moves = [t["Days"] for t in rule.get("Transitions") or [] if t.get("Days") is not None]
    if ends is not None and moves and ends <= max(moves):
        yield "'Days' in the Expiration action must be greater than 'Days' in the Transition action"
    kept = (rule.get("NoncurrentVersionExpiration") or {}).get("NoncurrentDays")
    older = [t.get("NoncurrentDays") for t in rule.get("NoncurrentVersionTransitions") or []]
    if kept is not None and any(days is not None and kept <= days for days in older):
        yield (
            "'NoncurrentDays' in the NoncurrentVersionExpiration action must be greater than "
            "'NoncurrentDays' in the NoncurrentVersionTransition action"
        )

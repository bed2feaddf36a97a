"""Detections as findings in the AWS Security Finding Format, for an account's default product.

Source: AWS Security Hub API Reference, BatchImportFindings, AwsSecurityFinding; User Guide, "Types
taxonomy for ASFF", "Creating and updating findings".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from orchestrator.logs.rules.detect import Detection

AT_ONCE = 100
TITLE, DESCRIPTION, RESOURCES, FIELD = 256, 1024, 32, 1024
IDS = 10
"""Events that a finding names."""

LEVELS = {
    "informational": "INFORMATIONAL",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "critical": "CRITICAL",
}
TYPES = {
    "attack.initial-access": "TTPs/Initial Access",
    "attack.execution": "TTPs/Execution",
    "attack.persistence": "TTPs/Persistence",
    "attack.privilege-escalation": "TTPs/Privilege Escalation",
    "attack.defense-evasion": "TTPs/Defense Evasion",
    "attack.stealth": "TTPs/Defense Evasion",
    "attack.defense-impairment": "TTPs/Defense Evasion",
    "attack.credential-access": "TTPs/Credential Access",
    "attack.discovery": "TTPs/Discovery",
    "attack.lateral-movement": "TTPs/Lateral Movement",
    "attack.collection": "TTPs/Collection",
    "attack.command-and-control": "TTPs/Command and Control",
    "attack.exfiltration": "Effects/Data Exfiltration",
    "attack.impact": "Effects/Data Destruction",
}
"""A rule's tag → the type; Sigma's tags name the tactics of MITRE ATT&CK."""
UNUSUAL = "Unusual Behaviors/User"


def finding(
    found: Detection, region: str, now: datetime, partition: str = "aws"
) -> dict[str, object]:
    """The finding, imported in `region`. The same rule, actor, account and day has the same id."""
    first, last = found.events[0], found.events[-1]
    who = f"{found.who.name} ({found.who.how or found.who.kind.value})"
    rule = found.rule
    said = (
        f"{rule.description} Seen {len(found.events)} times from {first.time:%Y-%m-%d %H:%M:%S} to "
        f"{last.time:%H:%M:%S} UTC, by {who}: "
        f"{', '.join(dict.fromkeys(each.name for each in found.events))}."
    )
    return {
        "SchemaVersion": "2018-10-08",
        "Id": uid(found),
        "ProductArn": f"arn:{partition}:securityhub:{region}:{found.account}:product/"
        f"{found.account}/default",
        "GeneratorId": f"orchestrator-detect/{rule.uid}",
        "AwsAccountId": found.account,
        "Types": _types(rule.tags),
        "FirstObservedAt": _moment(first.time),
        "LastObservedAt": _moment(last.time),
        "CreatedAt": _moment(first.time),
        "UpdatedAt": _moment(now),
        "Severity": {"Label": LEVELS.get(rule.level, "MEDIUM"), "Original": rule.level},
        "Title": _cut(f"{rule.title}: {found.who.name}", TITLE),
        "Description": _cut(said, DESCRIPTION),
        "ProductFields": {
            "orchestrator/rule": _cut(rule.uid, FIELD),
            "orchestrator/rule_file": _cut(rule.file, FIELD),
            "orchestrator/actor": _cut(who, FIELD),
            "orchestrator/events": _cut(", ".join(e.uid for e in found.events[:IDS]), FIELD),
            "orchestrator/source": _cut(", ".join(_sources(found)), FIELD),
        },
        "Resources": _resources(found, partition),
        "RecordState": "ACTIVE",
    }


def uid(found: Detection) -> str:
    actor = hashlib.sha256(found.who.name.encode()).hexdigest()[:16]
    return f"orchestrator-detect/{found.rule.uid}/{found.account}/{found.day:%Y-%m-%d}/{actor}"


def batches(findings: Sequence[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    """As many at once as one call takes."""
    for start in range(0, len(findings), AT_ONCE):
        yield list(findings[start : start + AT_ONCE])


def _types(tags: Sequence[str]) -> list[str]:
    found = (TYPES.get(tag.lower().replace("_", "-")) for tag in tags)
    return list(dict.fromkeys(filter(None, found))) or [UNUSUAL]


def _resources(found: Detection, partition: str) -> list[dict[str, object]]:
    """What the events name of the account itself, 32 at most; else the account."""
    named: dict[str, str] = {}
    for event in found.events:
        for arn in event.resources:
            parts = arn.split(":")
            if len(parts) > 5 and parts[4] in ("", found.account):
                named.setdefault(arn, event.region)
    listed: list[dict[str, object]] = [
        {"Type": "Other", "Id": _cut(arn, 512), "Partition": partition, "Region": region}
        for arn, region in list(named.items())[:RESOURCES]
    ]
    account: dict[str, object] = {
        "Type": "AwsAccount",
        "Id": f"AWS::::Account:{found.account}",
        "Partition": partition,
        "Region": found.events[0].region,
    }
    return listed or [account]


def _sources(found: Detection) -> list[str]:
    return list(dict.fromkeys(each.source for each in found.events if each.source))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _cut(text: str, most: int) -> str:
    """On one line, without what a terminal obeys, and no longer than AWS takes."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"

"""10,000 findings through the door and the matrix, beside a second, plain account of the rules."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from orchestrator.findings import matrix as matrices
from orchestrator.findings.decision import decide
from orchestrator.findings.events import parse
from orchestrator.findings.finding import Finding
from orchestrator.findings.remediation import Risk
from tests.unit.findings.a_world import (
    ACCOUNT,
    CLOSING,
    HOME,
    MATRIX,
    NOW,
    SECURITY,
    Things,
    World,
    a_decision,
    a_document,
    a_matrix,
    a_world,
    an_asff,
    an_event,
    an_exception,
)

FINDINGS = 10_000
HOSTILE: tuple[Any, ...] = (
    None, 7, [], {}, "", "\x00", "x" * 5000, "${jndi:ldap://x}", "../../etc", "a\nb", "\u202e",
    float("nan"), True, ["x"], {"$ne": 1}, "AWS::::Account:1", "arn:aws:s3:::", "😀" * 300,
)  # fmt: skip
CONTROLS = ("S3.8", "s3.8", "S3.1", "EC2.2", "IAM.4", "KMS.9", "S3.99")
RESOURCES = ("arn:aws:s3:::orders", "arn:aws:s3:::public-web", "arn:aws:s3:::logs")
TAGS: tuple[dict[str, str] | None, ...] = (None, {}, {"public": "yes"}, {"env": "dev"})
RULE = {"reason": "By tag.", "decided_by": "orders", "review_by": "2027-01-01", "source": "s"}
DECIDED = {
    "s3.8": a_decision(
        by_tag={
            "public": {**RULE, "tags": {"public": "*"}, "decision": "detect"},
            "dev": {**RULE, "tags": {"env": "dev"}, "decision": "remediate"},
        }
    ),
    "s3.1": a_decision(control="S3.1"),
    "ec2.2": a_decision("disable", "EC2.2"),
    "iam.4": a_decision("detect", "IAM.4"),
    "kms.9": a_decision(control="KMS.9"),
}
EXCEPTIONS = {
    "web": an_exception(resources=["arn:aws:s3:::public-*"], expires="2027-01-01"),
    "old": an_exception(control="s3.1", resources=["*logs"], expires="2026-01-01"),
    "tagged": an_exception(control="s3.1", accounts=[ACCOUNT], tags={"public": "yes"}),
}
REMEDIATIONS = {
    "s3.8": CLOSING,
    "s3.1": CLOSING,
    "kms.9": replace(CLOSING, risk=Risk.DESTRUCTIVE),
}


def expected(raw: dict[str, Any], tags: dict[str, str] | None) -> str:
    """The rules, as one would tell them to a colleague, read from the raw finding."""
    control = raw["Compliance"]["SecurityControlId"].lower()
    account, resource = raw["AwsAccountId"], raw["Resources"][0]["Id"]
    if raw["RecordState"] != "ACTIVE" or raw["Workflow"]["Status"] in ("SUPPRESSED", "RESOLVED"):
        return "ignore"
    if raw["Compliance"]["Status"] in ("PASSED", "NOT_AVAILABLE"):
        return "ignore"
    if account not in (ACCOUNT, SECURITY) or raw["Region"] != HOME:
        return "refuse"
    if control not in DECIDED:
        return "tell"
    decided = DECIDED[control]["decision"]
    if decided == "disable":
        return "ignore"
    mine = [
        e
        for e in EXCEPTIONS.values()
        if e["control"] == control
        and (e["accounts"] == ["*"] or account in e["accounts"])
        and any(fnmatchcase(resource, p) for p in e["resources"])
    ]
    running = [e for e in mine if date.fromisoformat(e["expires"]) >= NOW.date()]
    if any(not e["tags"] for e in running):
        return "ignore"
    if tags is None and (control == "s3.8" or any(e["tags"] for e in mine)):
        return "refuse"
    if any(e["tags"] and e["tags"].items() <= (tags or {}).items() for e in running):
        return "ignore"
    if control == "s3.8" and "public" in (tags or {}):
        return "tell"
    if decided == "detect":
        return "tell"
    if not resource.startswith(("arn:", "AWS::::Account:")):
        return "refuse"
    ran_out = [e for e in mine if e not in running and e["tags"].items() <= (tags or {}).items()]
    if ran_out or control == "kms.9" or raw["Compliance"]["Status"] != "FAILED":
        return "propose"
    return "remediate"


def generated(random_: random.Random, resources: tuple[str, ...] = RESOURCES) -> dict[str, Any]:
    """A finding that is well-formed."""
    pick = random_.choice
    return an_asff(
        AwsAccountId=pick([ACCOUNT, ACCOUNT, SECURITY, "999999999999"]),
        Region=pick([HOME, HOME, HOME, "us-west-2"]),
        RecordState=pick(["ACTIVE"] * 6 + ["ARCHIVED"]),
        Workflow={"Status": pick(["NEW"] * 4 + ["NOTIFIED", "SUPPRESSED", "RESOLVED"])},
        Compliance={
            "Status": pick(["FAILED"] * 6 + ["WARNING", "PASSED", "NOT_AVAILABLE"]),
            "SecurityControlId": pick(CONTROLS),
        },
        Resources=[{"Type": "AwsS3Bucket", "Id": pick(resources)}],
        UpdatedAt=f"2026-11-23T08:{random_.randrange(60):02}:00Z",
    )


def spoilt(raw: dict[str, Any], random_: random.Random) -> dict[str, Any]:
    where: Any = random_.choice([raw, raw, raw["Compliance"], raw["Resources"][0], raw["Workflow"]])
    where[random_.choice(sorted(where))] = random_.choice(HOSTILE)
    return raw


def test_ten_thousand_findings_are_ruled_as_a_plain_model_says() -> None:
    random_ = random.Random(20261123)  # noqa: S311  the same findings each time
    matrix = a_matrix(*DECIDED.values(), exceptions=EXCEPTIONS)
    ruled: Counter[str] = Counter()
    for _ in range(FINDINGS):
        raw, tags = generated(random_), random_.choice(TAGS)
        (found,) = parse(an_event(raw))
        assert isinstance(found, Finding), found
        decision = decide(found, matrix, NOW, tags, REMEDIATIONS)
        assert decision.kind.value == expected(raw, tags), (raw, tags, decision)
        ruled[decision.kind.value] += 1

    assert min(ruled[kind] for kind in ("ignore", "refuse", "tell", "propose", "remediate")) > 100


MANY = tuple(f"arn:aws:s3:::{name}-{n}" for n in range(300) for name in ("orders", "public", "x"))
BUDGETS = {"control_per_hour": 10_000, "account_per_hour": 10_000, "total_per_hour": 10_000}


def a_model_world() -> World:
    rules = {**MATRIX["remediation"], "budgets": BUDGETS}
    document = a_document(*DECIDED.values(), exceptions=EXCEPTIONS, remediation=rules)
    things = Things(dict.fromkeys(MANY, True))
    return a_world(matrices.load(document), REMEDIATIONS, things)


def as_read(finding: Finding) -> dict[str, Any]:
    """What the plain model needs of a finding that came through the door."""
    return {
        "AwsAccountId": finding.account,
        "Region": finding.region,
        "RecordState": "ARCHIVED" if finding.archived else "ACTIVE",
        "Workflow": {"Status": finding.workflow},
        "Compliance": {"Status": finding.compliance, "SecurityControlId": finding.control},
        "Resources": [{"Id": finding.resource}],
    }


def test_ten_thousand_findings_malformed_and_hostile_ones_too_have_one_effect_each() -> None:
    random_ = random.Random(8)  # noqa: S311  the same findings each time
    world = a_model_world()
    fixable: set[str] = set()
    sent: list[dict[str, Any]] = []
    words: Counter[str] = Counter()
    for number in range(FINDINGS):
        again = sent and random_.randrange(5) == 0
        raw = random_.choice(sent) if again else generated(random_, MANY)
        raw = spoilt(raw, random_) if number % 3 == 0 and not again else raw
        sent.append(raw)
        for found in parse(an_event(raw)):
            if isinstance(found, Finding):
                word = world.route(found, f"m{number}")
                if found.control and expected(as_read(found), {}) == "remediate":
                    assert word in {"fixed", "passes", "gone", "duplicate", "late"}
                    fixable.add(found.resource)
                words[word] += 1
            else:
                words["malformed"] += 1

    fixed = [write.removeprefix("fix ") for write in world.things.writes]
    assert len(fixed) == len(set(fixed)) == words["fixed"] > 300
    assert set(fixed) <= fixable & set(MANY)
    assert words["malformed"] > 500
    assert words["duplicate"] + words["late"] > 500

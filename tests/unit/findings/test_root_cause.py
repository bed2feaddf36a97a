"""Who changed a resource last, out of the event history of its account."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from orchestrator.findings.finding import Finding
from orchestrator.findings.remediation import Aws, Permission, Place
from orchestrator.findings.root_cause import Change, EventHistory
from tests import cloudtrail
from tests.unit.findings.a_world import ACCOUNT, HOME, NOW, a_finding, a_refusal

ROLE = "orchestrator-remediation"
GROUP = f"arn:aws:ec2:{HOME}:{ACCOUNT}:security-group/sg-0a1b2c3d4e5f60718"
OPENED = cloudtrail.record(
    "AuthorizeSecurityGroupIngress",
    eventTime="2026-11-23T08:40:00Z",
    userAgent="aws-cli/2.17.0",
)


@dataclass
class History:
    """An account whose event history answers with these records, or refuses."""

    records: list[Any] = field(default_factory=list)
    refusing: Exception | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    entered: list[tuple[Place, tuple[str, ...]]] = field(default_factory=list)

    def open(self, place: Place, permissions: tuple[Permission, ...], name: str) -> Aws:
        assert len(f"orchestrator-{name}") <= 64
        self.entered.append((place, tuple(a for each in permissions for a in each.actions)))
        return lambda service, region=None: self

    def lookup_events(self, **given: Any) -> dict[str, Any]:
        self.asked.append(given)
        if self.refusing:
            raise self.refusing
        return {"Events": [{"CloudTrailEvent": json.dumps(each)} for each in self.records]}


def saw(history: History, **finding: Any) -> Change | None:
    return EventHistory(history, ROLE).saw(a_group(**finding))


def a_group(**more: Any) -> Finding:
    return a_finding(**{"control": "EC2.13", "resource": GROUP, **more})


def test_the_person_behind_a_session_is_named_with_call_time_and_place() -> None:
    change = saw(History([OPENED]))

    assert change == Change(
        "alice@example.com (IAM Identity Center)",
        "AuthorizeSecurityGroupIngress",
        NOW - timedelta(minutes=20),
        "198.51.100.7",
        "aws-cli/2.17.0",
    )


def test_one_call_is_asked_for_with_no_right_but_that_until_the_finding() -> None:
    history = History()

    assert saw(history) is None

    assert history.entered == [(Place(ACCOUNT, HOME, "aws"), ("cloudtrail:LookupEvents",))]
    ((asked),) = history.asked
    assert asked["LookupAttributes"] == [
        {"AttributeKey": "ResourceName", "AttributeValue": "sg-0a1b2c3d4e5f60718"}
    ]
    assert asked["EndTime"] == NOW - timedelta(minutes=5)
    assert asked["EndTime"] - asked["StartTime"] == timedelta(days=90)


@pytest.mark.parametrize(
    "later",
    [
        cloudtrail.record("DescribeSecurityGroups", readOnly=True),
        cloudtrail.record("DeleteSecurityGroup", errorCode="Client.DependencyViolation"),
        cloudtrail.record("CreateTags"),
        cloudtrail.record(
            "RevokeSecurityGroupIngress",
            userIdentity=cloudtrail.assumed(ROLE, "orchestrator-20261123-1f0c"),
        ),
        {"eventName": "CreateSecurityGroup"},
        "no record",
    ],
    ids=["read", "refused", "tag", "ours", "no time", "no object"],
)
def test_what_changed_nothing_or_was_ours_is_passed_over(later: object) -> None:
    change = saw(History([later, OPENED]))

    assert change is not None
    assert change.call == "AuthorizeSecurityGroupIngress"


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        (cloudtrail.iam_user("bob"), "bob"),
        (cloudtrail.assumed("deploy", "job-7"), "job-7 (role deploy)"),
        (
            cloudtrail.assumed("deploy", "job-7", sourceIdentity="alice@example.com"),
            "alice@example.com (role deploy)",
        ),
        ({"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"},
         "autoscaling.amazonaws.com"),
        ({"type": "Root", "arn": "arn:aws:iam::1:root"}, "arn:aws:iam::1:root"),
        ({}, "?"),
        (cloudtrail.assumed("deploy", "a\x1b[31m\nb"), "a [31m b (role deploy)"),
    ],
)  # fmt: skip
def test_whoever_it_was_is_named_on_one_line(identity: object, who: str) -> None:
    change = saw(History([{**OPENED, "userIdentity": identity}]))

    assert change is not None
    assert change.who == who


@pytest.mark.parametrize(
    "error",
    [
        a_refusal("AccessDeniedException"),
        a_refusal("ThrottlingException"),
        ReadTimeoutError(endpoint_url="https://cloudtrail.example.com"),
    ],
    ids=["denied", "throttled", "timeout"],
)
def test_a_history_that_cannot_be_read_has_seen_nothing(error: Exception) -> None:
    assert saw(History([OPENED], refusing=error)) is None


@pytest.mark.parametrize(
    ("resource", "region"),
    [
        (GROUP, HOME),
        ("arn:aws:s3:::orders", HOME),
        (f"arn:aws:iam::{ACCOUNT}:role/deploy", "us-east-1"),
    ],
)
def test_the_region_is_asked_in_which_the_calls_are(resource: str, region: str) -> None:
    history = History()

    saw(history, resource=resource)

    assert [place.region for place, _ in history.entered] == [region]


def test_a_setting_of_the_account_has_no_name_there_and_nobody_is_asked() -> None:
    history = History([OPENED])

    assert saw(history, resource=f"AWS::::Account:{ACCOUNT}") is None
    assert history.entered == []

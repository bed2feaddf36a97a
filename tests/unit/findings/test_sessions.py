from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.findings.errors import Retry
from orchestrator.findings.records import Outcome
from orchestrator.findings.remediation import Aws, Permission, Place, Target
from orchestrator.findings.runbooks import Runbooks, filled
from orchestrator.findings.sessions import (
    MOST_CHARACTERS,
    RoleSessions,
    permissions,
    session_policy,
)
from tests.unit.findings.a_world import ACCOUNT, BUCKET, CLOSING, HOME, a_refusal

PLACE = Place(ACCOUNT, HOME)
TARGET = Target("S3.8", PLACE, BUCKET)


@dataclass
class FakeSession:
    calls: list[Any] = field(default_factory=list)

    def client(self, service: str, **arguments: Any) -> FakeSession:
        self.calls.append((service, arguments.get("region_name"), arguments))
        return self

    def assume_role(self, **arguments: Any) -> dict[str, Any]:
        self.calls.append(("assume_role", arguments["RoleArn"], arguments))
        keys = {"AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c"}
        return {"Credentials": keys}


def test_a_session_is_named_after_the_finding_and_has_the_rights_of_one_remediation() -> None:
    session = FakeSession()
    sessions = RoleSessions(session, None, "orchestrator-remediation", "example")

    aws = sessions.open(PLACE, permissions(CLOSING, writes=True), "20261123-1f0c9a2b4d")
    aws("s3"), aws("s3"), aws("s3", "us-east-1")

    _, role, arguments = session.calls[1]
    assert role == f"arn:aws:iam::{ACCOUNT}:role/orchestrator-remediation"
    assert arguments["RoleSessionName"] == "orchestrator-20261123-1f0c9a2b4d"
    assert (arguments["ExternalId"], arguments["DurationSeconds"]) == ("example", 900)
    actions = [s["Action"] for s in json.loads(arguments["Policy"])["Statement"]]
    assert actions == [["s3:GetBucketPublicAccessBlock"], ["s3:PutBucketPublicAccessBlock"]]
    assert [where for _, where, _ in session.calls[2:]] == [HOME, "us-east-1"]


def test_a_session_that_looks_has_no_right_to_write() -> None:
    policy = session_policy(permissions(CLOSING, writes=False), PLACE)

    assert "Put" not in policy


def test_places_are_filled_in_and_conditions_kept() -> None:
    permission = Permission(
        ("kms:A",), ("arn:{partition}:kms:{region}:{account}:key/*",), {"Bool": {"x": "true"}}
    )

    (statement,) = json.loads(session_policy([permission], PLACE))["Statement"]

    assert statement["Resource"] == [f"arn:aws:kms:*:{ACCOUNT}:key/*"]
    assert statement["Condition"] == {"Bool": {"x": "true"}}


@pytest.mark.parametrize("count", [1, 30, 60, 400])
def test_a_policy_is_never_longer_than_aws_takes_and_never_names_another_service(
    count: int,
) -> None:
    many = [
        Permission((f"ec2:DoTheThingNumber{n}",), (f"arn:aws:ec2:::x/{n}",)) for n in range(count)
    ]

    policy = session_policy(many, PLACE)

    actions = [a for s in json.loads(policy)["Statement"] for a in s["Action"]]
    assert len(policy) <= MOST_CHARACTERS
    assert all(action.startswith("ec2:") for action in actions)


@dataclass
class FakeSsm:
    statuses: list[str]
    failing: Exception | None = None
    started: list[dict[str, Any]] = field(default_factory=list)

    def open(self, place: Place, permissions: Any, name: str) -> Aws:
        return lambda service, region=None: self

    def start_automation_execution(self, **arguments: Any) -> dict[str, str]:
        if self.failing:
            raise self.failing
        self.started.append(arguments)
        return {"AutomationExecutionId": "e1"}

    def get_automation_execution(self, **_: Any) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return {"AutomationExecution": {"AutomationExecutionStatus": status}}


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        (["Pending", "InProgress", "Success"], Outcome.FIXED),
        (["Failed"], Outcome.FAILED),
        (["TimedOut"], Outcome.FAILED),
        (["InProgress"], Outcome.STARTED),
    ],
)
def test_a_runbook_is_started_once_and_waited_for_a_little(
    statuses: list[str], outcome: Outcome
) -> None:
    ssm = FakeSsm(statuses)

    found, note = Runbooks(ssm, lambda _: None).run(
        TARGET, "AWS-Close", {"BucketName": "{name}"}, "20261123-1f0c9a2b4d"
    )

    assert (found, "e1" in note) == (outcome, True)
    (started,) = ssm.started
    assert started["Parameters"] == {"BucketName": ["orders"]}
    assert len(started["ClientToken"]) == 36


def test_a_runbook_that_may_not_be_started_is_denied_and_a_throttled_one_comes_again() -> None:
    denied = Runbooks(FakeSsm([], a_refusal("AccessDeniedException")), lambda _: None)
    busy = Runbooks(FakeSsm([], a_refusal("ThrottlingException")), lambda _: None)

    assert denied.run(TARGET, "AWS-Close", {}, "r")[0] is Outcome.DENIED
    with pytest.raises(Retry):
        busy.run(TARGET, "AWS-Close", {}, "r")


def test_the_parameters_of_a_runbook_are_lists_of_texts() -> None:
    given = {"a": "{arn}", "b": ["{account}", "x"], "c": 3, "d": True, "e": "pre-{name}"}

    assert filled(given, TARGET) == {
        "a": [BUCKET],
        "b": [ACCOUNT, "x"],
        "c": ["3"],
        "d": ["true"],
        "e": ["pre-orders"],
    }

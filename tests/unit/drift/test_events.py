from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.drift.events import Unreadable, drift_event
from orchestrator.model.drift import DriftEvent, Suspect
from tests.unit.drift.calls_made import ACCOUNT, an_event, by_role


def read(event: dict[str, Any]) -> DriftEvent:
    found = drift_event(json.dumps(event))
    assert found
    return found


def test_a_call_says_who_what_when_and_from_where() -> None:
    found = read(an_event())

    assert (found.who, found.call, found.source) == (
        "jane@example.com",
        "iam:PutRolePolicy",
        "192.0.2.1",
    )
    assert found.at == datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert found.account == ACCOUNT


@pytest.mark.parametrize(
    ("event", "suspect"),
    [
        (
            an_event("DetachRolePolicy", parameters={"roleName": "audit", "policyArn": "arn:x"}),
            Suspect(
                frozenset(
                    {
                        "aws_iam_role",
                        "aws_iam_role_policy",
                        "aws_iam_role_policy_attachment",
                        "aws_iam_service_linked_role",
                    }
                ),
                frozenset({"audit"}),
            ),
        ),
        (
            an_event("DisableEbsEncryptionByDefault", "ec2", {}),
            Suspect(frozenset({"aws_ebs_encryption_by_default"}), region="us-east-1"),
        ),
        (
            an_event("DeleteAccountPublicAccessBlock", "s3", {"Host": "x"}),
            Suspect(frozenset({"aws_s3_account_public_access_block"})),
        ),
        (
            an_event("DeleteAlarms", "monitoring", {"alarmNames": ["a", "b"]}),
            Suspect(frozenset({"aws_cloudwatch_metric_alarm"}), frozenset("ab"), "us-east-1"),
        ),
        (
            an_event("UpdateFunctionCode20150331v2", "lambda", {"functionName": "f"}),
            Suspect(
                frozenset({"aws_lambda_function", "aws_lambda_permission"}),
                frozenset("f"),
                "us-east-1",
            ),
        ),
        (
            an_event("DeleteAlias", "kms", {"aliasName": "alias/logs"}),
            Suspect(frozenset({"aws_kms_alias"}), frozenset({"alias/logs"}), "us-east-1"),
        ),
    ],
    ids=lambda each: each["detail"]["eventName"] if isinstance(each, dict) else "",
)
def test_a_call_suspects_what_it_names(event: dict[str, Any], suspect: Suspect) -> None:
    assert read(event).suspect == suspect


@pytest.mark.parametrize(
    "event",
    [
        an_event("RenameEverything"),
        an_event(parameters={}),
        an_event(parameters={"roleName": None}),
        an_event(requestParameters=None),
        an_event("DisableKey", "kms", {"keyId": "alias/logs"}),
    ],
)
def test_a_call_that_names_nothing_we_know_is_about_anything(event: dict[str, Any]) -> None:
    assert read(event).suspect is None


def test_what_aws_has_refused_has_changed_nothing() -> None:
    assert drift_event(json.dumps(an_event(errorCode="AccessDenied"))) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        json.dumps({**an_event(), "detail-type": "Scheduled Event"}),
        json.dumps({**an_event(), "account": "../../etc"}),
        json.dumps(an_event(eventTime="soon")),
        json.dumps(an_event(eventID="")),
        json.dumps({**an_event(), "detail": "PutRolePolicy"}),
    ],
)
def test_what_is_no_such_event_is_said_to_be_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        drift_event(body)


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        ({"type": "Root", "accountId": ACCOUNT, "arn": "arn:x"}, f"root user of {ACCOUNT}"),
        ({"type": "IAMUser", "userName": "max", "arn": "arn:x"}, "max"),
        (by_role("Admin", "tom"), "tom as Admin"),
        (
            {**by_role("Admin"), "sessionContext": {"sourceIdentity": "ann@example.com"}},
            "ann@example.com",
        ),
        ({"type": "AWSService", "invokedBy": "config.amazonaws.com"}, "config.amazonaws.com"),
        (
            {"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-1"}},
            "user u-1 of IAM Identity Center",
        ),
        ({"type": "Unknown"}, "an actor that the event does not name"),
    ],
)
def test_the_person_behind_a_role_is_named_where_the_event_knows(
    identity: dict[str, Any], who: str
) -> None:
    assert read(an_event(identity=identity)).who == who

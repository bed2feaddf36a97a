from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from orchestrator.model.survey import (
    OpenFinding,
    ServiceState,
    State,
    Survey,
    SurveyedAccount,
    Unseen,
    age,
)
from orchestrator.views.survey import as_json, text

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ONE, TWO, THREE = "200000000001", "200000000006", "200000000007"


def failing(control: str, severity: str, account: str = ONE, days: int = 3) -> OpenFinding:
    return OpenFinding(control, f"{control} should pass", severity, account, "eu-central-1", days)


FOUND = Survey(
    AT,
    f"arn:aws:sts::{ONE}:assumed-role/reader/me",
    ONE,
    ("eu-central-1",),
    "o-exampleorg1",
    ONE,
    "central",
    (
        SurveyedAccount(ONE, "management", "", "ACTIVE", looked_into=True),
        SurveyedAccount(TWO, "orders", "Workloads/Prod", "ACTIVE", looked_into=True),
        SurveyedAccount(THREE, "old", "Workloads/Prod", "SUSPENDED"),
    ),
    (
        ServiceState(ONE, "eu-central-1", "GuardDuty", State.ON),
        ServiceState(TWO, "eu-central-1", "GuardDuty", State.UNKNOWN),
        ServiceState(ONE, "", "CloudTrail", State.OFF, "no trail of all regions"),
    ),
    {"SERVICE_CONTROL_POLICY": ("FullAWSAccess",)},
    (
        *[failing("S3.8", "high", TWO, days) for days in (1, 40, 200)],
        failing("EC2.13", "high"),
        failing("IAM.6", "critical"),
        failing("SSM.99", "low"),
    ),
)


def test_the_text_says_what_is_on_what_fails_worst_first_and_what_we_would_do() -> None:
    said = text(FOUND)

    assert said.startswith("survey of o-exampleorg1, 2026-12-01 09:00 UTC\n")
    assert "  3 accounts, 2 looked into\n  to look into the others: --role NAME" in said
    assert f"  not active: {THREE}" in said
    assert "  GuardDuty            on 1, unknown 1 (accounts and regions)" in said
    assert "  CloudTrail           off 1 (accounts)\n    1 x no trail of all regions" in said
    assert "  Security Hub is governed: central" in said
    assert "  by severity: high 4, critical 1, low 1" in said
    rows = said.partition("our remediation\n")[2].splitlines()
    assert [row.split() for row in rows[:4]] == [
        ["IAM.6", "critical", "1", "1", "none"],
        ["S3.8", "high", "3", "1", "disruptive"],
        ["EC2.13", "high", "1", "1", "disruptive"],
        ["SSM.99", "low", "1", "1", "none"],
    ]
    assert rows[4] == "  4 of them fail a control that can be remediated without a person"
    assert max(map(len, said.splitlines())) <= 80


def test_what_could_not_be_seen_is_told_once_for_each_call_and_reason() -> None:
    unread = tuple(
        Unseen("guardduty:ListDetectors", f"2000000000{number}", "eu-central-1", "AccessDenied: no")
        for number in range(10, 60)
    )

    said = text(replace(FOUND, unread=unread, findings=(), cut=True))

    (line,) = [each for each in said.splitlines() if "guardduty:ListDetectors" in each]
    assert line.endswith("and 47 more")
    assert "FINDINGS: 0 open failed findings and more" in said


def test_no_findings_are_only_none_where_they_were_read() -> None:
    denied = Unseen("securityhub:GetFindings", ONE, "eu-central-1", "AccessDenied")

    assert "  none\n" in f"{text(replace(FOUND, findings=()))}\n"
    assert "they could not be read everywhere" in text(
        replace(FOUND, findings=(), unread=(denied,))
    )


def test_the_json_has_all_of_it() -> None:
    document = json.loads(as_json(FOUND))

    assert document["version"] == 1
    assert [row["control"] for row in document["findings"]["by_control"]][:2] == ["IAM.6", "S3.8"]
    assert document["findings"]["by_control"][1]["oldest_days"] == 200
    assert document["findings"]["by_age"] == {
        "less than a week": 4,
        "one to three months": 1,
        "more than three months": 1,
    }
    assert document["services"][1]["state"] == "unknown"


def test_names_from_outside_cannot_move_the_terminal() -> None:
    evil = SurveyedAccount(TWO, "x", "\x1b[2J\nWorkloads", "ACTIVE")

    assert "\x1b" not in text(replace(FOUND, accounts=(evil, FOUND.accounts[0])))


def test_ages_have_words() -> None:
    assert [age(days) for days in (0, 6, 7, 29, 30, 89, 90)] == [
        "less than a week",
        "less than a week",
        "a week to a month",
        "a week to a month",
        "one to three months",
        "one to three months",
        "more than three months",
    ]

from __future__ import annotations

from dataclasses import replace

from orchestrator.findings.remediation import Aws, Status
from orchestrator.findings.services.cloudwatch import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.cloudwatch import (
    CIS,
    TOPIC,
    a_group,
    a_logged_trail,
    an_alarm,
)
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws, emulated


def test_a_trail_of_another_account_says_nothing_about_this_one() -> None:
    alarm = cycle.remediation_of("CloudWatch.1", REMEDIATIONS)
    with emulated():
        aws = RecordingAws()
        target = cycle.target_of(alarm, "CloudWatch.1", a_logged_trail(aws), {})
        elsewhere = replace(target, place=replace(target.place, account="111122223333"))

        assert alarm.check(elsewhere, aws).status is Status.UNCLEAR


def test_an_alarm_is_not_made_where_nobody_would_hear_it() -> None:
    deaf = replace(CIS[0], parameters={"TopicArn": TOPIC.replace("alarms", "deaf")})

    def violate(aws: Aws) -> str:
        aws("sns").create_topic(Name="deaf")
        return a_logged_trail(aws)

    assert "there is no subscription to" in cycle.hold_refusal(
        replace(deaf, violate=violate), REMEDIATIONS
    )


def test_an_alarm_of_somebody_else_is_not_overwritten() -> None:
    def violate(aws: Aws) -> str:
        an_alarm(aws)
        return a_logged_trail(aws)

    case = Case("CloudWatch.1", violate, parameters={"TopicArn": TOPIC, "Name": "muted"})

    assert "another alarm" in cycle.hold_refusal(case, REMEDIATIONS)


def test_without_a_trail_there_is_nothing_to_count() -> None:
    case = Case(
        "CloudWatch.1", lambda _: "AWS::::Account:123456789012", parameters={"TopicArn": TOPIC}
    )

    assert "CloudTrail.5" in cycle.hold_refusal(case, REMEDIATIONS)


def test_a_period_that_does_not_exist_is_refused() -> None:
    case = Case("CloudWatch.16", a_group, parameters={"MinRetentionTime": 5000})

    assert "5000" in cycle.hold_refusal(case, REMEDIATIONS)

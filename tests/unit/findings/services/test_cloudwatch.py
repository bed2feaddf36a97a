from __future__ import annotations

from dataclasses import replace

import pytest
from moto import mock_aws

from orchestrator.findings.remediation import Aws, Remediation, Status
from orchestrator.findings.services.cis_patterns import PATTERNS
from orchestrator.findings.services.cloudwatch import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws
from tests.unit.findings.services.test_cloudtrail import let_write

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
NO_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:none"
NO_ALARM = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:none"


def a_group(aws: Aws, name: str = "short", days: int = 30) -> str:
    aws("logs").create_log_group(logGroupName=name, tags=dict(cycle.TAGS))
    if days:
        aws("logs").put_retention_policy(logGroupName=name, retentionInDays=days)
    return f"arn:aws:logs:eu-west-1:123456789012:log-group:{name}"


def an_alarm(aws: Aws, *, on: bool = False) -> str:
    name = "loud" if on else "muted"
    aws("cloudwatch").put_metric_alarm(
        AlarmName=name,
        ActionsEnabled=on,
        MetricName="Errors",
        Namespace="App",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        Tags=cycle.TAG_LIST,
    )
    return f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}"


def a_logged_trail(aws: Aws) -> str:
    """A trail with a log group, and a topic that somebody listens to."""
    aws("s3").create_bucket(
        Bucket="trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    let_write(aws, "trail", "cloudtrail")
    group = a_group(aws, "trail")
    trail = aws("cloudtrail").create_trail(
        Name="main",
        S3BucketName="trail",
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=f"{group}:*",
        CloudWatchLogsRoleArn="arn:aws:iam::123456789012:role/trail",
    )
    aws("cloudtrail").start_logging(Name=trail["TrailARN"])
    aws("sns").create_topic(Name="alarms")
    aws("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="soc@example.com")
    return "AWS::::Account:123456789012"


def counted(aws: Aws, control: str = "CloudWatch.1", name: str = "root") -> str:
    """The filter is there, and nobody is told."""
    account = a_logged_trail(aws)
    to = {"metricNamespace": "CIS", "metricName": "RootUse", "metricValue": "1"}
    aws("logs").put_metric_filter(
        logGroupName="trail",
        filterName=name,
        filterPattern=PATTERNS[control].replace(" ", "  "),
        metricTransformations=[to],
    )
    return account


CIS = tuple(Case(control, a_logged_trail, parameters={"TopicArn": TOPIC}) for control in PATTERNS)
CASES = (
    *CIS,
    Case("CloudWatch.1", counted, parameters={"TopicArn": TOPIC}, name="is counted already"),
    Case("CloudWatch.16", a_group, lambda aws: a_group(aws, "long", 400), NO_GROUP),
    Case("CloudWatch.16", a_group, lambda aws: a_group(aws, "ever", 0), name="for ever is enough"),
    Case(
        "CloudWatch.16",
        lambda aws: a_group(aws, days=365),
        parameters={"MinRetentionTime": 400},
        name="a longer period is asked for",
    ),
    Case("CloudWatch.17", an_alarm, lambda aws: an_alarm(aws, on=True), NO_ALARM),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()


def test_a_trail_of_another_account_says_nothing_about_this_one() -> None:
    alarm = cycle.remediation_of("CloudWatch.1", REMEDIATIONS)
    with mock_aws():
        aws = RecordingAws()
        target = cycle.target_of(alarm, "CloudWatch.1", a_logged_trail(aws), {})
        elsewhere = replace(target, place=replace(target.place, account="111122223333"))

        assert alarm.check(elsewhere, aws).status is Status.UNCLEAR


def test_an_alarm_is_not_made_where_nobody_would_hear_it() -> None:
    deaf = replace(CIS[0], parameters={"TopicArn": TOPIC.replace("alarms", "deaf")})

    def violate(aws: Aws) -> str:
        aws("sns").create_topic(Name="deaf")
        return a_logged_trail(aws)

    assert "subscribed" in cycle.hold_refusal(replace(deaf, violate=violate), REMEDIATIONS)


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

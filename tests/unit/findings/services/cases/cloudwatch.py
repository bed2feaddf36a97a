from __future__ import annotations

from orchestrator.findings.remediation import Aws
from orchestrator.findings.services.cis_alarms import PATTERNS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.cloudtrail import let_write
from tests.unit.findings.services.cycle import Case

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

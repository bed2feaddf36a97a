from __future__ import annotations

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import TAG_LIST, Case

HERE = "eu-west-1:123456789012"
GONE = f"arn:aws:wafv2:{HERE}:regional/webacl/none/11111111-2222-3333-4444-555555555555"
GROUP = f"arn:aws:logs:{HERE}:log-group:aws-waf-logs-web"


def an_acl(aws: Aws, name: str = "web") -> str:
    made = aws("wafv2").create_web_acl(
        Name=name,
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={
            "SampledRequestsEnabled": True,
            "CloudWatchMetricsEnabled": False,
            "MetricName": name,
        },
        Tags=TAG_LIST,
    )
    return str(made["Summary"]["ARN"])


def a_logged_acl(aws: Aws) -> str:
    arn = an_acl(aws, "fine")
    aws("wafv2").put_logging_configuration(
        LoggingConfiguration={"ResourceArn": arn, "LogDestinationConfigs": [GROUP]}
    )
    return arn


CASES = (Case("WAF.11", an_acl, a_logged_acl, GONE, {"LogGroupArn": GROUP}),)

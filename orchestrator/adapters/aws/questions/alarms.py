"""Whether somebody hears an alarm: CloudWatch says nowhere that a topic did not let it in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from orchestrator.adapters.aws.questions.asking import Aws, Questions, Subject
from orchestrator.adapters.aws.refusal import Refused

CLOUDWATCH, OURS = "cloudwatch.amazonaws.com", "orchestrator-"


def of_security(subject: Subject) -> Questions:
    """The alarms of the function, which are told to a team's topic."""
    facts = subject.organization.facts
    if facts.remediation.enabled:
        yield "alarms are heard", partial(heard, subject.aws, facts.home_region)


def heard(aws: Aws, region: str) -> str:
    """Which topics do not take what an alarm says.

    Source: SNS Developer Guide, "Enable compatibility between event sources from AWS services and
    encrypted topics"; AWS Knowledge Center, "Why didn't I receive an SNS notification for my
    CloudWatch alarm trigger?".
    """
    found = aws.pages("cloudwatch", "DescribeAlarms", "MetricAlarms", region, AlarmNamePrefix=OURS)
    topics = sorted({arn for alarm in found for arn in alarm["AlarmActions"] if ":sns:" in arn})
    if not topics:
        return "no alarm tells a topic"
    deaf = {topic: _deaf(aws, region, topic) for topic in topics}
    return "; ".join(f"{topic.rpartition(':')[2]}: {why}" for topic, why in deaf.items() if why)


def _deaf(aws: Aws, region: str, topic: str) -> str:
    try:
        said = aws.call("sns", "GetTopicAttributes", region, TopicArn=topic)["Attributes"]
    except Refused as refusal:
        if not refusal.code.startswith("NotFound"):
            raise
        return "there is no such topic"
    if not _lets_in(said.get("Policy", "{}"), "sns:publish"):
        return "its policy does not let CloudWatch publish"
    return _locked(aws, region, said["KmsMasterKeyId"]) if said.get("KmsMasterKeyId") else ""


def _locked(aws: Aws, region: str, key: str) -> str:
    found = aws.call("kms", "DescribeKey", region, KeyId=key)["KeyMetadata"]
    if found["KeyState"] != "Enabled":
        return f"its key {found['Arn']} is {found['KeyState']}"
    where = {"KeyId": found["Arn"], "PolicyName": "default"}
    policy = aws.call("kms", "GetKeyPolicy", region, **where)["Policy"]
    needed = ("kms:decrypt", "kms:generatedatakey")
    if all(_lets_in(policy, action) for action in needed):
        return ""
    return f"the policy of its key {found['Arn']} does not let CloudWatch use it"


def _lets_in(policy: str, action: str) -> bool:
    """Whether a statement allows CloudWatch, by its own name; conditions are not looked at."""
    return any(
        statement["Effect"] == "Allow"
        and isinstance(statement.get("Principal"), dict)
        and CLOUDWATCH in _texts(statement["Principal"].get("Service", ()))
        and any(fnmatchcase(action, pattern) for pattern in _texts(statement.get("Action", ())))
        for statement in json.loads(policy).get("Statement", ())
    )


def _texts(value: Any) -> Iterator[str]:
    listed = [value] if isinstance(value, str) else value
    return (text if text == CLOUDWATCH else text.lower() for text in listed)

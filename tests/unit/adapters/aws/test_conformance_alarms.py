"""Whether somebody hears an alarm, asked of topics and keys that let CloudWatch in, and others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.adapters.aws.conformance.security import heard
from orchestrator.adapters.aws.transport import Refused
from tests.unit.adapters.aws.fake_aws import FakeAws, refusal

REGION, OWNER = "ap-northeast-1", "200000000002"
TOPIC = f"arn:aws:sns:{REGION}:{OWNER}:orchestrator-team-web"
KEY = f"arn:aws:kms:{REGION}:{OWNER}:key/1"
TOLD = {"cloudwatch:DescribeAlarms": [{"AlarmActions": [TOPIC]}]}
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}


def policy(principal: object, *actions: str, effect: str = "Allow") -> str:
    return json.dumps(
        {"Statement": [{"Effect": effect, "Principal": principal, "Action": list(actions)}]}
    )


PUBLISHES = policy(CLOUDWATCH, "sns:Publish")
USES = policy(CLOUDWATCH, "kms:Decrypt", "kms:GenerateDataKey*")


def topic(said: str, key: str = "") -> dict[str, object]:
    encrypted = {"KmsMasterKeyId": key} if key else {}
    return {"sns:GetTopicAttributes": {"Attributes": {"Policy": said, **encrypted}}}


def locked(said: str, state: str = "Enabled") -> dict[str, object]:
    return {
        **topic(PUBLISHES, KEY),
        "kms:DescribeKey": {"KeyMetadata": {"Arn": KEY, "KeyState": state}},
        "kms:GetKeyPolicy": {"Policy": said},
    }


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (topic(PUBLISHES), ""),
        (topic(policy({"Service": ["events.amazonaws.com"]}, "sns:Publish")), "policy"),
        (topic(policy(CLOUDWATCH, "sns:Publish", effect="Deny")), "policy"),
        (topic(policy("*", "sns:Publish")), "policy"),
        (topic("{}"), "policy"),
        ({"sns:GetTopicAttributes": refusal("NotFoundException")}, "no such topic"),
        (locked(USES), ""),
        (locked(USES, "PendingDeletion"), f"{KEY} is PendingDeletion"),
        (locked(policy(CLOUDWATCH, "kms:Decrypt")), f"policy of its key {KEY}"),
        (locked(policy({"AWS": "arn:aws:iam::200000000002:root"}, "kms:*")), "policy of its key"),
    ],
)
def test_a_topic_that_does_not_hear_an_alarm_is_named_with_the_reason(
    answers: dict[str, Any], found: str
) -> None:
    said = heard(FakeAws({**TOLD, **answers}), REGION)

    assert found in said
    assert said.startswith("orchestrator-team-web: ") == bool(found)


def test_alarms_that_tell_nobody_are_not_heard() -> None:
    assert heard(FakeAws({"cloudwatch:DescribeAlarms": []}), REGION) == "no alarm tells a topic"


def test_a_denied_question_is_not_answered() -> None:
    answers = {**TOLD, "sns:GetTopicAttributes": refusal("AuthorizationErrorException")}

    with pytest.raises(Refused):
        heard(FakeAws(answers), REGION)

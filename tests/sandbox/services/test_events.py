"""EventBridge delivers what rules match, transformed, to where their targets are."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.adapters.aws.preflight import accounts
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.preflight import Standing
from tests.sandbox.services.conftest import HOME, MEMBER, OUTSIDER, SECURITY, Cloud

PATTERN = {"source": ["test"], "detail": {"findings": {"Severity": {"Label": ["HIGH"]}}}}
HIGH = {"findings": [{"Id": "1", "Title": 'a "b"', "Severity": {"Label": "HIGH"}}]}


def letting_in(service: str, arn: str, action: str, **condition: Any) -> str:
    """A resource policy that lets a service of AWS in."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": arn,
        **({"Condition": condition} if condition else {}),
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Listener:
    """A queue in an account, that counts as a target, and lets a service in."""

    def __init__(
        self, cloud: Cloud, account: str, name: str, service: str = "events.amazonaws.com"
    ) -> None:
        self.sqs = cloud.client("sqs", account)
        self.url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        self.arn = f"arn:aws:sqs:{HOME}:{account}:{name}"
        self.let(letting_in(service, self.arn, "sqs:SendMessage"))

    def let(self, policy: str) -> None:
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})

    def bodies(self) -> list[str]:
        got = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        return [message["Body"] for message in got.get("Messages", [])]


def a_role(cloud: Cloud, account: str, action: str, resource: str) -> str:
    """One that EventBridge may be, for one action."""
    iam = cloud.client("iam", account)
    entry = {"Service": "events.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": entry, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    role = iam.create_role(RoleName="forward", AssumeRolePolicyDocument=json.dumps(document))
    own = {"Effect": "Allow", "Action": action, "Resource": resource}
    allowed = json.dumps({"Version": "2012-10-17", "Statement": [own]})
    iam.put_role_policy(RoleName="forward", PolicyName="own", PolicyDocument=allowed)
    return str(role["Role"]["Arn"])


def listen(cloud: Cloud, target: dict[str, Any], account: str = MEMBER) -> None:
    events = cloud.client("events", account)
    events.put_rule(Name="r", EventPattern=json.dumps(PATTERN))
    events.put_targets(Rule="r", Targets=[{"Id": "t", **target}])


def emit(cloud: Cloud, detail: dict[str, Any] = HIGH, account: str = MEMBER) -> None:
    entry = {"Source": "test", "DetailType": "Findings", "Detail": json.dumps(detail)}
    answer = cloud.client("events", account).put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ({"Input": '{"a": 1}'}, '{"a": 1}'),
        ({"InputPath": "$.detail.findings[0].Id"}, '"1"'),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"title": "$.detail.findings[0].Title", "no": "$.nothing"},
                    "InputTemplate": '{"text": "Finding: <title>", "raw": <title>, "no": <no>}',
                }
            },
            '{"text": "Finding: a \\"b\\"", "raw": "a \\"b\\"", "no": null}',
        ),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"findings": "$.detail.findings"},
                    "InputTemplate": "<findings>",
                }
            },
            json.dumps(HIGH["findings"]),
        ),
    ],
    ids=["constant", "path", "template", "object"],
)
def test_a_target_is_sent_what_it_asked_for(
    cloud: Cloud, target: dict[str, Any], body: str
) -> None:
    queue = Listener(cloud, MEMBER, "q")
    listen(cloud, {"Arn": queue.arn, **target})

    emit(cloud)
    emit(cloud, {"findings": [{"Severity": {"Label": "LOW"}}]})

    assert queue.bodies() == [body]


def test_an_untransformed_event_names_its_account_region_and_time(cloud: Cloud) -> None:
    queue = Listener(cloud, MEMBER, "q")
    listen(cloud, {"Arn": queue.arn})

    emit(cloud)

    [event] = map(json.loads, queue.bodies())
    assert (event["account"], event["region"]) == (MEMBER, HOME)
    assert (event["detail-type"], event["detail"]) == ("Findings", HIGH)
    assert event["time"].endswith("Z")


def test_a_target_that_fails_stops_no_other_and_its_event_goes_to_the_dead_letters(
    cloud: Cloud,
) -> None:
    alive, dead = (Listener(cloud, MEMBER, name) for name in ("alive", "dead"))
    nowhere = f"arn:aws:sqs:{HOME}:{MEMBER}:nowhere"
    listen(cloud, {"Arn": nowhere, "DeadLetterConfig": {"Arn": dead.arn}})
    cloud.client("events", MEMBER).put_targets(Rule="r", Targets=[{"Id": "u", "Arn": alive.arn}])

    emit(cloud)

    assert len(alive.bodies()) == len(dead.bodies()) == 1


def test_a_rule_with_a_schedule_alone_hears_of_no_event(cloud: Cloud) -> None:
    queue = Listener(cloud, MEMBER, "q")
    events = cloud.client("events", MEMBER)
    events.put_rule(Name="often", ScheduleExpression="rate(5 minutes)")
    events.put_targets(Rule="often", Targets=[{"Id": "t", "Arn": queue.arn}])

    emit(cloud)
    assert queue.bodies() == []

    cloud.sandbox.tick()
    assert len(queue.bodies()) == 1


def test_a_disabled_rule_delivers_nothing(cloud: Cloud) -> None:
    queue = Listener(cloud, MEMBER, "q")
    listen(cloud, {"Arn": queue.arn})
    cloud.client("events", MEMBER).disable_rule(Name="r")

    emit(cloud)

    assert queue.bodies() == []


@pytest.mark.parametrize(("organization", "delivered"), [("o-exampleorg1", 1), ("o-other", 0)])
def test_a_bus_of_another_account_takes_what_its_policy_allows(
    cloud: Cloud, organization: str, delivered: int
) -> None:
    events = cloud.client("events", SECURITY)
    bus = events.create_event_bus(Name="findings")["EventBusArn"]
    statement = {
        "Sid": "Organization",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": bus,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    events.put_permission(EventBusName="findings", Policy=json.dumps(policy))
    queue = Listener(cloud, SECURITY, "q")
    events.put_rule(Name="all", EventBusName="findings", EventPattern='{"source": ["test"]}')
    targets = [{"Id": "t", "Arn": queue.arn}]
    events.put_targets(Rule="all", EventBusName="findings", Targets=targets)
    listen(cloud, {"Arn": bus, "RoleArn": a_role(cloud, MEMBER, "events:PutEvents", bus)})

    emit(cloud)

    found = [json.loads(body) for body in queue.bodies()]
    assert len(found) == delivered
    assert all(event["account"] == MEMBER for event in found)


def test_topics_and_log_groups_that_let_events_in_are_reached(cloud: Cloud) -> None:
    queue = Listener(cloud, OUTSIDER, "q", "sns.amazonaws.com")
    sns = cloud.client("sns", MEMBER)
    topic = sns.create_topic(Name="t")["TopicArn"]
    policy = letting_in("events.amazonaws.com", topic, "sns:Publish")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    logs = cloud.client("logs", MEMBER)
    logs.create_log_group(logGroupName="/findings")
    listen(cloud, {"Arn": topic})
    group = f"arn:aws:logs:{HOME}:{MEMBER}:log-group:/findings"
    policy = letting_in("events.amazonaws.com", f"{group}:*", "logs:PutLogEvents")
    logs.put_resource_policy(policyName="events", policyDocument=policy)
    cloud.client("events", MEMBER).put_targets(Rule="r", Targets=[{"Id": "l", "Arn": group}])

    emit(cloud)

    [message] = map(json.loads, queue.bodies())
    assert json.loads(message["Message"])["detail"] == HIGH
    [stream] = logs.describe_log_streams(logGroupName="/findings")["logStreams"]
    found = logs.get_log_events(logGroupName="/findings", logStreamName=stream["logStreamName"])[
        "events"
    ]
    assert json.loads(found[0]["message"])["detail"] == HIGH


def test_a_pattern_can_be_tried(cloud: Cloud) -> None:
    events = cloud.client("events", MEMBER)
    event = {
        "id": "1",
        "source": "test",
        "account": MEMBER,
        "region": HOME,
        "time": "2026-01-01T00:00:00Z",
        "resources": [],
        "detail-type": "x",
        "detail": HIGH,
    }
    result = events.test_event_pattern(EventPattern=json.dumps(PATTERN), Event=json.dumps(event))
    assert result["Result"] is True


def test_a_bus_takes_no_more_rules_than_its_region_allows_and_preflight_says_so_before(
    cloud: Cloud,
) -> None:
    region = "eu-south-1"
    cloud.client("account", MEMBER).enable_region(RegionName=region)
    events = cloud.client("events", MEMBER, region)
    asked: Any = SimpleNamespace(
        pages=lambda *_: [
            rule for page in events.get_paginator("list_rules").paginate() for rule in page["Rules"]
        ],
        call=lambda *_, **given: _quota(cloud, region, **given),
    )

    for number in range(90):
        events.put_rule(Name=f"r{number}", EventPattern=json.dumps(PATTERN))
    room = accounts.rules(asked, region, "drift_events.enabled")
    for number in range(90, 100):
        events.put_rule(Name=f"r{number}", EventPattern=json.dumps(PATTERN))
    none = accounts.rules(asked, region, "drift_events.enabled")

    assert (room.standing, room.says) == (Standing.OK, "90 rules of others, of 100")
    assert (none.standing, none.setting) == (Standing.IN_THE_WAY, "drift_events.enabled")
    events.put_rule(Name="r0", EventPattern=json.dumps(PATTERN))
    with pytest.raises(events.exceptions.LimitExceededException):
        events.put_rule(Name="r100", EventPattern=json.dumps(PATTERN))
    events.delete_rule(Name="r0")
    events.put_rule(Name="r100", EventPattern=json.dumps(PATTERN))


def _quota(cloud: Cloud, region: str, **given: str) -> Any:
    quotas = cloud.client("service-quotas", MEMBER, region)
    try:
        return quotas.get_service_quota(**given)
    except quotas.exceptions.NoSuchResourceException:
        code = "NoSuchResourceException"
        raise Refused(MEMBER, "test", "service-quotas:GetServiceQuota", code, code) from None


def test_a_region_takes_a_hundred_buses(cloud: Cloud) -> None:
    events = cloud.client("events", MEMBER)
    for number in range(99):  # and there is the default one
        events.create_event_bus(Name=f"b{number}")

    with pytest.raises(events.exceptions.LimitExceededException):
        events.create_event_bus(Name="b99")

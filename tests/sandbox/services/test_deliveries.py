"""What AWS would not deliver is not delivered, is counted, and the log says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.sandbox import journal
from tests.sandbox.calls import until
from tests.sandbox.services.conftest import HOME, MEMBER, SECURITY, Cloud, error_of
from tests.sandbox.services.test_events import Listener, a_role, emit, letting_in, listen
from tests.sandbox.services.test_lambda import TRUST, deploy

EVENTS = "events.amazonaws.com"
RULE = f"arn:aws:events:{HOME}:{MEMBER}:rule/r"


@dataclass(frozen=True)
class Drops:
    """What was not delivered since the test began."""

    cloud: Cloud
    before: int

    def why(self) -> list[str]:
        return _all(self.cloud)[self.before :]

    def counted(self, namespace: str, name: str) -> bool:
        watch = self.cloud.client("cloudwatch", MEMBER)
        return bool(watch.list_metrics(Namespace=namespace, MetricName=name)["Metrics"])


def _all(cloud: Cloud) -> list[str]:
    wanted = journal.Filter(dropped=True)
    return [str(entry["why"]) for entry in journal.read(cloud.sandbox.home, wanted)]


@pytest.fixture
def drops(cloud: Cloud) -> Drops:
    return Drops(cloud, len(_all(cloud)))


def a_key(cloud: Cloud, **condition: Any) -> Any:
    """One that EventBridge may use."""
    kms = cloud.client("kms", MEMBER)
    root = {"AWS": f"arn:aws:iam::{MEMBER}:root"}
    owner = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    sends = json.loads(letting_in(EVENTS, "*", "kms:*", **condition))["Statement"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [owner, *sends]})
    return kms.create_key(Policy=policy)["KeyMetadata"]["KeyId"]


def test_a_queue_that_does_not_let_the_rule_in_gets_nothing(cloud: Cloud, drops: Drops) -> None:
    queue = Listener(cloud, MEMBER, "q")
    other = {"ArnEquals": {"aws:SourceArn": f"{RULE}-other"}}
    queue.let(letting_in(EVENTS, queue.arn, "sqs:SendMessage", **other))
    listen(cloud, {"Arn": queue.arn})

    emit(cloud)

    assert queue.bodies() == []
    assert drops.why() == [f"the policy of {queue.arn} does not let {EVENTS} sqs:SendMessage"]
    assert drops.counted("AWS/Events", "FailedInvocations")


def test_a_queue_that_denies_everyone_gets_nothing(cloud: Cloud, drops: Drops) -> None:
    queue = Listener(cloud, MEMBER, "q")
    allowed = json.loads(letting_in(EVENTS, queue.arn, "sqs:SendMessage"))
    denied = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
    }
    queue.let(json.dumps({**allowed, "Statement": [*allowed["Statement"], denied]}))
    listen(cloud, {"Arn": queue.arn})

    emit(cloud)

    assert queue.bodies() == []
    assert drops.why() == [f"the policy of {queue.arn} denies {EVENTS} sqs:SendMessage"]


def test_what_the_queue_refuses_is_set_aside_where_the_dead_letters_let_the_rule_in(
    cloud: Cloud, drops: Drops
) -> None:
    closed, dead = Listener(cloud, MEMBER, "q"), Listener(cloud, MEMBER, "dead")
    closed.let(letting_in("sns.amazonaws.com", closed.arn, "sqs:SendMessage"))
    listen(cloud, {"Arn": closed.arn, "DeadLetterConfig": {"Arn": dead.arn}})

    emit(cloud)
    assert len(dead.bodies()) == 1
    assert drops.counted("AWS/Events", "InvocationsSentToDlq")

    dead.let(letting_in("sns.amazonaws.com", dead.arn, "sqs:SendMessage"))
    emit(cloud)
    assert dead.bodies() == []
    assert drops.counted("AWS/Events", "InvocationsFailedToBeSentToDlq")


@pytest.mark.parametrize("state", ["enabled", "disabled", "to be deleted"])
def test_an_encrypted_queue_needs_its_key(cloud: Cloud, drops: Drops, state: str) -> None:
    queue, key = Listener(cloud, MEMBER, "q"), a_key(cloud)
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"KmsMasterKeyId": key})
    listen(cloud, {"Arn": queue.arn})
    kms = cloud.client("kms", MEMBER)
    if state == "disabled":
        kms.disable_key(KeyId=key)
    if state == "to be deleted":
        kms.schedule_key_deletion(KeyId=key)

    emit(cloud)

    assert len(drops.why()) == (0 if state == "enabled" else 1)


def test_a_key_that_asks_for_the_rule_does_not_open_for_eventbridge(
    cloud: Cloud, drops: Drops
) -> None:
    queue, key = Listener(cloud, MEMBER, "q"), a_key(cloud, ArnEquals={"aws:SourceArn": RULE})
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"KmsMasterKeyId": key})
    listen(cloud, {"Arn": queue.arn})

    emit(cloud)

    (why,) = drops.why()
    assert why.endswith(f"does not let {EVENTS} kms:GenerateDataKey")


def test_a_function_needs_a_permission_for_the_rule(cloud: Cloud, drops: Drops) -> None:
    iam = cloud.client("iam", MEMBER)
    made = iam.create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    listen(cloud, {"Arn": deploy(cloud, made["Arn"], "answer")})

    emit(cloud)

    (why,) = drops.why()
    assert why.endswith(f"does not let {EVENTS} lambda:InvokeFunction")


def a_bus(cloud: Cloud) -> str:
    """In another account, for the whole organization."""
    events = cloud.client("events", SECURITY)
    arn = str(events.create_event_bus(Name="findings")["EventBusArn"])
    statement = {
        "Sid": "Organization",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    events.put_permission(EventBusName="findings", Policy=json.dumps(policy))
    return arn


def _forget_trust(iam: Any) -> None:
    trust = json.dumps(TRUST)
    iam.update_assume_role_policy(RoleName="forward", PolicyDocument=trust)


ROLE = f"arn:aws:iam::{MEMBER}:role/forward"
BROKEN: dict[str, tuple[Callable[[Any], object], str]] = {
    "trust": (_forget_trust, f"{ROLE} does not trust {EVENTS}"),
    "permission": (
        lambda iam: iam.delete_role_policy(RoleName="forward", PolicyName="own"),
        f"{ROLE} is not authorized to perform: events:PutEvents",
    ),
}


@pytest.mark.parametrize("wire", BROKEN)
def test_a_bus_is_reached_by_a_role_that_events_can_be_and_that_may(
    cloud: Cloud, drops: Drops, wire: str
) -> None:
    bus = a_bus(cloud)
    listen(cloud, {"Arn": bus, "RoleArn": a_role(cloud, MEMBER, "events:PutEvents", bus)})
    emit(cloud)
    assert drops.why() == []
    cut, said = BROKEN[wire]
    cut(cloud.client("iam", MEMBER))

    emit(cloud)

    (why,) = drops.why()
    assert why.startswith(said)


def test_a_bus_of_another_account_is_no_target_without_a_role(cloud: Cloud) -> None:
    bus = a_bus(cloud)

    with pytest.raises(ClientError, match="RoleArn is required for target"):
        listen(cloud, {"Arn": bus})


def test_a_topic_tells_only_queues_that_let_it_in(cloud: Cloud, drops: Drops) -> None:
    closed, kept = Listener(cloud, MEMBER, "q"), Listener(cloud, MEMBER, "d", "sns.amazonaws.com")
    sns = cloud.client("sns", MEMBER)
    topic = sns.create_topic(Name="t")["TopicArn"]
    redrive = json.dumps({"deadLetterTargetArn": kept.arn})
    for queue, attributes in ((closed, {"RedrivePolicy": redrive}), (kept, {})):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes=attributes)

    sns.publish(TopicArn=topic, Message="hello")

    assert closed.bodies() == []
    assert len(kept.bodies()) == 2
    assert len(drops.why()) == 1
    assert drops.counted("AWS/SNS", "NumberOfNotificationsFailed")


def test_a_function_whose_role_lambda_cannot_be_is_not_run(cloud: Cloud) -> None:
    iam = cloud.client("iam", MEMBER)
    role = iam.create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    deploy(cloud, role["Arn"], "answer")
    iam.delete_role(RoleName="f")

    client = cloud.client("lambda", MEMBER)
    assert error_of(client.invoke, FunctionName="answer", Payload=b"{}") == "AccessDeniedException"


def test_a_queue_is_read_only_while_the_functions_role_may(cloud: Cloud, drops: Drops) -> None:
    iam, sqs = cloud.client("iam", MEMBER), cloud.client("sqs", MEMBER)
    role = iam.create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    work = Listener(cloud, MEMBER, "work")
    mapping = {"EventSourceArn": work.arn, "FunctionName": deploy(cloud, role["Arn"], "sort_out")}
    client = cloud.client("lambda", MEMBER)
    refused = error_of(client.create_event_source_mapping, **mapping)
    assert refused == "InvalidParameterValueException"
    allow = {"Effect": "Allow", "Action": "sqs:*", "Resource": work.arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName="f", PolicyName="reads", PolicyDocument=document)
    client.create_event_source_mapping(**mapping)
    iam.delete_role_policy(RoleName="f", PolicyName="reads")

    sqs.send_message(QueueUrl=work.url, MessageBody="good")

    until(drops.why, "nobody said why")
    assert "not authorized to perform: sqs:ReceiveMessage" in drops.why()[0]
    iam.put_role_policy(RoleName="f", PolicyName="reads", PolicyDocument=document)
    until(lambda: _empty(sqs, work.url), "the queue was not read again")


def _empty(sqs: Any, url: str) -> bool:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    return all(found[name] == "0" for name in names)


def test_an_alarm_speaks_through_a_topic_that_lets_it_in_and_is_over_after_a_quiet_period(
    cloud: Cloud, drops: Drops
) -> None:
    sns, watch = cloud.client("sns", MEMBER), cloud.client("cloudwatch", MEMBER)
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    watch.put_metric_alarm(
        AlarmName="lost",
        AlarmActions=[topic],
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Dimensions=[{"Name": "RuleName", "Value": "r"}],
        EvaluationPeriods=1,
        MetricName="FailedInvocations",
        Namespace="AWS/Events",
        Period=300,
        Statistic="Sum",
        Threshold=1,
        TreatMissingData="notBreaching",
    )
    listen(cloud, {"Arn": f"arn:aws:sqs:{HOME}:{MEMBER}:nowhere"})

    emit(cloud)

    assert _state(watch) == "ALARM"
    told = "does not let cloudwatch.amazonaws.com sns:Publish"
    assert any(why.endswith(told) for why in drops.why())
    for _ in range(2):
        cloud.sandbox.tick()
    assert _state(watch) == "OK"
    policy = letting_in("cloudwatch.amazonaws.com", topic, "sns:Publish")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    emit(cloud)
    (message,) = cloud.sandbox.messages()
    assert (message["topic"], message["subject"]) == (topic, f'ALARM: "lost" in {HOME}')


def _state(watch: Any) -> str:
    return str(watch.describe_alarms(AlarmNames=["lost"])["MetricAlarms"][0]["StateValue"])

"""A deployed zip runs as its role, answers, logs, fails, and hears events."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest

from tests.sandbox.services.conftest import HOME, MEMBER, Cloud, error_of
from tests.sandbox.services.securityhub.asff import a_finding
from tests.sandbox.services.test_events import letting_in

CODE = """
import os
import boto3

def answer(event, context):
    print("heard", event)
    caller = boto3.client("sts").get_caller_identity()
    return {
        "arn": caller["Arn"],
        "event": event,
        "mine": os.environ["MINE"],
        "home": os.environ.get("HOME"),
        "left": context.get_remaining_time_in_millis() > 0,
    }

def talk(event, context):
    return "x" * 7_000_000

def fail(event, context):
    raise ValueError("no")

def sort_out(event, context):
    print("batch of", len(event["Records"]))
    bad = [each["messageId"] for each in event["Records"] if each["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in bad]}

def resolve(event, context):
    for finding in event["detail"]["findings"]:
        boto3.client("securityhub").batch_update_findings(
            FindingIdentifiers=[{"Id": finding["Id"], "ProductArn": finding["ProductArn"]}],
            Workflow={"Status": "RESOLVED"},
        )
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["logs:*", "securityhub:*", "sqs:*"], "Resource": "*"}
    ],
}


def a_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("handlers.py", CODE)
    return data.getvalue()


@pytest.fixture
def role(cloud: Cloud) -> str:
    iam = cloud.client("iam", MEMBER)
    role = iam.create_role(RoleName="function", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="function", PolicyName="p", PolicyDocument=json.dumps(ALLOW))
    return str(role["Role"]["Arn"])


def deploy(cloud: Cloud, role: str, handler: str, **settings: Any) -> str:
    function = cloud.client("lambda", MEMBER).create_function(
        FunctionName=handler,
        Runtime="python3.12",
        Role=role,
        Handler=f"handlers.{handler}",
        Code={"ZipFile": a_zip()},
        Timeout=20,
        Environment={"Variables": {"MINE": "yes"}},
        **settings,
    )
    return str(function["FunctionArn"])


def test_a_function_runs_as_its_role_and_its_output_is_logged(cloud: Cloud, role: str) -> None:
    deploy(cloud, role, "answer")
    payload = json.dumps({"a": 1})
    response = cloud.client("lambda", MEMBER).invoke(FunctionName="answer", Payload=payload)

    answer = json.loads(response["Payload"].read())
    assert answer["arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/function/answer"
    assert (answer["event"], answer["mine"], answer["left"]) == ({"a": 1}, "yes", True)
    assert answer["home"] is None
    logs = cloud.client("logs", MEMBER)
    events = logs.filter_log_events(logGroupName="/aws/lambda/answer")["events"]
    assert [event["message"] for event in events] == ["heard {'a': 1}"]


def test_what_a_function_raises_is_its_answer(cloud: Cloud, role: str) -> None:
    deploy(cloud, role, "fail")

    response = cloud.client("lambda", MEMBER).invoke(FunctionName="fail", Payload=b"{}")

    assert response["FunctionError"]
    answer = json.loads(response["Payload"].read())
    assert (answer["errorType"], answer["errorMessage"]) == ("ValueError", "no")


def test_an_answer_of_more_than_6_mb_is_an_error(cloud: Cloud, role: str) -> None:
    deploy(cloud, role, "talk")

    answer = cloud.client("lambda", MEMBER).invoke(FunctionName="talk")

    told = json.loads(answer["Payload"].read())
    assert answer["FunctionError"]
    assert told["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_finding_reaches_a_function_that_resolves_it(cloud: Cloud, role: str) -> None:
    hub, events = cloud.hub(MEMBER), cloud.client("events", MEMBER)
    hub.enable_security_hub()
    arn = deploy(cloud, role, "resolve")
    cloud.client("lambda", MEMBER).add_permission(
        FunctionName="resolve",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=f"arn:aws:events:{HOME}:{MEMBER}:rule/r",
    )
    pattern = {"detail": {"findings": {"Workflow": {"Status": ["NEW"]}}}}
    events.put_rule(Name="r", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="r", Targets=[{"Id": "f", "Arn": arn}])

    hub.batch_import_findings(Findings=[a_finding()])

    wanted = {"WorkflowStatus": [{"Value": "RESOLVED", "Comparison": "EQUALS"}]}
    until = time.monotonic() + 120
    while not hub.get_findings(Filters=wanted)["Findings"]:
        assert time.monotonic() < until, "the function did not resolve the finding"
        time.sleep(0.1)


def test_dead_letters_and_logging_are_kept(cloud: Cloud, role: str) -> None:
    dead = {"TargetArn": f"arn:aws:sqs:{HOME}:{MEMBER}:dead"}
    logging = {"LogFormat": "JSON", "LogGroup": "/functions"}
    deploy(cloud, role, "answer", DeadLetterConfig=dead, LoggingConfig=logging)

    client = cloud.client("lambda", MEMBER)
    found = client.get_function_configuration(FunctionName="answer")
    assert (found["DeadLetterConfig"], found["LoggingConfig"]) == (dead, logging)


def test_a_queue_gives_back_what_failed_alone_and_sets_it_aside_in_the_end(
    cloud: Cloud, role: str
) -> None:
    sqs = cloud.client("sqs", MEMBER)
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": f"arn:aws:sqs:{HOME}:{MEMBER}:dead", "maxReceiveCount": 2}
    attributes = {"RedrivePolicy": json.dumps(redrive)}
    work = sqs.create_queue(QueueName="work", Attributes=attributes)["QueueUrl"]
    arn = deploy(cloud, role, "sort_out")
    mapping = cloud.client("lambda", MEMBER).create_event_source_mapping(
        EventSourceArn=f"arn:aws:sqs:{HOME}:{MEMBER}:work",
        FunctionName=arn,
        BatchSize=5,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )

    for body in ("good", "bad", "good"):
        sqs.send_message(QueueUrl=work, MessageBody=body)

    until = time.monotonic() + 60
    while not (found := sqs.receive_message(QueueUrl=dead).get("Messages")):
        assert time.monotonic() < until, "nothing was set aside"
        time.sleep(0.2)
    assert [message["Body"] for message in found] == ["bad"]
    left = sqs.get_queue_attributes(QueueUrl=work, AttributeNames=["All"])["Attributes"]
    assert (
        left["ApproximateNumberOfMessages"] == left["ApproximateNumberOfMessagesNotVisible"] == "0"
    )
    cloud.client("lambda", MEMBER).delete_event_source_mapping(UUID=mapping["UUID"])
    sqs.send_message(QueueUrl=work, MessageBody="nobody listens")
    time.sleep(1)
    kept = sqs.get_queue_attributes(QueueUrl=work, AttributeNames=["All"])["Attributes"]
    assert kept["ApproximateNumberOfMessages"] == "1"


def test_messages_to_topics_can_be_read_with_those_who_get_them(cloud: Cloud) -> None:
    sns = cloud.client("sns", MEMBER)
    topic = sns.create_topic(Name="team")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="team@example.com")
    cloud.sandbox.confirm()
    texts = {"default": "short", "email": "long"}

    sns.publish(TopicArn=topic, Subject="Hello", Message=json.dumps(texts), MessageStructure="json")

    (message,) = cloud.sandbox.messages()
    assert (message["topic"], message["subject"], message["texts"]) == (topic, "Hello", texts)
    assert message["to"] == ["email:team@example.com"]


def test_a_schedule_comes_due_when_the_clock_is_told_to_tick(cloud: Cloud, role: str) -> None:
    sqs, events = cloud.client("sqs", MEMBER), cloud.client("events", MEMBER)
    arn = f"arn:aws:sqs:{HOME}:{MEMBER}:ticks"
    attributes = {"Policy": letting_in("events.amazonaws.com", arn, "sqs:SendMessage")}
    queue = sqs.create_queue(QueueName="ticks", Attributes=attributes)["QueueUrl"]
    events.put_rule(Name="often", ScheduleExpression="rate(5 minutes)")
    target = {"Id": "t", "Arn": arn, "Input": '{"tick": 1}'}
    events.put_targets(Rule="often", Targets=[target])

    cloud.sandbox.tick()

    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"]) == {"tick": 1}


def test_a_new_account_has_no_executions_to_reserve(cloud: Cloud, role: str) -> None:
    deploy(cloud, role, "answer")
    client = cloud.client("lambda", MEMBER)
    limit = client.get_account_settings()["AccountLimit"]
    assert (limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]) == (10, 10)

    call = client.put_function_concurrency
    refused = error_of(call, FunctionName="answer", ReservedConcurrentExecutions=6)

    assert refused == "InvalidParameterValueException"
    call(FunctionName="answer", ReservedConcurrentExecutions=0)

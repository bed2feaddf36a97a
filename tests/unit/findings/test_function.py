"""The function as it is deployed: its own clients, a matrix from a file, moto for AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from orchestrator.findings import by_hand
from orchestrator.findings.environment import Settings, parts, read_matrix
from orchestrator.findings.function import App, DeadLetterQueue
from orchestrator.findings.parts import Parts
from orchestrator.findings.progress import Message
from orchestrator.findings.records import Outcome
from orchestrator.findings.router import Router
from orchestrator.sandbox.trail import archive
from tests.unit.findings.a_world import (
    ACCOUNT,
    HOME,
    SECURITY,
    a_decision,
    a_document,
    an_asff,
    an_event,
)
from tests.unit.findings.test_table import make_table

ROLE = "orchestrator-remediation"
SWITCH = "/orchestrator/remediation/switch"
ENVIRONMENT = {
    "TABLE": "orchestrator-remediation",
    "BUCKET": "befores",
    "KEY_ARN": f"arn:aws:kms:{HOME}:{SECURITY}:key/1",
    "KILL_SWITCH": SWITCH,
    "ROLE": ROLE,
    "EXTERNAL_ID": "example",
}


@dataclass
class Cloud:
    """The security account, and a key in a member account that is never rotated."""

    session: boto3.Session
    member: Any
    key: str
    dead: str
    inbox: str
    parts: Parts
    app: App

    def event(self) -> str:
        changed = datetime.now(UTC) + timedelta(seconds=1)
        finding = an_asff(
            Compliance={"Status": "FAILED", "SecurityControlId": "KMS.4"},
            Resources=[{"Type": "AwsKmsKey", "Id": self.key}],
            UpdatedAt=changed.isoformat(),
        )
        return json.dumps(an_event(finding))

    def handle(self, *bodies: str) -> dict[str, Any]:
        records = [{"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]
        return self.app.batch(records, datetime.now(UTC) + timedelta(minutes=2))

    def is_rotated(self) -> bool:
        answer: bool = self.member.get_key_rotation_status(KeyId=self.key)["KeyRotationEnabled"]
        return answer


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    archive.install(lambda: 0)
    with mock_aws():
        yield a_cloud(tmp_path)


def a_cloud(folder: Path, **team: object) -> Cloud:
    session = boto3.Session("testing", "testing", region_name=HOME)
    make_table(session.client("dynamodb"))
    where: Any = {"LocationConstraint": HOME}
    session.client("s3").create_bucket(Bucket="befores", CreateBucketConfiguration=where)
    session.client("ssm").put_parameter(Name=SWITCH, Value="on", Type="String")
    sqs = session.client("sqs")
    dead, inbox = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "inbox"))
    topic = session.client("sns").create_topic(Name="orchestrator-team-orders")["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])["Attributes"]
    session.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    role = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
    keys = session.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    member = boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=HOME
    ).client("kms")
    key = member.create_key()["KeyMetadata"]["Arn"]
    document = a_document(a_decision(control="KMS.4"))
    document["teams"]["orders"] = {**document["teams"]["orders"], **team, "topic": topic}
    (folder / "matrix.json").write_text(json.dumps(document), "utf-8")
    settings = Settings.of(
        {**ENVIRONMENT, "MATRIX": str(folder / "matrix.json"), "DEAD_LETTERS": dead}
    )
    made = parts(settings, session, read_matrix(settings.matrix))
    app = App(Router(made), DeadLetterQueue(sqs, dead))
    return Cloud(session, member, key, dead, inbox, made, app)


def test_a_finding_from_the_queue_is_fixed_in_the_member_account_and_can_be_undone(
    cloud: Cloud,
) -> None:
    assert not cloud.is_rotated()

    assert cloud.handle(cloud.event(), cloud.event()) == {"batchItemFailures": []}

    assert cloud.is_rotated()
    (record,) = cloud.parts.records.since(2, datetime.now(UTC))
    assert (record.outcome, record.control) == (Outcome.FIXED, "KMS.4")
    kept = cloud.session.client("s3").head_object(Bucket="befores", Key=f"before/{record.id}.json")
    assert (kept["ServerSideEncryption"], kept["SSEKMSKeyId"]) == (
        "aws:kms",
        ENVIRONMENT["KEY_ARN"],
    )
    (mail,) = cloud.session.client("sqs").receive_message(QueueUrl=cloud.inbox)["Messages"]
    assert f"orchestrator remediation undo {record.id}" in json.loads(mail["Body"])["Message"]

    by_hand.undo(cloud.parts, record.id, "me")
    assert not cloud.is_rotated()


def test_the_switch_off_stops_the_fix(cloud: Cloud) -> None:
    ssm = cloud.session.client("ssm")
    ssm.put_parameter(Name=SWITCH, Value="off", Type="String", Overwrite=True)

    cloud.handle(cloud.event())

    assert not cloud.is_rotated()


def test_a_switch_that_is_not_there_stops_the_fix(cloud: Cloud) -> None:
    cloud.session.client("ssm").delete_parameter(Name=SWITCH)

    cloud.handle(cloud.event())

    assert not cloud.is_rotated()


def test_what_is_malformed_lies_in_the_dead_letter_queue_with_its_reason(cloud: Cloud) -> None:
    assert cloud.handle("{") == {"batchItemFailures": []}

    answer = cloud.session.client("sqs").receive_message(
        QueueUrl=cloud.dead, MessageAttributeNames=["All"]
    )
    (message,) = answer["Messages"]
    reason = message["MessageAttributes"]["reason"]["StringValue"]
    assert (message["Body"], reason) == ("{", "the event is not an object")


def test_a_tick_finds_nothing_to_do_where_nothing_waits(cloud: Cloud) -> None:
    message = Message("tick", datetime.now(UTC) + timedelta(minutes=1))

    assert cloud.app.tick(message) == {"digests": 1}


def test_a_tick_reads_a_teams_secret_and_counts_a_tracker_that_is_not_there(tmp_path: Path) -> None:
    """The function's own connection, to a port of this machine where nobody listens."""
    tracker = {"kind": "github", "url": "https://127.0.0.1:9", "project": "a/b", "secret": "token"}
    archive.install(lambda: 0)
    with mock_aws():
        cloud = a_cloud(tmp_path, tickets=tracker)
        cloud.session.client("secretsmanager").create_secret(Name="token", SecretString="x")
        body = json.dumps(
            an_event(an_asff(Compliance={"Status": "WARNING", "SecurityControlId": "KMS.4"}))
        )
        cloud.handle(body)
        done = cloud.app.tick(Message("tick", datetime.now(UTC) + timedelta(minutes=3)))

    assert done == {"digests": 1, "tickets": 1, "problem": 1}


def test_every_setting_is_asked_for_by_the_name_of_its_variable() -> None:
    names = {*ENVIRONMENT, "MATRIX", "DEAD_LETTERS"}
    for missing in names:
        environment = dict.fromkeys(names - {missing}, "x")
        with pytest.raises(KeyError, match=missing):
            Settings.of(environment)


def test_a_table_that_refuses_sends_the_message_back(cloud: Cloud) -> None:
    cloud.session.client("dynamodb").delete_table(TableName="orchestrator-remediation")

    assert cloud.handle(cloud.event()) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert not cloud.is_rotated()


def test_a_fix_that_was_not_recorded_is_not_begun(cloud: Cloud) -> None:
    cloud.session.client("s3").delete_bucket(Bucket="befores")

    assert cloud.handle(cloud.event())["batchItemFailures"]
    assert not cloud.is_rotated()

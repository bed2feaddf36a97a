from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.findings.by_hand import Replayed, replay_dead_letters, replay_records
from orchestrator.findings.function import Batch, DeadLetterQueue, metrics, work
from tests.unit.findings.a_world import (
    BUCKET,
    NOW,
    Things,
    World,
    a_finding,
    a_refusal,
    a_world,
    an_asff,
    an_event,
)
from tests.unit.findings.shapes import SQS_1, an_ocsf_event


@dataclass
class FakeDead:
    put_aside: list[tuple[str, str]] = field(default_factory=list)
    failing: Exception | None = None

    def put(self, body: str, reason: str) -> None:
        if self.failing:
            raise self.failing
        self.put_aside.append((body, reason))


def messages(*bodies: Any) -> list[dict[str, str]]:
    return [
        {"messageId": f"m{n}", "body": body if isinstance(body, str) else json.dumps(body)}
        for n, body in enumerate(bodies, 1)
    ]


def worked(world: World, dead: FakeDead, *bodies: Any, seconds: int = 120) -> Batch:
    end = world.time[0] + timedelta(seconds=seconds)
    return work(messages(*bodies), world.router, dead, lambda: world.time[0], end)


def test_a_batch_that_is_done_leaves_nothing_in_the_queue() -> None:
    batch = worked(a_world(), FakeDead(), an_event(an_asff()), an_event(an_asff()))

    assert batch.answer == {"batchItemFailures": []}
    assert batch.words == {"fixed": 1, "duplicate": 1}


def test_only_the_message_that_must_come_again_goes_back() -> None:
    things = Things({BUCKET: True}, failing={"check": a_refusal("Throttling")})
    passed = an_asff(Compliance={"Status": "PASSED", "SecurityControlId": "S3.8"})

    batch = worked(a_world(things=things), FakeDead(), an_event(passed), an_event(an_asff()))

    assert batch.answer == {"batchItemFailures": [{"itemIdentifier": "m2"}]}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "the event is not an object"),
        ("[" * 100_000, "the event is not an object"),
        ("null", "the event is not an object"),
        (an_event(an_asff(AwsAccountId="1")), "'1' is not an account id"),
        (an_event(an_asff(), source="me"), "the event does not come from aws.securityhub"),
    ],
)
def test_what_nobody_can_read_is_put_aside_with_a_reason_and_not_tried_for_ever(
    body: Any, reason: str
) -> None:
    dead = FakeDead()

    batch = worked(a_world(), dead, body)

    assert batch.failed == []
    assert [why for _, why in dead.put_aside] == [reason]
    assert batch.words == {"malformed": 1}


def test_what_can_be_read_of_a_message_is_done_and_the_rest_put_aside() -> None:
    dead = FakeDead()

    batch = worked(a_world(), dead, an_event(an_asff(), an_asff(Region="x")))

    assert batch.words == {"fixed": 1, "malformed": 1}
    assert len(dead.put_aside) == 1


def test_a_message_that_cannot_be_put_aside_comes_again() -> None:
    batch = worked(a_world(), FakeDead(failing=a_refusal("AccessDenied")), "{")

    assert batch.failed == ["m1"]


def test_a_mistake_of_ours_stops_no_other_message() -> None:
    world = a_world()
    world.things.failing["check"] = ZeroDivisionError("oops")

    batch = worked(world, FakeDead(), an_event(an_asff()), "{")

    assert (batch.failed, batch.words["mistake"]) == (["m1"], 1)
    assert batch.lines[0]["why"] == "ZeroDivisionError: oops"


def test_what_there_is_no_time_for_goes_back() -> None:
    batch = worked(a_world(), FakeDead(), an_event(an_asff()), seconds=30)

    assert (batch.failed, batch.words) == (["m1"], {"retry": 1})


def test_problems_with_telling_are_counted_and_logged() -> None:
    world = a_world()
    world.sender.problem = "no such topic"

    batch = worked(world, FakeDead(), an_event(an_asff()))

    assert batch.words == {"fixed": 1, "problem": 1}
    assert batch.lines[0]["problems"] == ("no such topic",)


def test_metrics_are_what_cloudwatch_reads_from_a_log() -> None:
    told = json.loads(json.dumps(metrics({"told": 2, "fixed": 1}, NOW)))

    assert (told["fixed"], told["told"]) == (1, 2)
    (definition,) = told["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "Orchestrator/Findings"
    assert [metric["Name"] for metric in definition["Metrics"]] == ["fixed", "told"]


@dataclass
class FakeSqs:
    dead: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def receive_message(self, **_: Any) -> dict[str, Any]:
        some, self.dead = self.dead[:10], self.dead[10:]
        return {"Messages": some} if some else {}

    def send_message(self, **arguments: Any) -> None:
        self.sent.append(arguments)

    def delete_message(self, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        self.deleted.append(ReceiptHandle)


def letters(*reasons: str) -> list[dict[str, Any]]:
    return [
        {
            "Body": f"b{n}",
            "ReceiptHandle": f"r{n}",
            "MessageAttributes": {"reason": {"StringValue": reason}} if reason else {},
        }
        for n, reason in enumerate(reasons)
    ]


def test_dead_letters_go_back_but_malformed_ones_only_if_asked_for() -> None:
    sqs = FakeSqs(letters("", "no account", ""))
    assert replay_dead_letters(sqs, "dead", "queue") == Replayed(2, ("no account",))
    assert (sqs.deleted, {each["QueueUrl"] for each in sqs.sent}) == (["r0", "r2"], {"queue"})

    assert replay_dead_letters(FakeSqs(letters("x")), "dead", "queue", malformed=True).sent == 1


def test_a_reason_is_an_attribute_that_sqs_takes() -> None:
    sqs = FakeSqs()

    DeadLetterQueue(sqs, "dead").put("", "a\nb" + "x" * 999)

    attribute = sqs.sent[0]["MessageAttributes"]["reason"]
    assert attribute["StringValue"].startswith("a b") and len(attribute["StringValue"]) <= 256
    assert sqs.sent[0]["MessageBody"] == " "


@dataclass
class FakeFindings:
    known: list[dict[str, Any]]

    def get_findings(self, Filters: Any, MaxResults: int) -> dict[str, Any]:  # noqa: N803
        wanted = {each["Value"] for each in Filters["Id"]}
        return {"Findings": [each for each in self.known if each["Id"] in wanted]}


def test_findings_whose_fix_went_wrong_are_sent_again_as_security_hub_has_them_now() -> None:
    world = a_world(things=Things({BUCKET: True}, failing={"fix": a_refusal("AccessDenied")}))
    world.route(a_finding())
    other = a_finding(id="gone", resource="arn:aws:s3:::b")
    world.things.open["arn:aws:s3:::b"] = True
    world.route(other, "m2")
    world.things.failing.clear()
    sqs, hub = FakeSqs(), FakeFindings([an_asff()])

    replayed = replay_records(hub, sqs, "queue", world.parts.records.since(1, NOW))

    assert replayed.sent == 1
    assert [why.partition(": ")[2] for why in replayed.left] == ["Security Hub has no such finding"]
    batch = worked(world, FakeDead(), *[each["MessageBody"] for each in sqs.sent])
    assert batch.words == {"fixed": 1}


def test_what_the_unified_hub_sends_and_nobody_understands_is_counted_by_itself() -> None:
    dead = FakeDead()
    nameless = {**SQS_1, "finding_info": {}}

    batch = worked(a_world(), dead, an_ocsf_event(nameless), "{", an_ocsf_event(SQS_1))

    assert (batch.words["malformed"], batch.words["malformed_v2"]) == (2, 1)
    assert [reason for _, reason in dead.put_aside] == [
        "'uid' is not a text of 1 to 1024 characters",
        "the event is not an object",
    ]

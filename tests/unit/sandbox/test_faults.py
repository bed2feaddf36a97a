from __future__ import annotations

import pytest

from orchestrator.errors import UsageError
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Principal
from orchestrator.sandbox.faults import Fault, FaultKind, Faults, answer, faults, parse

GET_FINDINGS = Call("securityhub", "securityhub", "GetFindings", "rest-json")
PUT_OBJECT = Call("s3", "s3", "PutObject", "rest-xml")
OK = Answer(200, [], b"")


def test_a_fault_is_written_as_four_or_five_words() -> None:
    assert parse("securityhub:*:throttle:0.1") == Fault("securityhub", "*", FaultKind.THROTTLE, 0.1)
    assert parse("s3:Put*:latency:1:0.5") == Fault("s3", "Put*", FaultKind.LATENCY, 1.0, "0.5")
    assert str(parse("s3:Put*:latency:1:0.5")) == "s3:Put*:latency:1:0.5"


@pytest.mark.parametrize(
    "text", ["", "s3:*", "s3:*:explode:1", "s3:*:throttle:2", "s3:*:throttle:x", "s3:*:latency:1:x"]
)
def test_a_fault_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    with pytest.raises(UsageError, match="service:operation:kind:rate"):
        parse(text)


def test_a_fault_hits_the_calls_it_names_and_no_others() -> None:
    rules = Faults((parse("securityhub:Get*:throttle:1"),))

    assert rules.drawn(GET_FINDINGS)
    assert not rules.drawn(PUT_OBJECT)


def test_a_fault_of_one_account_hits_its_calls_alone() -> None:
    fault = parse("300000000001@iam:Update*:deny:1")
    layer = faults(lambda _: OK, Faults((fault,)))
    call = Call("iam", "iam", "UpdateAccountPasswordPolicy", "query")

    def asked(account: str) -> Answer:
        return layer(Exchange({}, b"", call, Principal(account, "arn", "arn", "AKIA")))

    assert str(fault) == "300000000001@iam:Update*:deny:1"
    assert (asked("300000000001").status, asked("300000000001").code) == (403, "AccessDenied")
    assert asked("300000000002") is OK
    assert layer(Exchange({}, b"", call)) is OK


def test_the_same_seed_hits_the_same_calls() -> None:
    def hits(seed: int) -> list[bool]:
        rules = Faults((parse("*:*:throttle:0.3"),), seed)
        return [bool(rules.drawn(PUT_OBJECT)) for _ in range(200)]

    assert hits(7) == hits(7)
    assert hits(7) != hits(8)
    assert 30 < sum(hits(7)) < 90


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (PUT_OBJECT, 503, "SlowDown"),
        (GET_FINDINGS, 429, "ThrottlingException"),
        (Call("organizations", protocol="json"), 400, "ThrottlingException"),
        (Call("iam", protocol="query"), 400, "Throttling"),
        (Call("ec2", protocol="ec2"), 503, "RequestLimitExceeded"),
    ],
)
def test_throttling_looks_as_it_does_in_each_service(call: Call, status: int, code: str) -> None:
    given = answer(call, Fault("*", "*", FaultKind.THROTTLE, 1))

    assert (given.status, given.code) == (status, code)
    assert code.encode() in given.body


def test_an_error_may_have_a_code_of_its_own() -> None:
    assert answer(GET_FINDINGS, parse("*:*:error:1:LimitExceeded")).code == "LimitExceeded"
    assert answer(GET_FINDINGS, parse("*:*:error:1")).status == 500


def test_latency_waits_and_then_answers() -> None:
    waited: list[float] = []
    layer = faults(lambda _: OK, Faults((parse("*:*:latency:1:0.25"),)), waited.append)

    assert layer(Exchange({}, b"", PUT_OBJECT)) is OK
    assert waited == [0.25]


def test_without_rules_nothing_happens() -> None:
    assert faults(lambda _: OK, Faults())(Exchange({}, b"", PUT_OBJECT)) is OK

"""Athena and CloudTrail's event history cannot run here: what they are asked, and what is made of
their answers, by a fake that pages, refuses and fails as they do."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.lake.athena import AthenaLake, Table
from orchestrator.adapters.lake.lookup import HISTORY, PAGES, LookupLake, attributes
from orchestrator.errors import AwsDenied
from orchestrator.logs.json_path import as_text, at, compact
from orchestrator.logs.lake.athena import SCALARS
from orchestrator.logs.lake.question import (
    About,
    Anything,
    By,
    Calls,
    Question,
    Scope,
    Touching,
    Window,
    WithId,
)
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from tests.cloudtrail import ACCOUNT, REGION, START, Record, record

WINDOW = Window(START, START + timedelta(days=2))
NOW = START + timedelta(days=10)
Answers = Callable[[str, dict[str, Any]], Any]


@dataclass
class Aws:
    """Answers calls by a function, and keeps what was asked."""

    answers: Answers
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def call(self, service: str, operation: str, region: str = "", **given: Any) -> Any:
        self.asked.append((f"{service}:{operation}", region, given))
        return self.answers(operation, given)

    @property
    def session(self) -> AwsSession:
        return cast("AwsSession", self)

    def operations(self) -> list[str]:
        return [name.partition(":")[2] for name, _, _ in self.asked]


def history(records: Sequence[Record], size: int = 50) -> Answers:
    """LookupEvents: pages of records, in whatever form CloudTrail has them."""

    def answers(_: str, given: dict[str, Any]) -> Any:
        start = int(given.get("NextToken", 0))
        some = [{"CloudTrailEvent": json.dumps(each)} for each in records[start : start + size]]
        more = {"NextToken": str(start + size)} if start + size < len(records) else {}
        return {"Events": some, **more}

    return answers


def a_history(aws: Aws, pauses: list[float] | None = None) -> LookupLake:
    kept = pauses if pauses is not None else []
    return LookupLake(aws.session, REGION, lambda: NOW, kept.append)


@pytest.mark.parametrize(
    ("about", "asked"),
    [
        (Touching(("sg-1", "arn:x")), [("ResourceName", "sg-1"), ("ResourceName", "arn:x")]),
        (
            By(("arn:aws:sts::1:assumed-role/r/alice",), ("AKIA1",), ("bob",)),
            [("AccessKeyId", "AKIA1"), ("Username", "alice"), ("Username", "bob")],
        ),
        (WithId(("e1",)), [("EventId", "e1")]),
        (Calls(("StopLogging",)), [("EventName", "StopLogging")]),
        (Anything(), [("", "")]),
    ],
)
def test_the_event_history_is_asked_for_one_attribute_a_call(
    about: About, asked: list[tuple[str, str]]
) -> None:
    aws = Aws(history([]))

    a_history(aws).ask(Question(about, WINDOW, Scope((), ("us-east-1",))))

    assert list(attributes(about)) == asked
    assert [given["LookupAttributes"] for _, _, given in aws.asked] == [
        [{"AttributeKey": key, "AttributeValue": value}] if key else [] for key, value in asked
    ]
    assert {region for _, region, _ in aws.asked} == {"us-east-1"}
    assert {given["MaxResults"] for _, _, given in aws.asked} == {50}


def test_the_event_history_is_read_page_by_page_with_a_pause_and_only_what_matches_is_kept() -> (
    None
):
    records = [record("CreateVpc", eventID=f"e{n}", eventTime=at_second(n)) for n in range(120)]
    records[7]["eventName"] = "DeleteVpc"
    pauses: list[float] = []
    aws = Aws(history(records))

    found = a_history(aws, pauses).ask(Question(Calls(("CreateVpc",)), WINDOW)).events

    assert len(found) == 119
    assert (len(aws.asked), pauses) == (3, [0.5, 0.5])


def test_the_event_history_says_what_it_cannot_see_and_when_it_was_not_read_to_its_end() -> None:
    records = [record("CreateVpc", eventID=f"e{n}") for n in range(PAGES + 5)]
    lake = a_history(Aws(history(records, size=1)))
    before = lake.limits

    lake.ask(Question(Anything(), WINDOW))

    assert "90 days" in before[0]
    assert len(lake.limits) == len(before) + 1
    assert "has more" in lake.limits[-1]


def test_nothing_is_asked_of_the_event_history_that_is_older_than_it() -> None:
    aws = Aws(history([]))
    old = NOW - HISTORY - timedelta(days=5)

    a_history(aws).ask(Question(Anything(), Window(old, old + timedelta(days=1))))
    a_history(aws).ask(Question(Anything(), Window(old, NOW)))

    assert [given["StartTime"] for _, _, given in aws.asked] == [NOW - HISTORY]


def at_second(number: int) -> str:
    return f"{START + timedelta(minutes=5, seconds=number):%Y-%m-%dT%H:%M:%SZ}"


def row(each: Record) -> dict[str, Any]:
    """A record as Athena gives its row: all of it text."""
    ocsf = to_ocsf(each)
    values = [as_text(at(ocsf, path)) or None for path in SCALARS]
    uids = " ".join(str(at(r, "uid")) for r in cast("list[Record]", ocsf.get("resources", [])))
    cells = [*values, uids, compact(ocsf.get("unmapped", {}))]
    return {"Data": [{"VarCharValue": cell} if cell else {} for cell in cells]}


HEAD = {"Data": [{"VarCharValue": name} for name in (*SCALARS, "resources", "unmapped")]}


def athena(pages: Sequence[Sequence[Record]], states: Sequence[str] = ("SUCCEEDED",)) -> Aws:
    """Athena, of which each GetQueryExecution says the next state, the last one for ever."""
    left = list(states)

    def answers(operation: str, given: dict[str, Any]) -> Any:
        if operation == "StartQueryExecution":
            return {"QueryExecutionId": "q1"}
        if operation == "GetQueryExecution":
            state = left.pop(0) if len(left) > 1 else left[0]
            status = {"State": state, "StateChangeReason": "the table is not there"}
            return {"QueryExecution": {"Status": status}}
        if operation == "GetQueryResults":
            number = int(given.get("NextToken", 0))
            rows = [*([HEAD] if number == 0 else []), *map(row, pages[number])]
            more = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
            return {"ResultSet": {"Rows": rows}, **more}
        return {}

    return Aws(answers)


def an_athena(aws: Aws) -> AthenaLake:
    return AthenaLake(aws.session, Table("lake", "trail", "soc", "s3://out/"), lambda _: None)


def test_athena_is_waited_for_and_its_pages_are_one_answer() -> None:
    one = record("CreateVpc", eventID="a", eventTime=at_second(1))
    two = record("CreateVpc", eventID="b", eventTime=at_second(2))
    other = record("DeleteVpc", eventID="c", eventTime=at_second(3))
    aws = athena([[one], [two, other]], ["QUEUED", "RUNNING", "SUCCEEDED"])

    found = an_athena(aws).ask(Question(Calls(("CreateVpc",)), WINDOW)).events

    assert [each.uid for each in found] == ["a", "b"]
    assert found[0].account == ACCOUNT
    assert aws.operations() == [
        "StartQueryExecution",
        *["GetQueryExecution"] * 3,
        *["GetQueryResults"] * 2,
    ]
    started = aws.asked[0][2]
    assert started["ResultConfiguration"] == {"OutputLocation": "s3://out/"}
    assert "CreateVpc" not in started["QueryString"]


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_query_that_failed_is_a_refusal_with_athenas_reason_and_never_an_empty_answer(
    state: str,
) -> None:
    with pytest.raises(AwsDenied, match="the table is not there"):
        an_athena(athena([[]], [state])).ask(Question(Anything(), WINDOW))


def test_a_query_that_never_ends_is_stopped() -> None:
    aws = athena([[]], ["RUNNING"])

    with pytest.raises(AwsDenied, match="timed out"):
        an_athena(aws).ask(Question(Anything(), WINDOW))

    assert aws.operations()[-1] == "StopQueryExecution"


def test_times_are_asked_with_their_zone() -> None:
    aws = Aws(history([]))

    a_history(aws).ask(Question(Anything(), WINDOW))

    (asked,) = [given for _, _, given in aws.asked]
    assert isinstance(asked["StartTime"], datetime)
    assert asked["StartTime"].tzinfo is not None

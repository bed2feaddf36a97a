"""What rows show, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.findings.evidence import sql
from orchestrator.findings.evidence.answer import (
    Advice,
    Confidence,
    Evidence,
    Row,
    State,
    by_own_record,
    judge,
    line,
    recommend,
    unknown,
)
from orchestrator.findings.evidence.lookup import NotCollected, Unanswered, ask
from orchestrator.findings.evidence.question import QUESTIONS, Log, question_of, ranges
from orchestrator.model.answered import ANSWERED
from tests.planted import DAYS, NOW, PLANTS, millis, subject

DAY = 86_400_000
START, END = millis(NOW) - DAYS * DAY, millis(NOW) - 1000
COVERING = Row(0, "", "", "", 900, START, END, DAYS)


def judged(*rows: Row, control: str = "EC2.13") -> Evidence:
    question = question_of(control)
    assert question
    return judge(question, question.logs[0], subject(control, arn="arn:x"), rows)


def use(number: int, lines: int = 1) -> Row:
    return Row(sql.USE, "", "", f"203.0.113.{number}", lines, START, END, 1)


def test_disuse_is_sure_where_the_log_has_lines_of_the_resource_itself() -> None:
    own = Row(sql.ABOUT, "", "", "", 3, START, END, 3)

    assert judged(COVERING, own).confidence is Confidence.HIGH
    assert judged(COVERING).confidence is Confidence.MEDIUM


def test_a_log_with_days_missing_is_a_weak_witness_that_no_fix_relies_on() -> None:
    found = judged(COVERING._replace(days=20))

    assert (found.state, found.confidence) == (State.UNUSED, Confidence.LOW)
    assert "lines of 20 of 30 days" in found.notes[-1]
    assert not found.unused_for(1)


def test_lines_that_the_log_left_out_are_not_disuse() -> None:
    found = judged(COVERING, Row(sql.LOST, "", "", "", 1, END, END, 1))

    assert (found.state, "SKIPDATA" in found.why) == (State.UNKNOWN, True)


def test_no_line_at_all_is_unknown_and_never_zero() -> None:
    found = judged()

    assert found.state is State.UNKNOWN
    assert "organization.logs.lake.sources.VPC_FLOW" in found.why


@pytest.mark.parametrize(
    ("evidence", "advice", "confidence"),
    [
        (judged(COVERING, Row(sql.ABOUT, "", "", "", 3, START, END, 3)), Advice.REMEDIATE, "high"),
        (judged(COVERING._replace(days=9)), Advice.NOTIFY, "low"),
        (judged(COVERING, use(1)), Advice.EXCEPT, "high"),
        (judged(COVERING, *map(use, range(9))), Advice.NOTIFY, "high"),
        (judged(), Advice.NOTIFY, "none"),
    ],
)
def test_a_recommendation_states_its_confidence(
    evidence: Evidence, advice: Advice, confidence: str
) -> None:
    found = recommend(evidence, NOW)

    assert (found.advice, found.confidence) == (advice, confidence)
    assert f"({confidence} confidence)" in str(found)
    assert bool(found.until) == (advice is Advice.EXCEPT)


def test_the_answer_in_one_line_names_the_most_frequent_first() -> None:
    said = line(judged(COVERING, use(1), use(2, 4211), use(3), use(4)), most=2)

    assert said == (
        "used in 30 days, as VPC flow logs show: 203.0.113.2 (4,211, last 2026-11-29), "
        "203.0.113.1 (1, last 2026-11-29) and 2 more"
    )
    assert line(judged(COVERING)).startswith("unused for 30 days, as VPC flow logs show; ")
    assert line(judged()).startswith("cannot be told: VPC flow logs of ")


def test_only_ports_that_the_control_is_about_are_looked_at() -> None:
    assert ranges([(0, 65535)], [(22, 22), (3389, 3389)]) == ((22, 22), (3389, 3389))
    assert ranges([(20, 25), (443, 443)], [(22, 22)]) == ((22, 22),)
    assert ranges([(8000, 9000)], ()) == ((8000, 9000),)


@dataclass
class FakeLogs:
    """Interfaces that had a group, by CloudTrail; and flows, by whether they are asked for."""

    made: list[str] | Exception
    since: int = START
    asked: list[sql.Query] = field(default_factory=list)
    dialect: sql.Dialect = field(default_factory=sql.Athena)

    def rows(self, query: sql.Query) -> list[dict[str, Any]]:
        self.asked.append(query)
        if query.log is Log.VPC_FLOW:
            return [COVERING._asdict()]
        if isinstance(self.made, Exception):
            raise self.made
        calls = {"texts": None, "lines": 9, "earliest": self.since}
        return [calls, *({**calls, "texts": f'{{"id":"{each}"}}'} for each in self.made)]


def of_group(logs: FakeLogs, *interfaces: str) -> Evidence:
    given = {**PLANTS["EC2.13"].used, "interfaces": interfaces}
    known = subject("EC2.13", **given)
    return ask(question_of("EC2.13"), lambda _: known, logs)


def test_interfaces_that_are_gone_are_asked_for_as_well() -> None:
    logs = FakeLogs(["eni-0123456789abcdef0"])

    assert of_group(logs, "eni-0aaaaaaaaaaaaaaa1").unused_for(DAYS)
    assert {"eni-0123456789abcdef0", "eni-0aaaaaaaaaaaaaaa1"} <= set(logs.asked[-1].sql.parameters)


def test_a_group_that_nothing_had_is_unused() -> None:
    found = of_group(FakeLogs([]))

    assert (found.state, found.confidence) == (State.UNUSED, Confidence.HIGH)


@pytest.mark.parametrize("made", [NotCollected("x"), Unanswered("denied")])
def test_without_events_a_group_that_has_no_interface_now_cannot_be_told(made: Exception) -> None:
    found = of_group(FakeLogs(made))

    assert (found.state, "had it before" in found.why) == (State.UNKNOWN, True)
    assert of_group(FakeLogs(made), "eni-0aaaaaaaaaaaaaaa1").confidence is Confidence.MEDIUM


def test_events_that_do_not_go_back_as_far_leave_a_group_without_interface_unknown() -> None:
    assert of_group(FakeLogs([], since=START + 9 * DAY)).state is State.UNKNOWN


def test_what_configuration_may_wait_for_is_what_the_function_can_ask() -> None:
    assert sorted(each.lower() for each in ANSWERED) == sorted(QUESTIONS)


@pytest.mark.parametrize(
    ("last_used", "state", "confidence"),
    [
        (0, State.UNUSED, Confidence.HIGH),
        (START - DAY, State.UNUSED, Confidence.HIGH),
        (START + DAY, State.USED, Confidence.HIGH),
        (None, State.UNUSED, Confidence.LOW),
    ],
)
def test_a_user_whose_calls_events_do_not_have_is_unused_only_if_iam_says_so_too(
    last_used: int | None, state: State, confidence: Confidence
) -> None:
    known = subject("IAM.8", arn="arn:x", last_used=last_used)
    question = question_of("IAM.8")
    assert question

    found = by_own_record(judge(question, Log.CLOUD_TRAIL, known, [COVERING]), known)

    assert (found.state, found.confidence) == (state, confidence)


def test_iams_own_record_needs_no_log() -> None:
    known = subject("IAM.8", arn="arn:x", last_used=0)

    assert by_own_record(unknown("not collected"), known).unused_for(DAYS)

"""What a ticket says, and what is to be done about one: pure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestrator.findings.records import Outcome
from orchestrator.findings.tickets.keeper import OVER, UNDECIDED
from orchestrator.findings.tickets.ticket import (
    MOST_RESOURCES,
    PATIENCE,
    Known,
    Step,
    Ticket,
    content,
    key_of,
    step,
)
from tests.unit.findings.a_world import ACCOUNT, MATRIX, a_matrix
from tests.unit.findings.tickets.a_tracker import KEY, NOW, a_content, a_failure

WANTED = a_content()
OPEN, CLOSED = Ticket("1", open=True), Ticket("1", open=False)
FINAL = Ticket("1", open=False, final=True)
SHOWN = Known(WANTED.digest)
OTHERWISE = Known("otherwise")
LONG_CLOSED = Known(WANTED.digest, NOW - PATIENCE)
JUST_CLOSED = Known(WANTED.digest, NOW - PATIENCE + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("wanted", "ticket", "known", "fresh", "expected"),
    [
        (None, None, Known(), False, Step.LEAVE),
        (None, OPEN, SHOWN, False, Step.CLOSE),
        (None, CLOSED, SHOWN, False, Step.LEAVE),
        (WANTED, None, Known(), True, Step.CREATE),
        (WANTED, None, SHOWN, False, Step.CREATE),
        (WANTED, OPEN, SHOWN, False, Step.LEAVE),
        (WANTED, OPEN, SHOWN, True, Step.LEAVE),
        (WANTED, OPEN, OTHERWISE, False, Step.UPDATE),
        (WANTED, OPEN, Known(), True, Step.UPDATE),
        (WANTED, CLOSED, SHOWN, False, Step.LEAVE),
        (WANTED, CLOSED, OTHERWISE, False, Step.LEAVE),
        (WANTED, CLOSED, SHOWN, True, Step.REOPEN),
        (WANTED, CLOSED, JUST_CLOSED, False, Step.LEAVE),
        (WANTED, CLOSED, LONG_CLOSED, False, Step.REOPEN),
        (WANTED, CLOSED, Known(), False, Step.REOPEN),
        (WANTED, FINAL, JUST_CLOSED, False, Step.LEAVE),
        (WANTED, FINAL, LONG_CLOSED, False, Step.CREATE),
    ],
)
def test_what_is_done_follows_from_what_fails_and_what_is_there(
    wanted: object, ticket: Ticket | None, known: Known, fresh: bool, expected: Step
) -> None:
    assert step(WANTED if wanted else None, ticket, known, NOW, fresh=fresh) is expected


def test_a_key_is_one_word_that_every_label_takes() -> None:
    assert key_of(ACCOUNT, "S3.8") == KEY
    odd = [key_of(ACCOUNT, control) for control in ("x" * 90, 'a "b', "a,b", "日本")]

    assert len(set(odd)) == 4
    for key in odd:
        assert len(key) <= 50 and not set(key) - set("abcdefghijklmnopqrstuvwxyz0123456789-.")


def test_a_ticket_says_what_where_why_and_how() -> None:
    failing = a_failure(said="proposed", effect="Closes it.", breaks="Whoever reads it.")
    text = "\n".join(f"{line.text} {line.value}".strip() for line in a_content(failing).lines())

    for words in (
        "Severity: high",
        "Account: orders-prod (200000000007)",
        "Owner: orders",
        "arn:aws:s3:::orders",
        "a fix is ready",
        "Decided: Nothing is decided.",
        "orchestrator remediate arn:aws:securityhub:finding/1 --dry-run",
        "What may break: Whoever reads it.",
        "exception until YYYY-MM-DD",
    ):
        assert words in text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_outcome_that_leaves_something_to_do_has_words(language: str) -> None:
    team = {**MATRIX["teams"]["orders"], "language": language}
    matrix = a_matrix(teams={**MATRIX["teams"], "orders": team})
    for outcome in set(Outcome) - OVER - UNDECIDED:
        failing = {"1": a_failure(said=outcome.value)}
        assert list(content(ACCOUNT, "S3.8", "orders", failing, matrix).lines())


def test_resources_are_listed_by_severity_and_the_rest_is_counted() -> None:
    many = [a_failure(resource=f"r{n:03}", severity="LOW") for n in range(MOST_RESOURCES + 9)]
    wanted = a_content(*many, a_failure(resource="worst", severity="CRITICAL"))
    lines = list(wanted.lines())

    assert wanted.title == "[CRITICAL] S3.8 fails in orders-prod (200000000007): 60 resources"
    assert next(line.value for line in lines if line.bullet) == "worst"
    assert sum(line.bullet for line in lines) == MOST_RESOURCES
    assert any(line.text == "… and 10 more." for line in lines)


def test_a_later_check_with_the_same_result_changes_no_ticket() -> None:
    later = a_failure(updated="2026-12-01T00:00:00+00:00", since="2026-12-01T00:00:00+00:00")
    assert a_content(later).digest == a_content().digest
    assert a_failure(note="other").news != a_failure().news == later.news

"""The same promises for every way of telling people."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from orchestrator.adapters.tickets import (
    KEPT,
    GitHubIssues,
    KeptTickets,
    NotifiedEvents,
    by_webhook,
    told,
)
from orchestrator.drift.notifications import steps
from orchestrator.errors import NotificationFailed
from orchestrator.model.drift import DriftNotification, Move, Step
from orchestrator.ports import Tickets
from tests.unit.adapters.github import GitHub, github

ONE, TWO = (
    DriftNotification(f"drift-{key}", f"{key} has drifted", "why") for key in ("aaa", "bbb")
)
LONGER = DriftNotification(ONE.key, "2 accounts: aaa has drifted", "why, and more")
THREE = tuple(DriftNotification(f"drift-{n}", "t", "b") for n in range(5))


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with github() as running:
        yield running


@pytest.fixture(params=["github", "kept"])
def again(request: pytest.FixtureRequest, hub: GitHub, tmp_path: Path) -> Callable[[], Tickets]:
    """A new adapter each time: nothing may live in it alone."""
    if request.param == "github":
        return lambda: GitHubIssues("owner/name", hub.token, hub.url)
    return lambda: KeptTickets(tmp_path / "tickets.json", lambda step: None)


def emit(tickets: Tickets, *found: DriftNotification) -> tuple[Step, ...]:
    opened = tickets.opened()
    done = steps(found, opened, frozenset(opened))
    for step in done:
        tickets.carry_out(step)
    return done


def test_what_was_told_is_known_the_next_time(again: Callable[[], Tickets]) -> None:
    assert len(emit(again(), ONE, TWO)) == 2
    assert set(again().opened()) == {ONE.key, TWO.key}
    assert emit(again(), ONE, TWO) == ()


def test_a_change_is_written_into_the_same_ticket(again: Callable[[], Tickets]) -> None:
    emit(again(), ONE)
    before = again().opened()[ONE.key].place

    assert len(emit(again(), LONGER)) == 1
    after = again().opened()[ONE.key]
    assert (after.place, after.title) == (before, LONGER.title)


def test_what_is_over_is_closed_and_opened_anew_when_it_comes_back(
    again: Callable[[], Tickets],
) -> None:
    emit(again(), ONE)
    emit(again())

    assert again().opened() == {}
    assert len(emit(again(), ONE)) == 1


def test_all_pages_of_issues_are_read(hub: GitHub) -> None:
    emit(GitHubIssues("owner/name", hub.token, hub.url), *THREE)

    assert len(GitHubIssues("owner/name", hub.token, hub.url).opened()) == len(THREE)


def test_issues_of_people_and_pull_requests_are_left_alone(hub: GitHub) -> None:
    label = {"state": "open", "labels": ["orchestrator-drift"], "number": 1, "title": "t"}
    marked = "<!-- orchestrator drift-x 00 -->"
    hub.issues = [{**label, "body": "mine"}, {**label, "body": marked, "pull_request": {}}]

    assert GitHubIssues("owner/name", hub.token, hub.url).opened() == {}


def test_a_token_that_may_not_write_is_named_and_never_shown(hub: GitHub) -> None:
    with pytest.raises(NotificationFailed, match="GitHub answered 403") as refused:
        GitHubIssues("owner/name", "hunter2hunter2", hub.url).opened()

    assert "GITHUB_TOKEN" in refused.value.fix
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_not_ours_tells_nobody_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "tickets.json"
    file.write_text("[]")

    with pytest.raises(NotificationFailed, match=r"tickets\.json cannot be read"):
        KeptTickets(file, lambda step: None).opened()


def test_what_could_not_be_sent_is_not_taken_for_told(tmp_path: Path) -> None:
    def refuse(step: Step) -> None:
        raise NotificationFailed("no")

    tickets = KeptTickets(tmp_path / "tickets.json", refuse)
    with pytest.raises(NotificationFailed):
        emit(tickets, ONE)

    assert tickets.opened() == {}


def test_a_webhook_is_signed_so_that_its_receiver_can_tell_who_it_is(tmp_path: Path) -> None:
    sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    def keep(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        sent.append((url, body, headers))
        return 204

    send = by_webhook("https://example.com/hook", "a-secret-of-some-length", keep)
    emit(KeptTickets(tmp_path / "t.json", send), ONE)

    [(url, body, headers)] = sent
    signed = headers["X-Orchestrator-Timestamp"].encode() + b"." + body
    right = hmac.new(b"a-secret-of-some-length", signed, hashlib.sha256).hexdigest()
    assert url == "https://example.com/hook"
    assert headers["X-Orchestrator-Signature"] == f"sha256={right}"
    assert json.loads(body)["title"] == "drift: aaa has drifted"


def test_a_remark_is_said_once_and_leaves_the_ticket_as_it_is(
    again: Callable[[], Tickets],
) -> None:
    again().carry_out(Step(Move.OPEN, ONE.key, ONE, None, "- jane called iam:TagRole"))
    ticket = again().opened()[ONE.key]

    again().carry_out(Step(Move.REMARK, ONE.key, LONGER, ticket, "- jane called it again"))

    assert again().opened() == {ONE.key: ticket}


def test_a_remark_is_a_comment_on_the_issue(hub: GitHub) -> None:
    issues = GitHubIssues("owner/name", hub.token, hub.url)
    issues.carry_out(Step(Move.OPEN, ONE.key, ONE, None, "- jane called iam:TagRole"))
    issues.carry_out(Step(Move.REMARK, ONE.key, ONE, issues.opened()[ONE.key], "- again"))

    assert len(hub.issues) == 1
    assert hub.comments == [(1, "- jane called iam:TagRole"), (1, "- again")]


def test_a_message_names_the_calls_before_the_drift() -> None:
    fields = told(Step(Move.OPEN, ONE.key, ONE, None, "- jane called iam:TagRole"))

    assert fields["body"] == "- jane called iam:TagRole\n\nwhy"


def test_events_that_were_told_are_known_the_next_time_and_not_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "told.json"
    NotifiedEvents(file).add(["e1", "e2"])
    NotifiedEvents(file).add(f"n{number}" for number in range(KEPT - 1))

    known = NotifiedEvents(file).all()
    assert len(known) == KEPT
    assert "e2" in known
    assert "e1" not in known

    file.write_text("{")
    assert NotifiedEvents(file).all() == frozenset()

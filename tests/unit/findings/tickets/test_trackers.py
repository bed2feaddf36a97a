"""What every tracker has to do, against a fake of each with its limits."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from orchestrator.findings.tickets.trackers.api import Answer, Busy, TrackerError
from orchestrator.findings.tickets.trackers.kinds import KINDS, Opener
from tests.unit.findings.tickets.a_tracker import (
    KEY,
    NOW,
    FakeSecrets,
    a_content,
    a_failure,
    a_project,
    a_tracker,
)
from tests.unit.findings.tickets.fakes import (
    FAKES,
    SECRETS,
    FakeBacklog,
    FakeServiceNow,
    Issue,
    said,
)

every = pytest.mark.parametrize("kind", sorted(FAKES))


def test_there_is_a_fake_of_each_tracker() -> None:
    assert FAKES.keys() == KINDS.keys() == SECRETS.keys()


@every
def test_a_ticket_is_found_again_by_its_key_and_by_no_other(kind: str) -> None:
    fake = FAKES[kind]()
    tracker = a_tracker(kind, fake)
    made = tracker.create(a_content())
    tracker.create(a_content(control="S3.80"))

    assert tracker.find(KEY) == tracker.look(made.place) == made
    assert made.open
    assert tracker.find(KEY + "1") is None


@every
def test_a_ticket_is_closed_reopened_rewritten_and_commented(kind: str) -> None:
    fake = FAKES[kind]()
    tracker = a_tracker(kind, fake)
    place = tracker.create(a_content()).place

    tracker.close(place)
    closed = tracker.look(place)
    assert closed and not closed.open
    assert tracker.find(KEY) == closed

    tracker.reopen(place)
    tracker.update(place, a_content(a_failure(resource="arn:aws:s3:::others", severity="LOW")))
    tracker.comment(place, "Two fail now.")

    opened = tracker.look(place)
    assert opened and opened.open
    assert tracker.find(KEY) == opened
    assert fake.only.title.startswith("[LOW] S3.8 fails in orders-prod")
    assert "others" in fake.words(fake.only)
    assert [each.text.strip() for each in tracker.comments(place)] == ["Two fail now."]


@every
def test_a_ticket_that_is_gone_is_no_error(kind: str) -> None:
    fake = FAKES[kind]()
    assert a_tracker(kind, fake).look("7") is None


@every
def test_all_comments_are_read_over_all_pages(kind: str) -> None:
    fake = FAKES[kind]()
    tracker = a_tracker(kind, fake)
    place = tracker.create(a_content()).place
    fake.only.comments += [("owner", f"word {number}") for number in range(205)]

    comments = tracker.comments(place)

    assert len(comments) == 205
    assert (comments[-1].author, comments[-1].text.strip()) == ("owner", "word 204")


@every
def test_however_much_fails_the_tracker_takes_it(kind: str) -> None:
    """The fakes refuse what is too long, as the trackers do."""
    fake = FAKES[kind]()
    tracker = a_tracker(kind, fake)
    long = [a_failure(resource=f"arn:aws:s3:::{n}-{'x' * 2000}", note="ü" * 900) for n in range(60)]

    place = tracker.create(a_content(*long)).place
    tracker.update(place, a_content(*long))

    assert "more." in fake.words(fake.only)
    assert "60 resources" in fake.only.title


@every
def test_a_wrong_secret_is_said_and_never_shown(kind: str) -> None:
    wrong = "bot:wrongsecret" if ":" in SECRETS[kind] else "wrongsecret"
    opener = Opener(FakeSecrets(**{kind: wrong}), FAKES[kind](), lambda: NOW)

    with pytest.raises(TrackerError, match="401") as error:
        opener.tracker(a_project(kind)).find(KEY)
    assert "wrongsecret" not in str(error.value)


@every
@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ({"retry-after": "30"}, timedelta(seconds=30)),
        ({"retry-after": format_datetime(NOW + timedelta(minutes=3))}, timedelta(minutes=3)),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}, timedelta(seconds=90)),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 90)}, timedelta(seconds=90)),
        ({"retry-after": "soon"}, timedelta(minutes=1)),
        ({"retry-after": "99999999"}, timedelta(hours=6)),
        ({}, timedelta(minutes=1)),
    ],
)
def test_a_tracker_that_is_asked_too_often_says_until_when(
    kind: str, headers: dict[str, str], rest: timedelta
) -> None:
    fake = FAKES[kind](answers=[Answer(429, headers, b"slow down")])

    with pytest.raises(Busy) as busy:
        a_tracker(kind, fake).find(KEY)
    assert busy.value.until == NOW + rest


@pytest.mark.parametrize("headers", [{"x-ratelimit-remaining": "0"}, {"retry-after": "60"}])
def test_github_limits_with_403_as_well(headers: dict[str, str]) -> None:
    with pytest.raises(Busy):
        a_tracker("github", FAKES["github"](answers=[Answer(403, headers)])).find(KEY)


@every
@pytest.mark.parametrize(
    "answer",
    [
        said(500, {"message": "Server Error"}),
        Answer(302, {"location": "https://elsewhere.example.com"}),
        Answer(200, {}, b"<html>sign in</html>"),
        ConnectionRefusedError(),
    ],
)
def test_what_a_tracker_does_not_do_is_an_error(kind: str, answer: Answer | Exception) -> None:
    with pytest.raises(TrackerError):
        a_tracker(kind, FAKES[kind](answers=[answer])).find(KEY)


HOSTILE = "x` @everyone ![i](//evil) <!-- orchestrator-1 --> [~admin] {code} {/code} ``` /close #1"


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_in_markdown_every_value_stays_within_its_code_span(kind: str) -> None:
    """Outside of code spans there are our words alone: the spans are cut out, then searched."""
    fake = FAKES[kind]()
    a_tracker(kind, fake).create(
        a_content(a_failure(resource=HOSTILE, note=HOSTILE, title=HOSTILE))
    )

    outside = "".join("".join(line.split("`")[::2]) + "\n" for line in fake.only.text.splitlines())

    assert all(line.count("`") % 2 == 0 for line in fake.only.text.splitlines())
    assert not set("@[]{}#") & set(outside)
    assert [line for line in outside.splitlines() if "<!--" in line] == [f"<!-- {KEY} -->"]
    assert not any(line.lstrip().startswith("/") for line in outside.splitlines())


def test_in_jira_a_value_is_a_text_node_and_nothing_else() -> None:
    """The fake refuses every node but paragraphs of text, and every mark but code."""
    fake = FAKES["jira"]()
    a_tracker("jira", fake).create(a_content(a_failure(resource=HOSTILE, title=HOSTILE)))

    nodes = [node for each in fake.only.text["content"] for node in each["content"]]
    assert {"type": "text", "text": HOSTILE, "marks": [{"type": "code"}]} in nodes


@pytest.mark.parametrize(
    ("rule", "first", "last"), [("markdown", "```", "```"), ("backlog", "{code}", "{/code}")]
)
def test_in_backlog_no_value_ends_the_code_block(rule: str, first: str, last: str) -> None:
    fake = FakeBacklog()
    fake.rule = rule
    tracker = a_tracker("backlog", fake)
    tracker.create(a_content(a_failure(resource=HOSTILE)))

    lines = fake.only.text.splitlines()

    assert (lines[0], lines[1], lines[-1]) == (first, KEY, last)
    assert not any(last in line for line in lines[1:-1])
    assert tracker.find(KEY)


@every
def test_a_value_that_names_another_ticket_is_not_taken_for_it(kind: str) -> None:
    fake = FAKES[kind]()
    tracker = a_tracker(kind, fake)
    other = f"{KEY[:-4]}ec2.19"
    tracker.create(a_content(a_failure(resource=f"<!-- {other} --> {other}")))

    assert tracker.find(other) is None


def test_github_finds_an_issue_whose_labels_it_dropped() -> None:
    """Who may not push opens issues, and GitHub drops their labels without a word."""
    fake = FAKES["github"](may_label=False)
    tracker = a_tracker("github", fake)
    made = tracker.create(a_content())

    assert fake.only.labels == []
    assert tracker.find(KEY) == made


def test_github_looks_beyond_the_first_page_and_past_pull_requests() -> None:
    fake = FAKES["github"]()
    tracker = a_tracker("github", fake)
    label = KEY.rpartition("-")[0]
    for number in range(1, 131):
        mark = f"<!-- {KEY} -->" if number == 1 else "something else"
        pull: dict[str, Any] = {"pull_request": {}} if number == 1 else {}
        fake.issues[str(number)] = Issue(number, "t", mark, [label], fields=pull)
    made = tracker.create(a_content())

    assert tracker.find(KEY) == made
    assert made.place == "131"


def test_an_open_ticket_goes_before_closed_ones() -> None:
    """Somebody has copied one, or two ticks have made two after all."""
    for kind, fake in ((kind, FAKES[kind]()) for kind in FAKES):
        tracker = a_tracker(kind, fake)
        first, second = (tracker.create(a_content()) for _ in range(2))
        tracker.close(first.place)

        assert tracker.find(KEY) == second


def test_jira_says_so_where_a_workflow_leads_nowhere() -> None:
    fake = FAKES["jira"]()
    tracker = a_tracker("jira", fake)
    place = tracker.create(a_content()).place
    fake.only.fields["without"] = ("done",)

    with pytest.raises(TrackerError, match="no transition of SEC-1"):
        tracker.close(place)


def test_jira_gets_the_resolution_that_a_screen_asks_for() -> None:
    fake = FAKES["jira"]()
    tracker = a_tracker("jira", fake)
    place = tracker.create(a_content()).place
    offered = [{"id": "10000", "name": "Done"}, {"id": "10001", "name": "Won't Do"}]
    fake.only.fields["resolution"] = {"required": True, "allowedValues": offered}

    tracker.close(place)
    assert not fake.only.open
    tracker.reopen(place)
    assert fake.only.open


@pytest.mark.parametrize("state", ["7", "8"])
def test_servicenow_never_opens_a_closed_incident_again(state: str) -> None:
    fake = FAKES["servicenow"]()
    tracker = a_tracker("servicenow", fake)
    place = tracker.create(a_content()).place
    fake.only.fields["state"] = state

    there = tracker.look(place)
    assert there and not there.open and there.final


def test_servicenow_is_not_believed_where_it_leaves_the_key_out_of_the_query() -> None:
    fake = FakeServiceNow()
    tracker = a_tracker("servicenow", fake)
    tracker.create(a_content())
    fake.unreadable = frozenset({"correlation_id"})

    with pytest.raises(TrackerError, match="cannot be searched by correlation_id"):
        tracker.find(KEY)


def test_backlog_takes_the_type_that_was_chosen_or_says_that_there_is_none() -> None:
    fake = FakeBacklog()
    opener = Opener(FakeSecrets(), fake, lambda: NOW)
    opener.tracker(a_project("backlog", issue_type="Bug")).create(a_content())

    with pytest.raises(TrackerError, match="no issue type 'Story'"):
        opener.tracker(a_project("backlog", issue_type="Story")).create(a_content())


@pytest.mark.parametrize("secret", ["", "two\nlines", "with\x00zero"])
def test_a_secret_is_one_line(secret: str) -> None:
    opener = Opener(FakeSecrets(github=secret), FAKES["github"](), lambda: NOW)
    with pytest.raises(TrackerError, match="one line of text"):
        opener.tracker(a_project("github"))


def test_a_secret_of_jira_names_whose_token_it_is() -> None:
    opener = Opener(FakeSecrets(jira="token"), FAKES["jira"](), lambda: NOW)
    with pytest.raises(TrackerError, match="e-mail address"):
        opener.tracker(a_project("jira"))


def test_a_secret_is_read_again_after_five_minutes() -> None:
    clock = [NOW]
    secrets = FakeSecrets()
    opener = Opener(secrets, FAKES["github"](), lambda: clock[0])
    opener.tracker(a_project("github"))
    opener.tracker(a_project("github"))
    assert secrets.read == ["github"]

    clock[0] += timedelta(minutes=6)
    opener.tracker(a_project("github"))
    assert secrets.read == ["github", "github"]

"""Answers as the trackers' own documents, and public recordings of them, show them: read right.

Each is shaped after its source, shortened; where a source shows only a part, the rest is put
together from the tracker's documents. GitLab's give no answer that could be kept here.
"""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.findings.tickets.ticket import Ticket
from orchestrator.findings.tickets.trackers.api import Answer, Busy, Comment, Request, TrackerError
from tests.unit.findings.tickets.a_tracker import KEY, NOW, a_content, a_tracker
from tests.unit.findings.tickets.fakes import said

GITHUB_ISSUE: dict[str, Any] = {
    "id": 1,
    "node_id": "MDU6SXNzdWUx",
    "url": "https://api.github.com/repos/octocat/Hello-World/issues/1347",
    "repository_url": "https://api.github.com/repos/octocat/Hello-World",
    "number": 1347,
    "state": "open",
    "title": "Found a bug",
    "body": "I'm having a problem with this.",
    "user": {"login": "octocat", "id": 1, "type": "User", "site_admin": False},
    "labels": [{"id": 208045946, "name": "bug", "color": "f29513", "default": True}],
    "locked": True,
    "closed_at": None,
}
"""Source: GitHub REST API documentation, "Create an issue", example response."""

BACKLOG_ISSUE: dict[str, Any] = {
    "id": 1,
    "projectId": 1,
    "issueKey": "BLG-1",
    "keyId": 1,
    "issueType": {"id": 2, "projectId": 1, "name": "Task", "color": "#7ea800", "displayOrder": 0},
    "summary": "first issue",
    "description": "",
    "resolution": None,
    "priority": {"id": 3, "name": "Normal"},
    "status": {"id": 1, "projectId": 1, "name": "Open", "color": "#ed8077", "displayOrder": 1000},
}
"""Source: Nulab, Backlog API, "Add Issue", response example."""

BACKLOG_PROJECT = {"id": 33368, "projectKey": "COMDEMO", "textFormattingRule": "markdown"}
BACKLOG_TYPES = [
    {"id": 140151, "projectId": 33368, "name": "Task", "color": "#7ea800", "displayOrder": 0},
    {"id": 140150, "projectId": 33368, "name": "Bug", "color": "#990000", "displayOrder": 1},
]
"""Source: Nulab Community, "How to add issues using Backlog API"."""

BACKLOG_COMMENT = {
    "id": 6586,
    "projectId": 5,
    "issueId": 50,
    "content": "テスト",
    "changeLog": None,
    "createdUser": {"id": 1, "userId": "admin", "name": "admin", "roleType": 1, "lang": "ja"},
    "created": "2013-08-05T06:15:06Z",
}
"""Source: Nulab, Backlog API, "Get Comment", response example."""


def jira_status(key: str, name: str) -> dict[str, Any]:
    """A status as sites in three languages have answered it: the key alone is the same.

    Source: public recordings of *.atlassian.net in Russian ("Готово") and Chinese ("完成").
    """
    number = {"new": 2, "done": 3, "indeterminate": 4}[key]
    category = {"id": number, "key": key, "colorName": "green", "name": name}
    return {"name": name, "id": "10002", "statusCategory": category}


class Recorded:
    """Answers one after the other."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.answers.pop(0)


def test_github_names_a_new_issue_by_its_number_and_not_by_its_id() -> None:
    recorded = Recorded(said(201, GITHUB_ISSUE))
    assert a_tracker("github", recorded).create(a_content()) == Ticket("1347", open=True)


def test_github_closed_and_gone_as_it_says_them() -> None:
    gone = {"message": "This issue was deleted", "documentation_url": "https://docs.github.com"}
    recorded = Recorded(said(200, {**GITHUB_ISSUE, "state": "closed"}), said(410, gone))
    tracker = a_tracker("github", recorded)

    assert tracker.look("1347") == Ticket("1347", open=False)
    assert tracker.look("1347") is None


def test_github_with_issues_switched_off_is_an_error() -> None:
    """Source: "Create an issue": if issues are disabled, the API returns 410 Gone."""
    recorded = Recorded(said(410, {"message": "Issues are disabled for this repo"}))
    with pytest.raises(TrackerError, match="Issues are disabled"):
        a_tracker("github", recorded).create(a_content())


@pytest.mark.parametrize(
    ("key", "name", "opened"),
    [
        ("done", "Done", False),
        ("done", "Готово", False),
        ("done", "完成", False),
        ("new", "To Do", True),
        ("indeterminate", "In Progress", True),
    ],
)
def test_jira_says_by_a_category_whether_it_is_done_in_every_language(
    key: str, name: str, opened: bool
) -> None:
    issue = {"id": "10002", "key": "ED-1", "fields": {"status": jira_status(key, name)}}
    assert a_tracker("jira", Recorded(said(200, issue))).look("ED-1") == Ticket("ED-1", opened)


def test_jira_names_a_new_issue_by_its_key() -> None:
    """Source: Jira Cloud platform REST API v3, createIssue, example of the answer 201."""
    created = {
        "id": "10000",
        "key": "ED-24",
        "self": "https://your-domain.atlassian.net/rest/api/3/issue/10000",
    }
    assert a_tracker("jira", Recorded(said(201, created))).create(a_content()).place == "ED-24"


def test_jira_takes_the_transition_to_done_as_a_site_offers_it() -> None:
    """Source: public recording of powershell.atlassian.net, GET transitions."""
    common = {"hasScreen": False, "isGlobal": True, "isAvailable": True, "isConditional": False}
    ways = [
        {"id": "11", "name": "To Do", "to": jira_status("new", "To Do"), **common},
        {"id": "21", "name": "In Progress", "to": jira_status("indeterminate", "x"), **common},
        {"id": "31", "name": "Done", "to": jira_status("done", "Done"), **common},
    ]
    answer = {"expand": "transitions", "transitions": ways}
    recorded = Recorded(said(200, answer), said(204), said(200, answer), said(204))
    tracker = a_tracker("jira", recorded)

    tracker.close("ED-1")
    tracker.reopen("ED-1")

    assert b'"id": "31"' in recorded.asked[1].body
    assert b'"id": "11"' in recorded.asked[3].body


def test_backlogs_answers_are_read_and_its_types_asked_for() -> None:
    recorded = Recorded(
        said(200, BACKLOG_PROJECT), said(200, BACKLOG_TYPES), said(201, BACKLOG_ISSUE)
    )
    assert a_tracker("backlog", recorded).create(a_content()) == Ticket("BLG-1", open=True)
    sent = recorded.asked[2].body
    assert b"projectId=33368" in sent and b"issueTypeId=140151" in sent
    assert b"description=%60%60%60%0A" in sent

    recorded = Recorded(said(200, [BACKLOG_COMMENT]))
    assert a_tracker("backlog", recorded).comments("BLG-1") == (Comment("admin", "テスト"),)


def test_backlog_says_when_its_minute_is_over() -> None:
    """Source: Nulab, Backlog API, "Rate Limit", example of response headers; the clock is ours."""
    reset = int(NOW.timestamp()) + 48
    headers = {
        "x-ratelimit-limit": "150",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(reset),
    }
    with pytest.raises(Busy) as busy:
        a_tracker("backlog", Recorded(Answer(429, headers))).find(KEY)
    assert busy.value.until.timestamp() == reset


def test_servicenow_answers_the_rest_of_a_query_it_does_not_understand() -> None:
    """Source: ServiceNow, "Table API - GET": an invalid part of a query is left out of it."""
    strangers = [{"sys_id": "d71f7935c0a8016700802b64c67c11c6", "state": "1"}]
    with pytest.raises(TrackerError, match="correlation_id"):
        a_tracker("servicenow", Recorded(said(200, {"result": strangers}))).find(KEY)

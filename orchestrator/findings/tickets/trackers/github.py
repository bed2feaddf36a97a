"""GitHub issues, of GitHub's own service or an enterprise's server.

Source: github/rest-api-description, api.github.com.2022-11-28: issues/list-for-repo, issues/create,
issues/update, issues/create-comment, search/issues-and-pull-requests. It refuses a title of more
than 256 characters, a body of more than 65,536.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orchestrator.findings.tickets.ticket import Content, Ticket
from orchestrator.findings.tickets.trackers import markdown
from orchestrator.findings.tickets.trackers.api import Api, Comment

LABEL = "orchestrator"
LONGEST_TITLE = 256
LONGEST_BODY = 65_536
PER_PAGE = 100
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class GitHub:
    """`project` is 'owner/name'."""

    def __init__(self, api: Api, project: str) -> None:
        self._api = api
        self._project = project
        self._issues = f"/repos/{project}/issues"

    def find(self, key: str) -> Ticket | None:
        """By the account's label; by search for one whose labels somebody, or GitHub, dropped.

        Who may not push may open issues, but GitHub drops their labels without a word.
        """
        found = _of(key, self._labelled(markdown.account_label(key))) or _of(
            key, self._searched(key)
        )
        return next((ticket for ticket in found if ticket.open), found[0] if found else None)

    def _searched(self, key: str) -> Iterable[Mapping[str, Any]]:
        query = f'"{key}" repo:{self._project} is:issue in:body'
        found: list[Mapping[str, Any]] = self._api.get("/search/issues", q=query, per_page=20)[
            "items"
        ]
        return found

    def _labelled(self, label: str) -> Iterator[Mapping[str, Any]]:
        page = 1
        while True:
            listed = self._api.get(
                self._issues, state="all", labels=label, per_page=PER_PAGE, page=page
            )
            yield from listed
            if len(listed) < PER_PAGE:
                return
            page += 1

    def look(self, place: str) -> Ticket | None:
        issue = self._api.there(f"{self._issues}/{place}")
        return _ticket(issue) if issue else None

    def create(self, content: Content) -> Ticket:
        labels = [LABEL, markdown.account_label(content.key)]
        return _ticket(
            self._api.call("POST", self._issues, {**_written(content), "labels": labels})
        )

    def update(self, place: str, content: Content) -> None:
        self._api.call("PATCH", f"{self._issues}/{place}", _written(content))

    def comment(self, place: str, text: str) -> None:
        self._api.call("POST", f"{self._issues}/{place}/comments", {"body": text[:LONGEST_BODY]})

    def close(self, place: str) -> None:
        state = {"state": "closed", "state_reason": "completed"}
        self._api.call("PATCH", f"{self._issues}/{place}", state)

    def reopen(self, place: str) -> None:
        self._api.call("PATCH", f"{self._issues}/{place}", {"state": "open"})

    def comments(self, place: str) -> tuple[Comment, ...]:
        found: list[Comment] = []
        page = 1
        while True:
            listed = self._api.get(f"{self._issues}/{place}/comments", per_page=PER_PAGE, page=page)
            found += (_comment(each) for each in listed)
            if len(listed) < PER_PAGE:
                return tuple(found)
            page += 1


def _of(key: str, issues: Iterable[Mapping[str, Any]]) -> list[Ticket]:
    """Pull requests are issues as well, to this API."""
    return [
        _ticket(issue)
        for issue in issues
        if "pull_request" not in issue and markdown.marked(issue.get("body"), key)
    ]


def _written(content: Content) -> dict[str, Any]:
    body = markdown.body(content, LONGEST_BODY)
    return {"title": content.title[:LONGEST_TITLE], "body": body}


def _ticket(issue: Mapping[str, Any]) -> Ticket:
    return Ticket(str(int(issue["number"])), issue["state"] == "open")


def _comment(comment: Mapping[str, Any]) -> Comment:
    author = (comment.get("user") or {}).get("login", "")
    return Comment(author, comment.get("body") or "", comment.get("html_url", ""))

"""GitLab issues, of gitlab.com or one's own.

Source: GitLab Docs, "Issues API" and "Notes API"; a title has at most 255 characters, a description
1,048,576. A line that begins with a slash would be a quick action ("GitLab quick actions"): none of
ours does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from orchestrator.findings.tickets.ticket import Content, Ticket
from orchestrator.findings.tickets.trackers import markdown
from orchestrator.findings.tickets.trackers.api import Api, Comment

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 100_000
PER_PAGE = 100


class GitLab:
    """`project` is its path with the groups around it."""

    def __init__(self, api: Api, project: str) -> None:
        self._api = api
        self._issues = f"/api/v4/projects/{quote(project, safe='')}/issues"

    def find(self, key: str) -> Ticket | None:
        """By its label, and by the mark in its text if somebody took the label away."""
        found = [
            _ticket(issue)
            for query in (
                {"labels": markdown.account_label(key)},
                {"search": key, "in": "description"},
            )
            for issue in self._pages(self._issues, {"scope": "all", **query})
            if markdown.marked(issue.get("description"), key)
        ]
        return next((ticket for ticket in found if ticket.open), found[0] if found else None)

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        page = 1
        while True:
            listed = self._api.get(path, **query, per_page=PER_PAGE, page=page)
            yield from listed
            if len(listed) < PER_PAGE:
                return
            page += 1

    def look(self, place: str) -> Ticket | None:
        issue = self._api.there(f"{self._issues}/{place}")
        return _ticket(issue) if issue else None

    def create(self, content: Content) -> Ticket:
        labels = f"orchestrator,{markdown.account_label(content.key)}"
        issue = {**_written(content), "labels": labels}
        return _ticket(self._api.call("POST", self._issues, issue))

    def update(self, place: str, content: Content) -> None:
        self._api.call("PUT", f"{self._issues}/{place}", _written(content))

    def comment(self, place: str, text: str) -> None:
        self._api.call("POST", f"{self._issues}/{place}/notes", {"body": text})

    def close(self, place: str) -> None:
        self._api.call("PUT", f"{self._issues}/{place}", {"state_event": "close"})

    def reopen(self, place: str) -> None:
        self._api.call("PUT", f"{self._issues}/{place}", {"state_event": "reopen"})

    def comments(self, place: str) -> tuple[Comment, ...]:
        """Without GitLab's own notes on what has changed."""
        notes = self._pages(f"{self._issues}/{place}/notes", {"sort": "asc"})
        return tuple(
            Comment((note.get("author") or {}).get("username", ""), note.get("body") or "")
            for note in notes
            if not note.get("system")
        )


def _written(content: Content) -> dict[str, Any]:
    description = markdown.body(content, LONGEST_DESCRIPTION)
    return {"title": content.title[:LONGEST_TITLE], "description": description}


def _ticket(issue: Mapping[str, Any]) -> Ticket:
    return Ticket(str(int(issue["iid"])), issue["state"] == "opened")

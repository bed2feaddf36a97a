"""Jira Cloud, by its REST API version 3, whose texts are documents and not markup.

Source: Atlassian's OpenAPI document of the Jira Cloud platform REST API v3: createIssue, editIssue,
getTransitions, doTransition, addComment, getComments, searchAndReconsileIssuesUsingJqlPost (the
older search is removed); Atlassian Document Format. A text has at most 32,767 characters, a summary
255.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.findings.tickets.ticket import Content, Line, Ticket
from orchestrator.findings.tickets.trackers.api import Api, Comment, TrackerError, fitted

LONGEST_SUMMARY = 255
LONGEST_TEXT = 32_767
FIELDS = ["status", "labels"]
DONE = "done"
"""A status category, which Jira names alike in every language and workflow."""


class Jira:
    """`project` is the project's key, `issue_type` the name of a type it has."""

    def __init__(self, api: Api, project: str, issue_type: str = "Task") -> None:
        self._api = api
        self._project = project
        self._issue_type = issue_type or "Task"

    def find(self, key: str) -> Ticket | None:
        """By its label. Keys have no quotes, so they can end none of the query's."""
        jql = f'project = "{self._project}" AND labels = "{key}" ORDER BY created ASC'
        query = {"jql": jql, "fields": FIELDS, "maxResults": 50}
        answer = self._api.call("POST", "/rest/api/3/search/jql", query)
        issues = [each for each in answer["issues"] if key in each["fields"]["labels"]]
        found = [_ticket(issue) for issue in issues]
        return next((ticket for ticket in found if ticket.open), found[0] if found else None)

    def look(self, place: str) -> Ticket | None:
        issue = self._api.there(f"/rest/api/3/issue/{place}", fields=",".join(FIELDS))
        return _ticket(issue) if issue else None

    def create(self, content: Content) -> Ticket:
        fields = {
            **_written(content),
            "project": {"key": self._project},
            "issuetype": {"name": self._issue_type},
            "labels": ["orchestrator", content.key],
        }
        issue = self._api.call("POST", "/rest/api/3/issue", {"fields": fields})
        return Ticket(str(issue["key"]), open=True)

    def update(self, place: str, content: Content) -> None:
        self._api.call("PUT", f"/rest/api/3/issue/{place}", {"fields": _written(content)})

    def comment(self, place: str, text: str) -> None:
        body = document([Line(text[:LONGEST_TEXT])])
        self._api.call("POST", f"/rest/api/3/issue/{place}/comment", {"body": body})

    def close(self, place: str) -> None:
        self._move(place, DONE)

    def reopen(self, place: str) -> None:
        self._move(place, "new", "indeterminate")

    def _move(self, place: str, *categories: str) -> None:
        """By the workflow's own transition to the first of `categories` that one leads to."""
        path = f"/rest/api/3/issue/{place}/transitions"
        listed = self._api.get(path, expand="transitions.fields")["transitions"]
        ways = {_category(way["to"]): way for way in reversed(listed)}
        way = next((ways[category] for category in categories if category in ways), None)
        if way is None:
            raise TrackerError(f"{self._api.host}: no transition of {place} is {categories[0]}")
        self._api.call("POST", path, {"transition": {"id": way["id"]}, "fields": _asked(way)})

    def comments(self, place: str) -> tuple[Comment, ...]:
        found: list[Comment] = []
        while True:
            page = self._api.get(
                f"/rest/api/3/issue/{place}/comment", startAt=len(found), maxResults=100
            )
            found += (_comment(each) for each in page["comments"])
            if not page["comments"] or len(found) >= page["total"]:
                return tuple(found)


def _ticket(issue: Mapping[str, Any]) -> Ticket:
    return Ticket(str(issue["key"]), _category(issue["fields"]["status"]) != DONE)


def _category(status: Mapping[str, Any]) -> str:
    return str(status["statusCategory"]["key"])


def _asked(way: Mapping[str, Any]) -> dict[str, Any]:
    """The resolution, where a transition's screen asks for one: the first that it offers."""
    resolution = (way.get("fields") or {}).get("resolution") or {}
    offered = resolution.get("allowedValues") or []
    return (
        {"resolution": {"id": offered[0]["id"]}} if resolution.get("required") and offered else {}
    )


def _comment(comment: Mapping[str, Any]) -> Comment:
    author = (comment.get("author") or {}).get("displayName", "")
    return Comment(author, plain(comment.get("body")))


def _written(content: Content) -> dict[str, Any]:
    lines = fitted(content, _text_of, LONGEST_TEXT)
    return {"summary": content.title[:LONGEST_SUMMARY], "description": document(lines)}


def _text_of(lines: Iterable[Line]) -> str:
    return json.dumps(document(lines), ensure_ascii=False)


def document(lines: Iterable[Line]) -> dict[str, Any]:
    """Lines as a document: a value is a text node with the mark 'code', never one of another kind.

    No text node may be empty.
    """
    return {"type": "doc", "version": 1, "content": [_paragraph(line) for line in lines]}


def _paragraph(line: Line) -> dict[str, Any]:
    text = f"{'• ' if line.bullet else ''}{line.text}"
    nodes: list[dict[str, Any]] = [{"type": "text", "text": f"{text} " if line.value else text}]
    if line.value:
        nodes.append({"type": "text", "text": line.value, "marks": [{"type": "code"}]})
    return {"type": "paragraph", "content": nodes}


def plain(node: Any) -> str:
    """A document's text, a line for each of its paragraphs."""
    if not isinstance(node, Mapping):
        return ""
    if node.get("type") == "text":
        return str(node.get("text", ""))
    if node.get("type") == "hardBreak":
        return "\n"
    inner = "".join(plain(each) for each in node.get("content") or ())
    return f"{inner}\n" if node.get("type") in {"paragraph", "heading", "codeBlock"} else inner

"""Issues of Nulab's Backlog.

Source: Nulab, Backlog API: "Add Issue", "Update Issue", "Get Issue List", "Get Comment List",
"Get Project" (textFormattingRule), "Get Status List Of Project": the ids 1 to 4 are the same in
every project. The whole text is a code block of the project's notation, where nothing is markup, a
link or a mention.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.findings.finding import Severity
from orchestrator.findings.tickets.ticket import Content, Ticket
from orchestrator.findings.tickets.trackers import plain
from orchestrator.findings.tickets.trackers.api import Api, Comment, TrackerError

LONGEST_SUMMARY = 255
LONGEST_DESCRIPTION = 30_000
OPEN, RESOLVED, CLOSED = 1, 3, 4
HIGH, NORMAL, LOW = 2, 3, 4
PER_PAGE = 100


class Backlog:
    """`project` is the project's key, `issue_type` the name of a type; '' for its first."""

    def __init__(self, api: Api, project: str, issue_type: str = "") -> None:
        self._api = api
        self._project = project
        self._issue_type = issue_type

    def find(self, key: str) -> Ticket | None:
        found: list[Ticket] = []
        offset = 0
        project = self._its()["id"]
        while True:
            query = {"projectId[]": project, "keyword": key, "count": PER_PAGE, "offset": offset}
            page = self._api.get("/api/v2/issues", **query)
            found += (_ticket(each) for each in page if plain.keyed(each.get("description"), key))
            if len(page) < PER_PAGE:
                break
            offset += PER_PAGE
        return next((ticket for ticket in found if ticket.open), found[0] if found else None)

    def look(self, place: str) -> Ticket | None:
        issue = self._api.there(f"/api/v2/issues/{place}")
        return _ticket(issue) if issue else None

    def create(self, content: Content) -> Ticket:
        project = self._its()
        form = {
            **_written(content, project),
            "projectId": project["id"],
            "issueTypeId": self._type(),
            "priorityId": _priority(content.severity),
        }
        return _ticket(self._api.call("POST", "/api/v2/issues", form=form))

    def update(self, place: str, content: Content) -> None:
        form = {**_written(content, self._its()), "priorityId": _priority(content.severity)}
        self._api.call("PATCH", f"/api/v2/issues/{place}", form=form)

    def comment(self, place: str, text: str) -> None:
        self._api.call("POST", f"/api/v2/issues/{place}/comments", form={"content": text})

    def close(self, place: str) -> None:
        self._api.call("PATCH", f"/api/v2/issues/{place}", form={"statusId": CLOSED})

    def reopen(self, place: str) -> None:
        self._api.call("PATCH", f"/api/v2/issues/{place}", form={"statusId": OPEN})

    def comments(self, place: str) -> tuple[Comment, ...]:
        """Those with words: a change of a field is a comment without."""
        found: list[Comment] = []
        least = 0
        while True:
            path = f"/api/v2/issues/{place}/comments"
            page = self._api.get(path, count=PER_PAGE, order="asc", minId=least)
            new = [each for each in page if each["id"] > least]
            found += (
                Comment((each.get("createdUser") or {}).get("name", ""), each["content"])
                for each in new
                if each.get("content")
            )
            if len(page) < PER_PAGE or not new:
                return tuple(found)
            least = new[-1]["id"]

    def _its(self) -> Mapping[str, Any]:
        project: Mapping[str, Any] = self._api.get(f"/api/v2/projects/{self._project}")
        return project

    def _type(self) -> int:
        types = self._api.get(f"/api/v2/projects/{self._project}/issueTypes")
        fitting = [each for each in types if self._issue_type in {"", each["name"]}]
        if not fitting:
            raise TrackerError(f"{self._project} has no issue type '{self._issue_type}'")
        return int(fitting[0]["id"])


def _written(content: Content, project: Mapping[str, Any]) -> dict[str, str | int]:
    text = plain.body(content, LONGEST_DESCRIPTION)
    return {
        "summary": content.title[:LONGEST_SUMMARY],
        "description": block(text, project.get("textFormattingRule", "")),
    }


def block(text: str, rule: str) -> str:
    """`text` as a code block that nothing in it can end."""
    if rule == "markdown":
        return f"```\n{text.replace('`', chr(39))}\n```"
    return f"{{code}}\n{text.replace('{/', '(/')}\n{{/code}}"


def _priority(severity: Severity) -> int:
    if severity >= Severity.HIGH:
        return HIGH
    return NORMAL if severity is Severity.MEDIUM else LOW


def _ticket(issue: Mapping[str, Any]) -> Ticket:
    return Ticket(str(issue["issueKey"]), int(issue["status"]["id"]) not in {RESOLVED, CLOSED})

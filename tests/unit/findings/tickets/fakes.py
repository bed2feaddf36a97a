"""The five trackers as their documents describe them, with what they refuse.

GitHub: rest-api-description 2022-11-28; a title of 257 characters and a body of 65,537 are 422;
labels of who may not push are dropped in silence; pages of 100; pull requests among the issues.
Jira Cloud: OpenAPI document v3; 400 with errorMessages and errors; descriptions are ADF documents;
labels have no spaces; transitions are the workflow's. GitLab: Issues API; 20 a page unless asked.
ServiceNow: Table API and its rate limiting; a closed incident is read-only. Backlog: forms, the key
in the query, X-RateLimit-Reset.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from orchestrator.findings.tickets.trackers.api import Answer, Request

SECRETS: Mapping[str, str] = {
    "github": "ghp_secret",
    "gitlab": "glpat-secret",
    "jira": "bot@example.com:secret",
    "servicenow": "bot:secret",
    "backlog": "secretkey",
}
PROJECTS: Mapping[str, tuple[str, str]] = {
    "github": ("https://api.github.com", "example/tickets"),
    "gitlab": ("https://gitlab.example.com", "platform/security/tickets"),
    "jira": ("https://example.atlassian.net", "SEC"),
    "servicenow": ("https://example.service-now.com", "d625dccec0a8016700a222a0f7900d06"),
    "backlog": ("https://example.backlog.com", "SEC"),
}


@dataclass
class Issue:
    number: int
    title: str
    text: Any
    labels: list[str] = field(default_factory=list)
    open: bool = True
    comments: list[tuple[str, str]] = field(default_factory=list)
    """Author and text."""
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass
class Fake:
    """What all have in common. `answers` are given instead, one for each call, while there are."""

    issues: dict[str, Issue] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    answers: list[Answer | Exception] = field(default_factory=list)
    may_label: bool = True

    def __call__(self, request: Request) -> Answer:
        parts = urlsplit(request.url)
        self.calls.append(f"{request.method} {parts.path}")
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if not self.let_in(request.headers, query):
            return said(401, {"message": "Bad credentials"})
        return self.answer(request.method, parts.path, query, request)

    @property
    def writes(self) -> list[str]:
        reads = ("GET", "POST /rest/api/3/search/jql")
        return [call for call in self.calls if not call.startswith(reads)]

    @property
    def only(self) -> Issue:
        (issue,) = self.issues.values()
        return issue

    def words(self, issue: Issue) -> str:
        """All that a reader sees of the text."""
        return str(issue.text)

    def let_in(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        raise NotImplementedError

    def answer(self, method: str, path: str, query: dict[str, str], request: Request) -> Answer:
        raise NotImplementedError


def said(status: int, document: Any = None) -> Answer:
    body = b"" if document is None else json.dumps(document).encode()
    return Answer(status, {"content-type": "application/json"}, body)


def refused(field_: str) -> Answer:
    return said(422, {"message": "Validation Failed", "errors": [{"field": field_}]})


class FakeGitHub(Fake):
    def let_in(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        return headers.get("Authorization") == f"Bearer {SECRETS['github']}"

    def answer(self, method: str, path: str, query: dict[str, str], request: Request) -> Answer:
        sent = json.loads(request.body) if request.body else {}
        if len(sent.get("title", "")) > 256 or len(sent.get("body") or "") > 65_536:
            return refused("title or body")
        if path == "/search/issues":
            word = query["q"].split('"')[1]
            found = [self.shown(k) for k, i in self.issues.items() if word in (i.text or "")]
            return said(200, {"total_count": len(found), "items": found})
        found_path = re.fullmatch(r"/repos/example/tickets/issues(?:/(\d+)(/comments)?)?", path)
        if not found_path:
            return said(404, {"message": "Not Found"})
        number, comments = found_path.groups()
        if number is None:
            return self.list_or_create(method, query, sent)
        issue = self.issues.get(number)
        if issue is None:
            return said(404, {"message": "Not Found"})
        if comments and method == "POST":
            issue.comments.append(("orchestrator", sent["body"]))
            return said(201, {"id": 1})
        if comments:
            shown = [{"user": {"login": a}, "body": t} for a, t in issue.comments]
            return said(200, paged(shown, query, 30))
        if method == "PATCH":
            issue.title = sent.get("title", issue.title)
            issue.text = sent.get("body", issue.text)
            issue.open = sent.get("state", "open" if issue.open else "closed") == "open"
        return said(200, self.shown(number))

    def list_or_create(self, method: str, query: dict[str, str], sent: Any) -> Answer:
        if method == "POST":
            number = str(len(self.issues) + 1)
            labels = sent.get("labels", []) if self.may_label else []
            if any(len(label) > 50 for label in labels):
                return refused("label")
            self.issues[number] = Issue(int(number), sent["title"], sent.get("body"), labels)
            return said(201, self.shown(number))
        wanted = set(query["labels"].split(",")) if "labels" in query else set()
        state = query.get("state", "open")
        found = [
            self.shown(number)
            for number, issue in self.issues.items()
            if wanted <= set(issue.labels) and (issue.open or state in {"all", "closed"})
        ]
        return said(200, paged(found, query, 30))

    def shown(self, number: str) -> dict[str, Any]:
        issue = self.issues[number]
        return {
            "number": issue.number,
            "state": "open" if issue.open else "closed",
            "title": issue.title,
            "body": issue.text,
            "labels": [{"name": label} for label in issue.labels],
            **issue.fields,
        }


def paged(found: list[Any], query: Mapping[str, str], usual: int) -> list[Any]:
    size = min(int(query.get("per_page", usual)), 100)
    start = (int(query.get("page", 1)) - 1) * size
    return found[start : start + size]


class FakeGitLab(Fake):
    def let_in(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        return headers.get("PRIVATE-TOKEN") == SECRETS["gitlab"]

    def answer(self, method: str, path: str, query: dict[str, str], request: Request) -> Answer:
        sent = json.loads(request.body) if request.body else {}
        if len(sent.get("title", "")) > 255 or len(sent.get("description", "")) > 1_048_576:
            return said(400, {"message": {"title": ["is too long (maximum is 255 characters)"]}})
        found_path = re.fullmatch(r"/api/v4/projects/([^/]+)/issues(?:/(\d+)(/notes)?)?", path)
        if not found_path or unquote(found_path[1]) != PROJECTS["gitlab"][1]:
            return said(404, {"message": "404 Project Not Found"})
        _, number, notes = found_path.groups()
        if number is None and method == "POST":
            number = str(len(self.issues) + 1)
            labels = sent["labels"].split(",")
            self.issues[number] = Issue(int(number), sent["title"], sent["description"], labels)
            return said(201, self.shown(number))
        if number is None:
            return said(200, paged(self.listed(query), query, 20))
        issue = self.issues.get(number)
        if issue is None:
            return said(404, {"message": "404 Not found"})
        if notes and method == "POST":
            issue.comments.append(("orchestrator", sent["body"]))
            return said(201, {"id": 1})
        if notes:
            shown = [
                {"author": {"username": a}, "body": t, "system": False} for a, t in issue.comments
            ]
            moved = {"author": {"username": "x"}, "body": "changed the title", "system": True}
            return said(200, paged([moved, *shown], query, 20))
        if method == "PUT":
            issue.title = sent.get("title", issue.title)
            issue.text = sent.get("description", issue.text)
            issue.open = {"close": False, "reopen": True}.get(
                sent.get("state_event", ""), issue.open
            )
        return said(200, self.shown(number))

    def listed(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        wanted = set(query["labels"].split(",")) if "labels" in query else set()
        word = query.get("search", "")
        return [
            self.shown(number)
            for number, issue in self.issues.items()
            if wanted <= set(issue.labels) and word in issue.text
        ]

    def shown(self, number: str) -> dict[str, Any]:
        issue = self.issues[number]
        state = "opened" if issue.open else "closed"
        ids = {"id": 76 + issue.number, "iid": issue.number}
        return {**ids, "state": state, "description": issue.text, "labels": issue.labels}


class FakeJira(Fake):
    def let_in(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        return headers.get("Authorization") == basic(SECRETS["jira"])

    def words(self, issue: Issue) -> str:
        return json.dumps(issue.text, ensure_ascii=False)

    def answer(self, method: str, path: str, query: dict[str, str], request: Request) -> Answer:
        sent = json.loads(request.body) if request.body else {}
        if path == "/rest/api/3/search/jql" and method == "POST":
            project, label = re.findall(r'"([^"]*)"', sent["jql"])
            found = [self.shown(k) for k, i in self.issues.items() if label in i.labels]
            return said(200, {"issues": found if project == "SEC" else [], "isLast": True})
        if problem := self.problem(sent.get("fields", {})):
            return said(400, {"errorMessages": [], "errors": problem})
        if path == "/rest/api/3/issue" and method == "POST":
            return self.create(sent["fields"])
        place, _, part = path.removeprefix("/rest/api/3/issue/").partition("/")
        issue = self.issues.get(place)
        if issue is None:
            text = "Issue does not exist or you do not have permission to see it."
            return said(404, {"errorMessages": [text], "errors": {}})
        if part == "transitions":
            return self.transitions(method, issue, sent)
        if part == "comment" and method == "POST":
            issue.comments.append(
                ("Orchestrator", sent["body"]["content"][0]["content"][0]["text"])
            )
            return said(201, {"id": "10000"})
        if part == "comment":
            start = int(query["startAt"])
            shown = [{"author": {"displayName": a}, "body": document(t)} for a, t in issue.comments]
            page = shown[start : start + 2]
            return said(200, {"startAt": start, "total": len(shown), "comments": page})
        if method == "PUT":
            issue.title = sent["fields"]["summary"]
            issue.text = sent["fields"]["description"]
            return said(204)
        return said(200, self.shown(place))

    def problem(self, fields: Mapping[str, Any]) -> dict[str, str]:
        if len(fields.get("summary", "")) > 255 or "\n" in fields.get("summary", ""):
            return {"summary": "Summary must be less than 255 characters."}
        if any(" " in label or len(label) > 255 for label in fields.get("labels", [])):
            return {"labels": "The label contains spaces which is invalid."}
        description = fields.get("description")
        if description is None:
            return {}
        if isinstance(description, str) or not valid(description):
            return {"description": "Operation value must be an Atlassian Document"}
        if len(json.dumps(description, ensure_ascii=False)) > 32_767:
            return {"description": "The entered text is too long. (CONTENT_LIMIT_EXCEEDED)"}
        return {}

    def create(self, fields: Mapping[str, Any]) -> Answer:
        if fields["project"] != {"key": "SEC"} or fields["issuetype"] != {"name": "Task"}:
            return said(400, {"errorMessages": [], "errors": {"issuetype": "is not valid"}})
        number = len(self.issues) + 1
        place = f"SEC-{number}"
        self.issues[place] = Issue(
            number, fields["summary"], fields["description"], list(fields["labels"])
        )
        url = f"https://example.atlassian.net/rest/api/3/issue/{10_000 + number}"
        return said(201, {"id": str(10_000 + number), "key": place, "self": url})

    def transitions(self, method: str, issue: Issue, sent: Any) -> Answer:
        ways = [("31", "done", False), ("21", "indeterminate", True)]
        known = [way for way in ways if way[1] not in issue.fields.get("without", ())]
        resolution = issue.fields.get("resolution")
        if method == "POST":
            way = next((way for way in known if way[0] == sent["transition"]["id"]), None)
            if way is None:
                return said(400, {"errorMessages": ["It is not a valid transition."]})
            if resolution and not way[2] and sent["fields"] != {"resolution": {"id": "10000"}}:
                return said(400, {"errors": {"resolution": "Resolution is required."}})
            issue.open = way[2]
            return said(204)
        shown = [
            {
                "id": id_,
                "to": {"statusCategory": {"key": key}},
                "fields": {"resolution": resolution} if resolution and not open_ else {},
            }
            for id_, key, open_ in known
        ]
        return said(200, {"transitions": shown})

    def shown(self, place: str) -> dict[str, Any]:
        issue = self.issues[place]
        category = {"key": "new" if issue.open else "done"}
        labels = self.issues[place].labels
        return {"key": place, "fields": {"status": {"statusCategory": category}, "labels": labels}}


def document(text: str) -> dict[str, Any]:
    content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]
    return {"type": "doc", "version": 1, "content": content}


def valid(node: Mapping[str, Any]) -> bool:
    """Paragraphs of text with at most the mark 'code': all that we may write."""
    if node["type"] == "text":
        marks = node.get("marks", [])
        return bool(node["text"]) and all(mark == {"type": "code"} for mark in marks)
    return node["type"] in {"doc", "paragraph"} and all(map(valid, node["content"]))


def basic(secret: str) -> str:
    return f"Basic {base64.b64encode(secret.encode()).decode()}"


class FakeServiceNow(Fake):
    """It leaves out of a query what the user may not read, and answers the rest."""

    unreadable: frozenset[str] = frozenset()

    def let_in(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        return headers.get("Authorization") == basic(SECRETS["servicenow"])

    def answer(self, method: str, path: str, query: dict[str, str], request: Request) -> Answer:
        sent = json.loads(request.body) if request.body else {}
        table, _, place = path.removeprefix("/api/now/table/").partition("/")
        if table == "sys_journal_field":
            return self.journal(query)
        if len(sent.get("short_description", "")) > 160 or len(sent.get("description", "")) > 4000:
            return said(400, {"error": {"message": "too long"}, "status": "failure"})
        if not place and method == "POST":
            place = f"{len(self.issues) + 1:032x}"
            title, text = sent["short_description"], sent["description"]
            self.issues[place] = Issue(len(self.issues) + 1, title, text, [sent["correlation_id"]])
            return said(201, {"result": self.shown(place)})
        if not place:
            key = query["sysparm_query"].removeprefix("correlation_id=").partition("^")[0]
            known = "correlation_id" not in self.unreadable
            found = [k for k, i in reversed(self.issues.items()) if not known or key in i.labels]
            return said(200, {"result": [self.shown(each) for each in found]})
        issue = self.issues.get(place)
        if issue is None:
            error = {"message": "No Record found", "detail": "Record doesn't exist or ACL"}
            return said(404, {"error": error, "status": "failure"})
        if method == "PATCH":
            if issue.fields.get("state") in {"7", "8"}:
                return said(403, {"error": {"message": "Operation Failed"}, "status": "failure"})
            if sent.get("state") == "6" and not sent.get("close_code"):
                return said(403, {"error": {"message": "Resolution code is mandatory"}})
            self.patch(issue, sent)
        return said(200, {"result": self.shown(place)})

    def patch(self, issue: Issue, sent: Mapping[str, Any]) -> None:
        issue.title = sent.get("short_description", issue.title)
        issue.text = sent.get("description", issue.text)
        issue.open = sent.get("state", "1" if issue.open else "6") not in {"6", "7", "8"}
        if "work_notes" in sent:
            issue.comments.append(("bot", sent["work_notes"]))

    def journal(self, query: Mapping[str, str]) -> Answer:
        place = query["sysparm_query"].removeprefix("element_id=").partition("^")[0]
        start = int(query["sysparm_offset"])
        shown = [
            {"sys_created_by": a, "value": t, "element_id": place}
            for a, t in self.issues[place].comments
        ]
        return said(200, {"result": shown[start : start + int(query["sysparm_limit"])]})

    def shown(self, place: str) -> dict[str, Any]:
        issue = self.issues[place]
        state = issue.fields.get("state") or ("1" if issue.open else "6")
        (key,) = issue.labels
        shown = {"sys_id": place, "state": state, "correlation_id": key}
        return {name: value for name, value in shown.items() if name not in self.unreadable}


class FakeBacklog(Fake):
    rule = "markdown"

    def let_in(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        return query.get("apiKey") == SECRETS["backlog"]

    def answer(self, method: str, path: str, query: dict[str, str], request: Request) -> Answer:
        sent = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        if path == "/api/v2/projects/SEC":
            return said(200, {"id": 7, "projectKey": "SEC", "textFormattingRule": self.rule})
        if path == "/api/v2/projects/SEC/issueTypes":
            return said(200, [{"id": 2, "name": "Task"}, {"id": 3, "name": "Bug"}])
        if len(sent.get("summary", "")) > 255:
            return said(400, {"errors": [{"message": "summary is too long.", "code": 7}]})
        if path == "/api/v2/issues" and method == "POST":
            if not {"projectId", "summary", "issueTypeId", "priorityId"} <= sent.keys():
                return said(400, {"errors": [{"message": "required", "code": 7}]})
            place = f"SEC-{len(self.issues) + 1}"
            self.issues[place] = Issue(len(self.issues) + 1, sent["summary"], sent["description"])
            return said(201, self.shown(place))
        if path == "/api/v2/issues":
            found = [k for k, issue in self.issues.items() if query["keyword"] in issue.text]
            start, count = int(query["offset"]), min(int(query.get("count", 20)), 100)
            return said(200, [self.shown(each) for each in found[start : start + count]])
        place, _, comments = path.removeprefix("/api/v2/issues/").partition("/")
        issue = self.issues.get(place)
        if issue is None:
            return said(404, {"errors": [{"message": "No such issue.", "code": 6}]})
        if comments and method == "POST":
            issue.comments.append(("bot", sent["content"]))
            return said(201, {"id": len(issue.comments)})
        if comments:
            return self.commented(issue, query)
        if method == "PATCH":
            issue.title = sent.get("summary", issue.title)
            issue.text = sent.get("description", issue.text)
            issue.open = int(sent.get("statusId", 1 if issue.open else 4)) not in {3, 4}
        return said(200, self.shown(place))

    def commented(self, issue: Issue, query: Mapping[str, str]) -> Answer:
        """A change of a field is a comment without words."""
        shown = [
            {"id": number, "content": text, "createdUser": {"name": author}}
            for number, (author, text) in enumerate([("bot", ""), *issue.comments], 1)
            if number >= int(query["minId"])
        ]
        return said(200, shown[: int(query["count"])])

    def shown(self, place: str) -> dict[str, Any]:
        issue = self.issues[place]
        status = {"id": 1 if issue.open else 4}
        return {"issueKey": place, "description": issue.text, "status": status}


FAKES: Mapping[str, type[Fake]] = {
    "backlog": FakeBacklog,
    "github": FakeGitHub,
    "gitlab": FakeGitLab,
    "jira": FakeJira,
    "servicenow": FakeServiceNow,
}

"""As much of GitHub and GitLab as a job needs, on this machine."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 2
BOT, SOMEBODY = "github-actions[bot]", "somebody"
LONGEST = 65_536
IDS = {BOT: 1, SOMEBODY: 2}


@dataclass
class Forge:
    """`token` is the only one that is let in. Comments are of change 7 if nothing else is said."""

    url: str = ""
    token: str = "right-token"
    comments: list[dict[str, Any]] = field(default_factory=list)
    merges: dict[str, int] = field(default_factory=dict)
    """The commit a merge has made, and the change."""
    issues: list[dict[str, Any]] = field(default_factory=list)
    scans: list[dict[str, Any]] = field(default_factory=list)
    identities: int = 0
    calls: list[str] = field(default_factory=list)

    def say(self, body: str, author: str = BOT, change: int = 7) -> None:
        """Somebody comments."""
        number = len(self.comments) + 1
        self.comments.append({"id": number, "body": body, "author": author, "change": change})

    def said(self, change: int = 7) -> list[str]:
        return [each["body"] for each in self.comments if each["change"] == change]

    def job(self, kind: str, change: int | None = 7, commit: str = "c" * 40) -> dict[str, str]:
        """The variables of a job there."""
        if kind == "github":
            ref = f"refs/pull/{change}/merge" if change else "refs/heads/main"
            return {
                "GITHUB_TOKEN": self.token,
                "GITHUB_API_URL": f"{self.url}/github",
                "GITHUB_REPOSITORY": "example/accounts",
                "GITHUB_REF": ref,
                "GITHUB_SHA": commit,
                "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/identity?version=2",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.token,
            }
        iid = {"CI_MERGE_REQUEST_IID": str(change)} if change else {}
        return {
            "ORCHESTRATOR_GITLAB_TOKEN": self.token,
            "CI_API_V4_URL": f"{self.url}/gitlab",
            "CI_PROJECT_ID": "12",
            "CI_COMMIT_SHA": commit,
            **iid,
        }


Answer = tuple[int, object]
Route = tuple[str, str, Callable[..., Answer]]


def _github(forge: Forge) -> list[Route]:
    base = "/github/repos/example/accounts"

    def listed(change: str) -> Answer:
        return 200, [
            {"id": c["id"], "body": c["body"], "user": {"login": c["author"]}}
            for c in forge.comments
            if c["change"] == int(change)
        ]

    def pulls(commit: str) -> Answer:
        number = forge.merges.get(commit)
        merged = {"number": number, "merged_at": "2026-06-01", "merge_commit_sha": commit}
        other = {"number": 99, "merged_at": None, "merge_commit_sha": "d" * 40}
        return 200, [other, *([merged] if number else [])]

    def scan(body: Mapping[str, Any]) -> Answer:
        log = json.loads(gzip.decompress(base64.b64decode(body["sarif"])))
        forge.scans.append({**body, "log": log})
        return 202, {"id": "1"}

    def opened() -> Answer:
        return 200, [issue for issue in forge.issues if issue["state"] == "open"]

    def open_(body: Mapping[str, Any]) -> Answer:
        forge.issues.append({**body, "number": len(forge.issues) + 1, "state": "open"})
        return 201, {}

    return [
        ("GET", rf"{base}/issues/(\d+)/comments", listed),
        ("POST", rf"{base}/issues/(\d+)/comments", lambda c, body: _write(forge, c, body)),
        ("PATCH", rf"{base}/issues/comments/(\d+)", lambda c, body: _rewrite(forge, c, body)),
        ("GET", rf"{base}/commits/(\w+)/pulls", pulls),
        ("POST", rf"{base}/code-scanning/sarifs", scan),
        ("GET", rf"{base}/issues", opened),
        ("POST", rf"{base}/issues", open_),
    ]


def _gitlab(forge: Forge) -> list[Route]:
    base = "/gitlab/projects/12"

    def listed(change: str) -> Answer:
        return 200, [
            {"id": c["id"], "body": c["body"], "author": {"id": IDS[c["author"]]}}
            for c in forge.comments
            if c["change"] == int(change)
        ]

    def requests(commit: str) -> Answer:
        number = forge.merges.get(commit)
        found = {"iid": number, "state": "merged", "merge_commit_sha": commit, "sha": "e" * 40}
        return 200, [found] if number else []

    notes = rf"{base}/merge_requests/(\d+)/notes"
    return [
        ("GET", "/gitlab/user", lambda: (200, {"id": IDS[BOT]})),
        ("GET", notes, listed),
        ("POST", notes, lambda c, body: _write(forge, c, body)),
        ("PUT", rf"{notes}/(\d+)", lambda _, c, body: _rewrite(forge, c, body)),
        ("GET", rf"{base}/repository/commits/(\w+)/merge_requests", requests),
    ]


def _write(forge: Forge, change: str, body: Mapping[str, Any]) -> Answer:
    if len(body["body"]) > LONGEST:
        return 422, {"message": "body is too long"}
    forge.say(body["body"], change=int(change))
    return 201, {}


def _rewrite(forge: Forge, comment: str, body: Mapping[str, Any]) -> Answer:
    if len(body["body"]) > LONGEST:
        return 422, {"message": "body is too long"}
    (found,) = [each for each in forge.comments if each["id"] == int(comment)]
    found["body"] = body["body"]
    return 200, {}


def _identity(forge: Forge) -> list[Route]:
    def identity() -> Answer:
        forge.identities += 1
        return 200, {"value": f"identity-{forge.identities}"}

    return [("GET", "/identity", identity)]


@contextmanager
def a_forge() -> Iterator[Forge]:
    """A server for as long as a test needs it."""
    forge = Forge()
    routes = [*_github(forge), *_gitlab(forge), *_identity(forge)]

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def _answer(self) -> None:
            path = urlsplit(self.path).path
            forge.calls.append(f"{self.command} {path}")
            length = int(self.headers["Content-Length"] or 0)
            body = [json.loads(self.rfile.read(length))] if length else []
            tokens = {self.headers["Authorization"], self.headers["PRIVATE-TOKEN"]}
            if not tokens & {f"Bearer {forge.token}", forge.token}:
                return self._say(403, {"message": "not allowed"})
            for method, pattern, act in routes:
                if method == self.command and (found := re.fullmatch(pattern, path)):
                    return self._say(*act(*found.groups(), *body))
            return self._say(404, {"message": "no such thing"})

        do_GET = do_POST = do_PATCH = do_PUT = _answer  # noqa: N815

        def _say(self, status: int, answer: object) -> None:
            page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            more = isinstance(answer, list) and len(answer) > page * PAGE
            if isinstance(answer, list):
                answer = answer[(page - 1) * PAGE : page * PAGE]
            self.send_response(status)
            if more:
                target = f"{forge.url}{urlsplit(self.path).path}?page={page + 1}"
                self.send_header("Link", f'<{target}>; rel="next"')
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    forge.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()

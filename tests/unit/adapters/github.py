"""As much of GitHub as issues need, on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 2


@dataclass
class GitHub:
    """`token` is the only one that may write."""

    url: str = ""
    token: str = "right"
    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


@contextmanager
def github() -> Iterator[GitHub]:
    hub = GitHub()

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def _say(self, status: int, body: object, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def _body(self) -> dict[str, Any]:
            read: dict[str, Any] = json.loads(
                self.rfile.read(int(self.headers["Content-Length"] or 0))
            )
            return read

        def _allowed(self) -> bool:
            hub.calls.append(f"{self.command} {urlsplit(self.path).path}")
            if self.headers["Authorization"] == f"Bearer {hub.token}":
                return True
            self._say(403, {"message": "Resource not accessible"})
            return False

        def do_GET(self) -> None:
            if not self._allowed():
                return
            asked = parse_qs(urlsplit(self.path).query)
            page = int(asked.get("page", ["1"])[0])
            found = [
                issue
                for issue in hub.issues
                if issue["state"] == "open" and asked["labels"][0] in issue["labels"]
            ]
            more = {}
            if len(found) > page * PAGE:
                path = urlsplit(self.path).path
                label = asked["labels"][0]
                target = f"{hub.url}{path}?state=open&labels={label}&page={page + 1}"
                more = {"Link": f'<{target}>; rel="next"'}
            self._say(200, found[(page - 1) * PAGE : page * PAGE], **more)

        def do_POST(self) -> None:
            if not self._allowed():
                return
            path, body = urlsplit(self.path).path, self._body()
            if path.endswith("/comments"):
                hub.comments.append((int(path.split("/")[-2]), body["body"]))
                self._say(201, {})
                return
            hub.issues.append({**body, "number": len(hub.issues) + 1, "state": "open"})
            self._say(201, hub.issues[-1])

        def do_PATCH(self) -> None:
            if self._allowed():
                hub.issues[int(self.path.split("/")[-1]) - 1].update(self._body())
                self._say(200, {})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()

"""The port that every tracker fills, and how its API is asked: JSON over https, one host, no more.

A refusal is an error with what the tracker said. That it is asked too often is an error of its own,
with the moment from which it may be asked again.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from orchestrator.findings.event_reader import clean
from orchestrator.findings.tickets.ticket import Content, Line, Ticket

SECONDS = 10.0
"""For a tracker to answer."""
MOST_BYTES = 8 * 1024 * 1024
"""Of an answer."""
REST = timedelta(minutes=1)
"""Without a word of when it may be asked again."""
LONGEST_REST = timedelta(hours=6)


class TrackerError(Exception):
    """A tracker refuses, or cannot be reached."""


class Busy(TrackerError):
    """A tracker is asked too often."""

    def __init__(self, host: str, until: datetime) -> None:
        super().__init__(f"{host} wants to be asked less often")
        self.until = until


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` are by their names in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Ask = Callable[[Request], Answer]
"""Raises OSError and http.client.HTTPException."""


class Tracker(Protocol):
    """A system that holds tickets. Each call raises TrackerError."""

    def find(self, key: str) -> Ticket | None:
        """The ticket that carries `key`, open or closed; the open one if there are several."""

    def look(self, place: str) -> Ticket | None:
        """The ticket as it is now; None if it is there no more."""

    def create(self, content: Content) -> Ticket:
        """A new ticket that carries the content's key."""

    def update(self, place: str, content: Content) -> None:
        """Write title and text anew."""

    def comment(self, place: str, text: str) -> None:
        """Say something, for those who watch the ticket."""

    def close(self, place: str) -> None: ...

    def reopen(self, place: str) -> None: ...

    def comments(self, place: str) -> tuple[Comment, ...]:
        """What people have written, the oldest first."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody has written. `author` is the tracker's name of the person."""

    author: str
    text: str
    link: str = ""


class Api:
    """One tracker's API. `headers` hold the credentials, `query` is added to every call."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        ask: Ask,
        now: Callable[[], datetime],
        query: Mapping[str, str] | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"User-Agent": "orchestrator", "Accept": "application/json", **headers}
        self._ask = ask
        self._now = now
        self._query = dict(query or {})
        self.host = urlsplit(url).hostname or ""

    def get(self, path: str, **query: str | int) -> Any:
        return self.call("GET", path, query=query)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        form: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> Any:
        """The answer's JSON; None if it has no body. `form` is a body of another kind."""
        answer = self.ask(method, path, body, form=form, query=query)
        if answer.status // 100 != 2:
            raise TrackerError(f"{self.host}: {method} {path}: {_why(answer)}")
        return self._json(answer, path)

    def there(self, path: str, **query: str | int) -> Any:
        """What is at `path`; None if there is nothing any more, or it has moved."""
        answer = self.ask("GET", path, query=query)
        if answer.status in {301, 404, 410}:
            return None
        if answer.status != 200:
            raise TrackerError(f"{self.host}: GET {path}: {_why(answer)}")
        return self._json(answer, path)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        form: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> Answer:
        whole = {**self._query, **(query or {})}
        url = f"{self._url}{path}{'?' + urlencode(whole) if whole else ''}"
        headers, sent = dict(self._headers), b""
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            sent = urlencode(form).encode()
        elif body is not None:
            headers["Content-Type"] = "application/json"
            sent = json.dumps(body, ensure_ascii=False).encode()
        try:
            answer = self._ask(Request(method, url, headers, sent))
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise TrackerError(f"{self.host} is not reached: {type(error).__name__}") from error
        if too_often(answer):
            raise Busy(self.host, again(answer, self._now()))
        return answer

    def _json(self, answer: Answer, path: str) -> Any:
        if not answer.body:
            return None
        try:
            return json.loads(answer.body)
        except ValueError as error:
            raise TrackerError(f"{self.host}: {path}: the answer is not JSON") from error


def too_often(answer: Answer) -> bool:
    """Whether the tracker limits us. GitHub says 403 as well.

    Source: GitHub REST API documentation, "Rate limits for the REST API".
    """
    if answer.status == 429:
        return True
    limited = "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
    return answer.status in {403, 503} and limited


def again(answer: Answer, now: datetime) -> datetime:
    """When it may be asked again: Retry-After in seconds or as a date, or a reset in epoch seconds.

    Sources: RFC 9110, "Retry-After"; GitHub's x-ratelimit-reset; GitLab's ratelimit-reset;
    Backlog's X-RateLimit-Reset, all of them UTC epoch seconds.
    """
    headers = answer.headers
    at = _after(headers.get("retry-after", ""), now)
    for name in ("x-ratelimit-reset", "ratelimit-reset"):
        if at is None and (seconds := headers.get(name, "")).isdecimal() and len(seconds) < 12:
            at = datetime.fromtimestamp(int(seconds), UTC)
    return min(max(at or now + REST, now + timedelta(seconds=1)), now + LONGEST_REST)


def _after(value: str, now: datetime) -> datetime | None:
    if value.isdecimal() and len(value) < 9:
        return now + timedelta(seconds=int(value))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _why(answer: Answer) -> str:
    """Status, and what the tracker said of it: its text is data, and goes into a log."""
    said = clean(answer.body[:2000].decode("utf-8", "replace"), 300)
    return f"{answer.status} {said}".strip()


def fitted(content: Content, render: Callable[[list[Line]], str], longest: int) -> list[Line]:
    """As many resources as `render` makes no more than `longest` characters of."""
    for most in range(len(content.items), -1, -1):
        lines = list(content.lines(most))
        if len(render(lines)) <= longest:
            break
    return lines


def ask(request: Request, trust: ssl.SSLContext | None = None) -> Answer:
    """Encrypted, to that host alone: a redirect is an answer like any other, not followed."""
    parts = urlsplit(request.url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("a tracker's URL begins with https://")
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = http.client.HTTPSConnection(
        parts.hostname, parts.port, timeout=SECONDS, context=trust or ssl.create_default_context()
    )
    try:
        connection.request(request.method, path, request.body or None, dict(request.headers))
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, answer.read(MOST_BYTES))
    finally:
        connection.close()

"""Drift notifications as tickets: issues of GitHub, or messages by SNS or to a webhook."""

from __future__ import annotations

import http.client
import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import requests

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.files import write
from orchestrator.errors import AwsDenied, NotificationFailed
from orchestrator.findings.messages.channels import Post, post, signed
from orchestrator.model.drift import DriftNotification, Move, Step, Ticket

VERSION = 1
Send = Callable[[Step], None]
"""Tells of a step. Raises NotTold."""


class KeptTickets:
    """A way that only sends, and a file that remembers."""

    def __init__(self, file: Path, send: Send) -> None:
        self._file, self._send = file, send

    def opened(self) -> Mapping[str, Ticket]:
        try:
            tickets = _read(json.loads(self._file.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            fix = f"remove {self._file.name}: everything is told once more then"
            raise NotificationFailed(f"{self._file.name} cannot be read: {error}", fix) from error
        return {ticket.key: ticket for ticket in tickets}

    def carry_out(self, step: Step) -> None:
        """Sent first, kept then: a crash may send it twice, but never loses it."""
        self._send(step)
        if step.move is Move.REMARK:
            return
        tickets = dict(self.opened())
        if step.notification is None:
            tickets.pop(step.key, None)
        else:
            notification = step.notification
            tickets[step.key] = Ticket(
                notification.key, "", notification.digest, notification.title
            )
        listed = [{"key": t.key, "digest": t.digest, "title": t.title} for t in tickets.values()]
        write(self._file, json.dumps({"version": VERSION, "tickets": listed}, indent=1))


def _read(document: Any) -> list[Ticket]:
    if document["version"] != VERSION:
        raise ValueError(f"version {document['version']} is not known here")
    return [Ticket(t["key"], "", t["digest"], t["title"]) for t in document["tickets"]]


def told(step: Step) -> Mapping[str, str]:
    """A step as a message's fields."""
    words = {
        Move.OPEN: "drift",
        Move.UPDATE: "drift changed",
        Move.REMARK: "drift made again",
        Move.CLOSE: "drift is over",
    }
    body = step.notification.body if step.notification else "No drift any more."
    body = f"{step.remark}\n\n{body}" if step.remark else body
    return {
        "key": step.key,
        "what": str(step.move),
        "title": f"{words[step.move]}: {step.title or step.key}",
        "body": body,
    }


LONGEST = 100
"""Characters of a subject. Source: Amazon SNS API Reference, Publish."""


def by_sns(session: AwsSession, topic: str) -> Send:
    """To a topic, in its own region."""

    def send(step: Step) -> None:
        fields = told(step)
        subject = fields["title"].encode("ascii", "replace").decode()[:LONGEST]
        try:
            session.call(
                "sns",
                "Publish",
                topic.split(":")[3],
                TopicArn=topic,
                Subject=subject,
                Message=f"{fields['title']}\n\n{fields['body']}",
            )
        except AwsDenied as error:
            raise NotificationFailed(str(error), f"let this identity publish to {topic}") from error

    return send


def by_webhook(url: str, secret: str, send_to: Post = post) -> Send:
    """To an https address, signed as the findings' messages are."""

    def send(step: Step) -> None:
        body = json.dumps({"version": 1, **told(step)}, ensure_ascii=False).encode()
        try:
            status = send_to(url, body, signed(body, secret.encode(), int(time.time())))
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise NotificationFailed(f"the webhook was not reached: {error}") from error
        if not 200 <= status < 300:
            raise NotificationFailed(f"the webhook answered {status}")

    return send


LABEL = "orchestrator-drift"
MARK = re.compile(r"<!-- orchestrator (?P<key>[a-z0-9-]+) (?P<digest>[0-9a-f]+) -->")
LONGEST_BODY = 65_536
SECONDS = 30
PUBLIC = "https://api.github.com"


class GitHubIssues:
    """`repository` is 'owner/name'; `api` another address for an enterprise's own server."""

    def __init__(self, repository: str, token: str, api: str = PUBLIC) -> None:
        self._issues = f"{api.rstrip('/')}/repos/{repository}/issues"
        self._repository = repository
        self._session = requests.Session()
        self._session.headers.update(
            {
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "orchestrator",
            }
        )

    def opened(self) -> Mapping[str, Ticket]:
        return {ticket.key: ticket for issue in self._open() if (ticket := _ticket(issue))}

    def carry_out(self, step: Step) -> None:
        if step.notification and step.ticket is None:
            content = {**_content(step.notification), "labels": [LABEL]}
            opened = self._ask("POST", self._issues, content)
            if step.remark:
                self._remark(f"{self._issues}/{int(opened.json()['number'])}", step.remark)
        elif step.ticket and step.move is Move.REMARK:
            self._remark(self._at(step.ticket), step.remark)
        elif step.notification and step.ticket:
            self._ask("PATCH", self._at(step.ticket), _content(step.notification))
        elif step.ticket and step.move is Move.CLOSE:
            self._remark(self._at(step.ticket), "No drift any more.")
            self._ask("PATCH", self._at(step.ticket), {"state": "closed"})

    def _remark(self, issue: str, text: str) -> None:
        self._ask("POST", f"{issue}/comments", {"body": text[:LONGEST_BODY]})

    def _at(self, ticket: Ticket) -> str:
        return f"{self._issues}/{ticket.place}"

    def _open(self) -> Iterator[Mapping[str, Any]]:
        url: str | None = f"{self._issues}?state=open&labels={LABEL}&per_page=100"
        while url:
            answer = self._ask("GET", url)
            yield from (issue for issue in answer.json() if "pull_request" not in issue)
            url = answer.links.get("next", {}).get("url")

    def _ask(self, method: str, url: str, body: object = None) -> requests.Response:
        try:
            answer = self._session.request(
                method, url, json=body, timeout=SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise NotificationFailed(f"GitHub cannot be reached: {type(error).__name__}") from error
        if answer.status_code // 100 != 2:
            raise NotificationFailed(
                f"GitHub answered {answer.status_code} to {method} on {self._repository}",
                "give GITHUB_TOKEN the right to write issues there",
            )
        return answer


def _content(notification: DriftNotification) -> Mapping[str, str]:
    mark = f"\n\n<!-- orchestrator {notification.key} {notification.digest} -->"
    return {
        "title": notification.title[:200],
        "body": notification.body[: LONGEST_BODY - len(mark)] + mark,
    }


def _ticket(issue: Mapping[str, Any]) -> Ticket | None:
    found = MARK.search(issue.get("body") or "")
    if found is None:
        return None
    return Ticket(found["key"], str(int(issue["number"])), found["digest"], str(issue["title"]))


log = logging.getLogger(__name__)

KEPT = 5_000
"""A queue hands out the same message again within days, not months."""


class NotifiedEvents:
    """Of one target. Without the file, an event may be reported twice, but is never lost."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> frozenset[str]:
        return frozenset(self._read())

    def add(self, uids: Iterable[str]) -> None:
        known = self._read()
        kept = list(dict.fromkeys((*known, *uids)))[-KEPT:]
        if kept != known:
            try:
                write(self._file, json.dumps(kept))
            except OSError as error:
                log.warning("%s cannot be kept: %s", self._file.name, error)

    def _read(self) -> list[str]:
        try:
            return [str(uid) for uid in json.loads(self._file.read_text("utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            log.warning("%s cannot be read: %s", self._file.name, error)
            return []

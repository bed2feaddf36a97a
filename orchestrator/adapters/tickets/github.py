"""Issues of a GitHub repository. What was told is read from the issues themselves.

Source: GitHub REST API, "Issues": a pull request is listed as an issue, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from orchestrator.errors import NotTold
from orchestrator.model.notice import Move, Notice, Step, Ticket

LABEL = "orchestrator-drift"
MARK = re.compile(r"<!-- orchestrator (?P<key>[a-z0-9-]+) (?P<digest>[0-9a-f]+) -->")
LONGEST = 65_536
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
        if step.notice and step.ticket is None:
            content = {**_content(step.notice), "labels": [LABEL]}
            opened = self._ask("POST", self._issues, content)
            if step.remark:
                self._remark(f"{self._issues}/{int(opened.json()['number'])}", step.remark)
        elif step.ticket and step.move is Move.REMARK:
            self._remark(self._at(step.ticket), step.remark)
        elif step.notice and step.ticket:
            self._ask("PATCH", self._at(step.ticket), _content(step.notice))
        elif step.ticket and step.move is Move.CLOSE:
            self._remark(self._at(step.ticket), "No drift any more.")
            self._ask("PATCH", self._at(step.ticket), {"state": "closed"})

    def _remark(self, issue: str, text: str) -> None:
        self._ask("POST", f"{issue}/comments", {"body": text[:LONGEST]})

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
            raise NotTold(f"GitHub cannot be reached: {type(error).__name__}") from error
        if answer.status_code // 100 != 2:
            raise NotTold(
                f"GitHub answered {answer.status_code} to {method} on {self._repository}",
                "give GITHUB_TOKEN the right to write issues there",
            )
        return answer


def _content(notice: Notice) -> Mapping[str, str]:
    mark = f"\n\n<!-- orchestrator {notice.key} {notice.digest} -->"
    return {"title": notice.title[:200], "body": notice.body[: LONGEST - len(mark)] + mark}


def _ticket(issue: Mapping[str, Any]) -> Ticket | None:
    found = MARK.search(issue.get("body") or "")
    if found is None:
        return None
    return Ticket(found["key"], str(int(issue["number"])), found["digest"], str(issue["title"]))

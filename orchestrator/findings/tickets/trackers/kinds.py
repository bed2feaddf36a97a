"""Opens a team's tracker with the secret that its project names.

A secret is one line: a token, or `user:password`. Which of them, the tracker says.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestrator.findings.matrix import TicketProject
from orchestrator.findings.tickets.trackers import github
from orchestrator.findings.tickets.trackers.api import Api, Ask, Tracker, TrackerError
from orchestrator.findings.tickets.trackers.backlog import Backlog
from orchestrator.findings.tickets.trackers.github import GitHub
from orchestrator.findings.tickets.trackers.gitlab import GitLab
from orchestrator.findings.tickets.trackers.jira import Jira
from orchestrator.findings.tickets.trackers.servicenow import ServiceNow

KEPT = timedelta(minutes=5)
"""How long a secret is believed before it is read again."""
Now = Callable[[], datetime]


def _github(project: TicketProject, secret: str, ask: Ask, now: Now) -> Tracker:
    headers = {**github.HEADERS, "Authorization": f"Bearer {secret}"}
    return GitHub(Api(project.url, headers, ask, now), project.project)


def _gitlab(project: TicketProject, secret: str, ask: Ask, now: Now) -> Tracker:
    """Source: GitLab Docs, "REST API authentication"."""
    return GitLab(Api(project.url, {"PRIVATE-TOKEN": secret}, ask, now), project.project)


def _jira(project: TicketProject, secret: str, ask: Ask, now: Now) -> Tracker:
    """Source: Atlassian, "Basic auth for REST APIs": the account's e-mail address and a token."""
    api = Api(project.url, _basic(secret, "the e-mail address and an API token"), ask, now)
    return Jira(api, project.project, project.issue_type)


def _servicenow(project: TicketProject, secret: str, ask: Ask, now: Now) -> Tracker:
    """Source: ServiceNow product documentation, "REST API authentication", inbound API keys."""
    headers = _basic(secret, "") if ":" in secret else {"x-sn-apikey": secret}
    return ServiceNow(Api(project.url, headers, ask, now), project.project)


def _backlog(project: TicketProject, secret: str, ask: Ask, now: Now) -> Tracker:
    """The key is a part of the query. Source: Nulab, Backlog API, "Authentication"."""
    api = Api(project.url, {}, ask, now, {"apiKey": secret})
    return Backlog(api, project.project, project.issue_type)


KINDS: Mapping[str, Callable[[TicketProject, str, Ask, Now], Tracker]] = {
    "backlog": _backlog,
    "github": _github,
    "gitlab": _gitlab,
    "jira": _jira,
    "servicenow": _servicenow,
}


def _basic(secret: str, what: str) -> dict[str, str]:
    if ":" not in secret:
        raise TrackerError(f"the secret must hold {what}, with a colon between them")
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


class Opener:
    """Reads secrets by name, from Secrets Manager. `secrets` is boto3's client."""

    def __init__(self, secrets: Any, ask: Ask, now: Now) -> None:
        self._secrets = secrets
        self._ask = ask
        self._now = now
        self._kept: dict[str, tuple[datetime, str]] = {}

    def tracker(self, project: TicketProject) -> Tracker:
        """Raises TrackerError, and what AWS raises."""
        make = KINDS.get(project.kind)
        if make is None:
            raise TrackerError(f"there is no tracker of the kind '{project.kind}'")
        return make(project, self._secret(project.secret), self._ask, self._now)

    def _secret(self, name: str) -> str:
        read, secret = self._kept.get(name, (self._now(), ""))
        if not secret or self._now() - read > KEPT:
            answer = self._secrets.get_secret_value(SecretId=name)
            secret = str(answer.get("SecretString", "")).strip()
            if not secret or not secret.isprintable():
                raise TrackerError(f"the secret '{name}' must hold one line of text")
            self._kept[name] = (self._now(), secret)
        return secret

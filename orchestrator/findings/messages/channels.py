"""Ways for a message: SNS for mail and chat, signed webhooks, and a note in Security Hub.

A webhook's signature is HMAC-SHA256 over the time, a dot and the body, as
`X-Orchestrator-Signature: sha256=…` beside `X-Orchestrator-Timestamp`. The receiver makes the same
with the secret both know, compares, and refuses what is older than some minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from orchestrator.findings.errors import AwsError, said
from orchestrator.findings.finding import OURS, Finding
from orchestrator.findings.matrix import Team, Webhook
from orchestrator.findings.messages.message import Written

SECONDS = 5.0
"""For a webhook to answer."""
SECRET_SECONDS = 300
"""How long a secret is believed before it is read again."""

Post = Callable[[str, bytes, Mapping[str, str]], int]
"""Sends a body to a URL; the HTTP status. Raises OSError or http.client.HTTPException."""


class Sender(Protocol):
    """The ways to a team."""

    def send(self, team: Team, written: Written) -> tuple[str, ...]:
        """By every way the team has; what went wrong, empty if nothing did."""


class Senders:
    """SNS and webhooks. `now` gives seconds since 1970."""

    def __init__(self, sns: Any, secrets: Any, post: Post, now: Callable[[], float]) -> None:
        self._sns = sns
        self._secrets = secrets
        self._post = post
        self._now = now
        self._kept: dict[str, tuple[float, bytes]] = {}

    def send(self, team: Team, written: Written) -> tuple[str, ...]:
        problems = []
        if team.email or team.chat:
            problems.append(self._publish(team, written))
        if team.webhook:
            problems.append(self._call(team.webhook, written))
        return tuple(filter(None, problems))

    def _publish(self, team: Team, written: Written) -> str:
        """Mail gets the text; the chat, which listens at an https endpoint, gets the card."""
        text = json.dumps(
            {
                "default": written.text,
                "email": written.text,
                "https": json.dumps(written.card, ensure_ascii=False),
            },
            ensure_ascii=False,
        )
        try:
            self._sns.publish(
                TopicArn=team.topic, Subject=written.subject, Message=text, MessageStructure="json"
            )
        except AwsError as error:
            return f"{team.topic}: {said(error)}"
        return ""

    def _call(self, webhook: Webhook, written: Written) -> str:
        host = urlsplit(webhook.url).hostname or ""
        try:
            body = json.dumps(written.document, ensure_ascii=False).encode()
            secret = self._secret(webhook.secret)
            status = self._post(webhook.url, body, signed(body, secret, int(self._now())))
        except (*AwsError, OSError, ValueError, http.client.HTTPException) as error:
            return f"{host}: {said(error)}"
        return "" if 200 <= status < 300 else f"{host}: HTTP status {status}"

    def _secret(self, name: str) -> bytes:
        read, secret = self._kept.get(name, (0.0, b""))
        if not secret or self._now() - read > SECRET_SECONDS:
            secret = self._secrets.get_secret_value(SecretId=name)["SecretString"].encode()
            self._kept[name] = (self._now(), secret)
        return secret


def signed(body: bytes, secret: bytes, timestamp: int) -> dict[str, str]:
    """The headers of a webhook. Raises ValueError for a secret that is easy to guess."""
    if len(secret) < 16:
        raise ValueError("the webhook's secret is shorter than 16 characters")
    what = str(timestamp).encode() + b"." + body
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "orchestrator",
        "X-Orchestrator-Timestamp": str(timestamp),
        "X-Orchestrator-Signature": f"sha256={hmac.new(secret, what, hashlib.sha256).hexdigest()}",
    }


def post(
    url: str, body: bytes, headers: Mapping[str, str], trust: ssl.SSLContext | None = None
) -> int:
    """Encrypted, to that host alone: a redirect is an answer like any other, not followed.

    `trust` says whose certificates count; by default the system's.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("a webhook's URL begins with https://")
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = http.client.HTTPSConnection(
        parts.hostname, parts.port, timeout=SECONDS, context=trust or ssl.create_default_context()
    )
    try:
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


MOST_CHARACTERS = 512
"""Of a note and of a comment. Source: AWS Security Hub API, NoteUpdate, BatchUpdateFindingsV2."""
STATUS_IDS = {"NOTIFIED": 2, "RESOLVED": 4}
"""What OCSF has for a workflow status: in progress, resolved."""


class Hub(Protocol):
    """Where findings are kept."""

    def note(self, finding: Finding, workflow: str, text: str) -> str:
        """Write a note and a workflow status; what went wrong, '' if nothing did."""


class SecurityHub:
    """The administrator's Security Hub in the home region, which updates members' findings too.

    A finding that came in OCSF is updated as such: the findings of the two hubs have states of
    their own. Both need securityhub:BatchUpdateFindings and no other permission. Source: API model
    of Security Hub, documentation of BatchUpdateFindingsV2.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def note(self, finding: Finding, workflow: str, text: str) -> str:
        try:
            answer = (
                self._v2(finding, workflow, text)
                if finding.v2
                else self._v1(finding, workflow, text)
            )
        except AwsError as error:
            return said(error)
        left = answer.get("UnprocessedFindings", [])
        return f"not taken: {left[0].get('ErrorCode', 'Unknown')}" if left else ""

    def _v1(self, finding: Finding, workflow: str, text: str) -> Any:
        return self._client.batch_update_findings(
            FindingIdentifiers=[{"Id": finding.id, "ProductArn": finding.product_arn}],
            Workflow={"Status": workflow},
            Note={"Text": text[:MOST_CHARACTERS], "UpdatedBy": OURS},
        )

    def _v2(self, finding: Finding, workflow: str, text: str) -> Any:
        """A comment has no author: ours begin with our name."""
        identifier = {
            "CloudAccountUid": finding.account,
            "FindingInfoUid": finding.id,
            "MetadataProductUid": finding.product_arn,
        }
        return self._client.batch_update_findings_v2(
            FindingIdentifiers=[identifier],
            StatusId=STATUS_IDS[workflow],
            Comment=f"{OURS}: {text}"[:MOST_CHARACTERS],
        )

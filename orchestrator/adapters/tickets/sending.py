"""Steps sent by SNS or to a webhook."""

from __future__ import annotations

import http.client
import json
import time

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.tickets.kept import Send, told
from orchestrator.errors import AwsDenied, NotTold
from orchestrator.findings.messages.sending import Post, post, signed
from orchestrator.model.notice import Step

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
            raise NotTold(str(error), f"let this identity publish to {topic}") from error

    return send


def by_webhook(url: str, secret: str, send_to: Post = post) -> Send:
    """To an https address, signed as the findings' messages are."""

    def send(step: Step) -> None:
        body = json.dumps({"version": 1, **told(step)}, ensure_ascii=False).encode()
        try:
            status = send_to(url, body, signed(body, secret.encode(), int(time.time())))
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise NotTold(f"the webhook was not reached: {error}") from error
        if not 200 <= status < 300:
            raise NotTold(f"the webhook answered {status}")

    return send

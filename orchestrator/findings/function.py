"""The Lambda function: findings from the queue, and a tick from the scheduler.

Everything that lives longer than one invocation (clients, the matrix, an answer of the kill switch)
is made by the first. Logs are JSON lines; metrics are in them, in CloudWatch's embedded format.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from botocore.session import Session

from orchestrator.findings.answers import keep_unmodelled
from orchestrator.findings.batches import SPARE, Batch, work
from orchestrator.findings.environment import Settings, parts, patient, read_matrix
from orchestrator.findings.event_reader import clean
from orchestrator.findings.progress import Message
from orchestrator.findings.router import Router

NAMESPACE = "Orchestrator/Findings"
TICK = "tick"


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """What Lambda calls."""
    app = _app()
    end = datetime.now(UTC) + timedelta(milliseconds=context.get_remaining_time_in_millis())
    if event.get("orchestrator") == TICK:
        return app.tick(Message(f"tick-{context.aws_request_id}", end + SPARE))
    return app.batch(event.get("Records", []), end)


class App:
    """The function, made once."""

    def __init__(self, router: Router, dead: DeadLetterQueue) -> None:
        self._router = router
        self._dead = dead

    def batch(self, records: Iterable[Mapping[str, Any]], end: datetime) -> dict[str, Any]:
        """Messages of the queue. What is left unanswered comes again."""
        batch = work(records, self._router, self._dead, lambda: datetime.now(UTC), end)
        _log(batch.lines, batch.words)
        return batch.answer

    def tick(self, message: Message) -> dict[str, Any]:
        """What is due."""
        routed = self._router.tick(message)
        batch = Batch(words=Counter(each.word for each in routed))
        _log([{"problems": each.problems} for each in routed if each.problems], batch.words)
        return dict(batch.words)


class DeadLetterQueue:
    """The dead-letter queue, with the reason as an attribute of the message."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def put(self, body: str, reason: str) -> None:
        text = clean(reason, 250) or "unknown"
        attributes = {"reason": {"DataType": "String", "StringValue": text}}
        self._client.send_message(
            QueueUrl=self._url, MessageBody=body or " ", MessageAttributes=attributes
        )


@cache
def _app() -> App:
    settings = Settings.of(os.environ)
    known = read_matrix(settings.matrix)
    core = Session()
    keep_unmodelled(core)
    session = boto3.Session(botocore_session=core)
    sqs = session.client("sqs", region_name=known.home_region, config=patient())
    router = Router(parts(settings, session, known))
    return App(router, DeadLetterQueue(sqs, settings.dead_letters))


def _log(lines: Iterable[Mapping[str, Any]], words: Mapping[str, int]) -> None:
    counted = [metrics(words, datetime.now(UTC))] if words else []
    for line in (*lines, *counted):
        print(json.dumps(line))  # noqa: T201  Lambda's log is what is printed


def metrics(words: Mapping[str, int], now: datetime) -> dict[str, Any]:
    """Counts for CloudWatch. Source: CloudWatch User Guide, "Embedded metric format"."""
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [[]],
        "Metrics": [{"Name": word, "Unit": "Count"} for word in sorted(words)],
    }
    head = {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [definition]}
    return {"_aws": head, **dict(sorted(words.items()))}

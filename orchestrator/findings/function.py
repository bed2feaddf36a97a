"""The Lambda function: findings from the queue, in batches, and a tick from the scheduler.

Each message of a batch is routed, sent back to the queue, or put into the dead-letter queue with a
reason. The first invocation makes everything that lives longer than one: clients, the matrix, an
answer of the kill switch. Logs are JSON lines, with metrics in CloudWatch's embedded format.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Protocol

import boto3
from botocore.session import Session

from orchestrator.findings.answers import keep_unmodelled
from orchestrator.findings.environment import Settings, parts, patient, read_matrix
from orchestrator.findings.errors import AwsError, Retry, said
from orchestrator.findings.event_reader import clean
from orchestrator.findings.events import parse
from orchestrator.findings.finding import Finding, Malformed
from orchestrator.findings.progress import Message
from orchestrator.findings.router import Router

ENOUGH = timedelta(seconds=40)
"""What one message may take. With less time than that left, the rest goes back to the queue."""

SPARE = timedelta(seconds=5)
"""After an invocation's end, before another may take over what it held."""

Line = dict[str, Any]


class DeadLetters(Protocol):
    """Where messages go that nothing can be done with."""

    def put(self, body: str, reason: str) -> None:
        """Put `body` aside. Raises ClientError."""


@dataclass(slots=True)
class Batch:
    """What became of a batch. `failed` are ids of messages that come again."""

    failed: list[str] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)

    @property
    def answer(self) -> dict[str, list[dict[str, str]]]:
        """As Lambda wants it. Source: AWS Lambda Developer Guide, "Partial batch responses"."""
        return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in self.failed]}


def work(
    records: Iterable[Mapping[str, Any]], router: Router, dead: DeadLetters, now: Any, end: datetime
) -> Batch:
    """Route every message. `end` is when the invocation is over at the latest."""
    batch = Batch()
    for record in records:
        id_ = str(record.get("messageId", ""))
        if now() + ENOUGH > end:
            _again(batch, id_, "no time is left")
            continue
        try:
            _message(batch, router, dead, str(record.get("body", "")), Message(id_, end + SPARE))
        except Retry as retry:
            _again(batch, id_, str(retry))
        except AwsError as error:
            _again(batch, id_, said(error))
        except Exception as error:  # noqa: BLE001  a mistake of ours must not stop the others
            _again(batch, id_, f"{type(error).__name__}: {clean(str(error), 200)}")
            batch.words["mistake"] += 1
    return batch


def _again(batch: Batch, id_: str, why: str) -> None:
    batch.failed.append(id_)
    batch.words["retry"] += 1
    batch.lines.append({"message": id_, "word": "retry", "why": why})


def _message(batch: Batch, router: Router, dead: DeadLetters, body: str, message: Message) -> None:
    found = parse(_json(body))
    reasons = [each.reason for each in found if isinstance(each, Malformed)]
    for each in found:
        if isinstance(each, Finding):
            _finding(batch, router, each, message)
    if reasons:
        reason = "; ".join(reasons[:3])
        dead.put(body, reason)
        batch.words["malformed"] += len(reasons)
        if v2 := sum(isinstance(each, Malformed) and each.v2 for each in found):
            batch.words["malformed_v2"] += v2
        batch.lines.append({"message": message.id, "word": "malformed", "why": reason})


def _finding(batch: Batch, router: Router, finding: Finding, message: Message) -> None:
    routed = router.route(finding, message)
    batch.words[routed.word] += 1
    if routed.problems:
        batch.words["problem"] += len(routed.problems)
    line = {
        "word": routed.word,
        "account": finding.account,
        "region": finding.region,
        "control": finding.control,
        "resource": finding.resource,
        "finding": finding.id,
    }
    batch.lines.append({**line, **({"problems": routed.problems} if routed.problems else {})})


def _json(body: str) -> Any:
    """The body; None, which is not an event, if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


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
        if problems := sum(len(each.problems) for each in routed):
            batch.words["problem"] += problems
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

"""A batch of the queue's messages: each is routed, sent back, or put aside with a reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

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

"""Findings once more: those put aside in the dead-letter queue, and those whose fix went wrong.

They go back into the queue, and so through the same door as everything else: what has been done
meanwhile is not done again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from orchestrator.findings.events import CUSTOM
from orchestrator.findings.records import Outcome, Record

AGAIN = frozenset({Outcome.DENIED, Outcome.FAILED, Outcome.HELD, Outcome.STOPPED, Outcome.FIXING})
"""Outcomes that another time may be better."""
MOST_IDS = 20
"""In one question. Source: AWS Security Hub API Reference, AwsSecurityFindingFilters."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many went back, and what stays where it is, each with the reason."""

    sent: int
    left: tuple[str, ...] = ()


def dead_letters(
    sqs: Any, dead: str, queue: str, most: int = 1000, *, malformed: bool = False
) -> Replayed:
    """Messages of the dead-letter queue `dead` back to `queue`; malformed ones only if asked for.

    A message that stays is seen again by others after a minute.
    """
    sent, left = 0, list[str]()
    while sent + len(left) < most:
        answer = sqs.receive_message(
            QueueUrl=dead,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["reason"],
            VisibilityTimeout=60,
            WaitTimeSeconds=1,
        )
        messages = answer.get("Messages", [])
        if not messages:
            break
        for message in messages:
            attributes = message.get("MessageAttributes", {})
            reason = attributes.get("reason", {}).get("StringValue", "")
            if reason and not malformed:
                left.append(reason)
                continue
            sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            sent += 1
    return Replayed(sent, tuple(left))


def records(hub: Any, sqs: Any, queue: str, chosen: Iterable[Record]) -> Replayed:
    """The findings of records, as Security Hub has them now, as if a person had sent them."""
    wanted = {record.finding: record for record in chosen if record.outcome in AGAIN}
    ids, sent, found = list(wanted), 0, set()
    for start in range(0, len(ids), MOST_IDS):
        some = ids[start : start + MOST_IDS]
        filters = {"Id": [{"Value": id_, "Comparison": "EQUALS"} for id_ in some]}
        for finding in hub.get_findings(Filters=filters, MaxResults=100)["Findings"]:
            sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(_event(finding), default=str))
            found.add(finding["Id"])
            sent += 1
    gone = (wanted[id_].id for id_ in ids if id_ not in found)
    return Replayed(sent, tuple(f"{id_}: Security Hub has no such finding" for id_ in gone))


def _event(finding: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "detail-type": CUSTOM,
        "source": "aws.securityhub",
        "detail": {"findings": [finding]},
    }

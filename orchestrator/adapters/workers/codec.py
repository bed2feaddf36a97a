"""What machines hand each other, as JSON. Raises ValueError, KeyError or TypeError for what is not.

Inputs, results and what happened are written as lines of a journal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orchestrator.adapters.aws.run_copies import RUN
from orchestrator.documents import events, read_key, read_line, run
from orchestrator.model.events import Entry, Inputs, StackEnded
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.run import StackResult
from orchestrator.model.submission import Batch, Cancelled, Item, Submission
from orchestrator.model.waves import FailureMode

VERSION = 1
CHECK = "check"
ACCOUNT = re.compile(r"[0-9]{12}")


def items_text(items: Iterable[Item], place: StackKey) -> bytes:
    """What the state machine reads. A check is of no account; `place` stands for it."""
    return json.dumps([_item_document(item, place) for item in items]).encode()


def _item_document(item: Item, place: StackKey) -> Mapping[str, str]:
    key = item.key or place
    return {
        "run": item.run,
        "item": item.name if item.key else CHECK,
        "account_id": key.account_id,
        "account_name": key.account_name,
        "stack": str(key.stack) if item.key else "",
        "wave": item.batch,
    }


def item(document: Any) -> Item:
    """What a worker was given. Its run becomes part of a key, and is nothing but an id."""
    run, batch = str(document["run"]), str(document["wave"])
    if not RUN.fullmatch(run):
        raise ValueError(f"'{run}' is not the id of a run")
    if document["item"] == CHECK:
        return Item(run, batch)
    account = str(document["account_id"])
    if not ACCOUNT.fullmatch(account):
        raise ValueError(f"'{account}' is not an account id")
    name, stack = str(document["account_name"]), StackName(document["stack"])
    return Item(run, batch, StackKey(AccountId(account), name, stack))


def submission_text(submission: Submission) -> bytes:
    document = {
        "version": VERSION,
        "project": submission.project,
        "asked": json.loads(events.line(Entry(submission.at, submission.inputs))),
        "lots": [_batch_document(batch) for batch in submission.batches],
    }
    return json.dumps(document).encode()


def submission(content: bytes) -> Submission:
    document = json.loads(content)
    if document["version"] != VERSION:
        raise ValueError(f"version {document['version']} is not known here")
    entry = read_line(json.dumps(document["asked"]))
    if not isinstance(entry.said, Inputs):
        raise TypeError("it does not say what was asked")
    batches = tuple(_batch(batch) for batch in document["lots"])
    return Submission(entry.said, entry.at, str(document["project"]), batches)


def _batch_document(batch: Batch) -> Mapping[str, object]:
    return {
        "name": batch.name,
        "stacks": [run.stack(key) for key in batch.keys],
        "width": batch.width,
        "tolerated": batch.tolerated,
        "mode": batch.mode and str(batch.mode),
        "checked": batch.checked,
    }


def _batch(document: Any) -> Batch:
    tolerated, mode = document["tolerated"], document["mode"]
    return Batch(
        str(document["name"]),
        tuple(read_key(key) for key in document["stacks"]),
        int(document["width"]),
        None if tolerated is None else int(tolerated),
        FailureMode(mode) if mode else None,
        bool(document["checked"]),
    )


def result_text(result: StackResult, at: datetime) -> bytes:
    return events.line(Entry(at, StackEnded(result))).encode()


def result(content: bytes) -> StackResult:
    said = read_line(content.decode()).said
    if not isinstance(said, StackEnded):
        raise TypeError("it is not a result")
    return said.result


def unhealthy_text(unhealthy: str) -> bytes:
    return json.dumps({"ails": unhealthy}).encode()


def unhealthy(content: bytes) -> str:
    """What is wrong after a batch, '' if nothing is."""
    return str(json.loads(content)["ails"])


def lines(entries: Sequence[Entry]) -> bytes:
    return "".join(f"{events.line(entry)}\n" for entry in entries).encode()


def entries(content: bytes) -> tuple[Entry, ...]:
    return tuple(read_line(line) for line in content.decode().splitlines())


def cancelled_text(cancelled: Cancelled) -> bytes:
    said = {"who": cancelled.who, "reason": cancelled.reason, "at": cancelled.at.isoformat()}
    return json.dumps(said).encode()


def cancelled(content: bytes) -> Cancelled:
    said = json.loads(content)
    at = datetime.fromisoformat(said["at"])
    return Cancelled(str(said["who"]), str(said["reason"]), at)

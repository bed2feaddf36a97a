"""From a queue to a function: batches, what failed comes again, what fails too often is set aside.

moto calls the function once for every message, while whoever sent it waits, and knows nothing of
partial failures.
Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS".
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.awslambda.utils import get_backend
from moto.sqs.models import sqs_backends

from orchestrator.sandbox import handover
from orchestrator.sandbox.extend import AwsError, Json
from orchestrator.sandbox.services.awslambda import models, runner

log = logging.getLogger(__name__)

AT_ONCE = 3
"""Processes of one mapping; each costs a second of a processor before it does anything."""
WINDOW = 0.2
"""Seconds in which a batch gathers."""
AGAIN = 2.0
"""Seconds after which what failed is seen again, more each time; on AWS the queue's visibility
timeout."""
PARTIAL = "ReportBatchItemFailures"
_LOCK = threading.Lock()
_POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="poller")


def create_event_source_mapping(original: Callable[..., Any], self: Any, spec: Json) -> Any:
    """Take the mapping of a queue from moto, which would call the function itself.

    Source: AWS Lambda API Reference, CreateEventSourceMapping: the role is looked at first.
    """
    problem = models.at_creation(self, spec)
    if problem:
        raise AwsError("InvalidParameterValueException", problem)
    mapping = original(self, spec)
    queue = _queue(mapping.event_source_arn)
    if queue is not None:
        queue.lambda_event_source_mappings.pop(mapping.function_arn, None)
        _pollers(queue)[mapping.function_arn] = mapping
        _wake(queue, mapping)
    return mapping


def delete_event_source_mapping(original: Callable[..., Any], self: Any, uuid: str) -> Any:
    """Let go of the queue, which moto would go on to consume."""
    mapping = original(self, uuid)
    queue = _queue(mapping.event_source_arn) if mapping is not None else None
    if queue is not None:
        _pollers(queue).pop(mapping.function_arn, None)
    return mapping


def add_message(original: Callable[..., None], self: Any, message: Any) -> None:
    """What `Queue.add_message` does; then those who poll the queue find it."""
    original(self, message)
    for mapping in list(_pollers(self).values()):
        _wake(self, mapping)


def _queue(arn: str) -> Any:
    if ":sqs:" not in arn:
        return None
    _, _, _, region, account_id, name = arn.split(":")
    return sqs_backends[account_id][region].queues.get(name)


def _pollers(queue: Any) -> dict[str, Any]:
    found: dict[str, Any] = queue.__dict__.setdefault("pollers", {})
    return found


def _wake(queue: Any, mapping: Any) -> None:
    with _LOCK:
        busy = mapping.__dict__.get("busy", 0)
        if not mapping.enabled or busy >= AT_ONCE:
            return
        mapping.busy = busy + 1
    _POOL.submit(_drain, queue, mapping)


def _drain(queue: Any, mapping: Any) -> None:
    """Batch after batch, until the queue has nothing to show."""
    try:
        time.sleep(WINDOW)
        while mapping.enabled and _is_current(queue, mapping) and _batch(queue, mapping):
            pass
        if mapping.__dict__.get("problem"):
            _later(queue, mapping)
    except Exception:
        log.exception("polling %s failed", queue.queue_arn)
    finally:
        with _LOCK:
            mapping.busy -= 1


def _later(queue: Any, mapping: Any) -> None:
    """Look again: whoever mends a role tells nobody."""
    again = threading.Timer(AGAIN, _wake, (queue, mapping))
    again.daemon = True
    again.start()


def _is_current(queue: Any, mapping: Any) -> bool:
    """Not deleted since, nor forgotten by a reset."""
    known = _queue(queue.queue_arn) is queue
    return known and _pollers(queue).get(mapping.function_arn) is mapping


def _batch(queue: Any, mapping: Any) -> bool:
    """Hand one batch to the function; whether there was one."""
    backend = sqs_backends[queue.account_id][queue.region]
    function = get_backend(queue.account_id, queue.region).get_function(mapping.function_arn)
    if _stopped(queue, mapping, models.refused(function, queue.queue_arn)):
        return False
    messages = backend.receive_message(
        queue.name, mapping.batch_size, 0, queue.visibility_timeout, ["All"]
    )
    if not messages:
        return False
    failed = _failed(mapping, _call(queue, function, messages), messages)
    for message in messages:
        if message.id not in failed:
            backend.delete_message(queue.name, message.receipt_handle)
    if failed:
        time.sleep(AGAIN * max(message.approximate_receive_count for message in messages))
        for message in messages:
            if message.id in failed:
                backend.change_message_visibility(queue.name, message.receipt_handle, 0)
    return True


def _stopped(queue: Any, mapping: Any, problem: str) -> bool:
    """Whether the role keeps Lambda from the queue; said once for each reason."""
    if problem and problem != mapping.__dict__.get("problem"):
        drop = handover.Drop("lambda", queue.queue_arn, mapping.function_arn, problem, "Waits")
        handover.note(drop)
    mapping.problem = problem
    mapping.last_processing_result = f"PROBLEM: {problem}" if problem else "OK"
    return bool(problem)


def _call(queue: Any, function: Any, messages: list[Any]) -> runner.Outcome:
    records = [_record(queue, message) for message in messages]
    return runner.invoke(lambda *_: None, function, {"Records": records})


def _failed(mapping: Any, outcome: runner.Outcome, messages: list[Any]) -> set[str]:
    """The messages that come again. All of them, when the answer cannot be understood."""
    everything = {message.id for message in messages}
    payload, raised, _ = outcome
    if raised:
        return everything
    if PARTIAL not in (mapping.function_response_types or ()):
        return set()
    try:
        answer = json.loads(payload) or {}
        failed = {each["itemIdentifier"] for each in answer.get("batchItemFailures") or ()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return everything
    return failed if failed <= everything else everything


def _record(queue: Any, message: Any) -> Json:
    attributes = {
        name: {"stringValue": value.get("string_value"), "dataType": value.get("data_type")}
        for name, value in message.message_attributes.items()
    }
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": attributes,
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.queue_arn,
        "awsRegion": queue.region,
    }

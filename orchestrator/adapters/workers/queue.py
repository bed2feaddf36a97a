"""Items by Amazon SQS, answered to Step Functions: see ports.workers.WorkQueue."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.workers import codec
from orchestrator.adapters.workers.records import items_key
from orchestrator.errors import UsageError
from orchestrator.model.submission import Submission, steps
from orchestrator.ports.workers import Delivery, Progress

log = logging.getLogger(__name__)
OVER = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
"""The task has ended, however it did. Source: Step Functions API Reference, SendTaskHeartbeat."""

GONE = frozenset(
    {
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)
"""The message is another's by now, or was removed; for that SQS also calls the receipt's value
invalid. Source: Amazon SQS API Reference, ChangeMessageVisibility.
"""


class SqsQueue:
    """With the caller's own credentials, which may do this and assume the runner role."""

    def __init__(self, session: AwsSession, name: str) -> None:
        self._session, self._name = session, name

    @cached_property
    def _url(self) -> str:
        return str(self._session.call("sqs", "GetQueueUrl", QueueName=self._name)["QueueUrl"])

    def receive(self, seconds: int) -> Delivery | None:
        """What is not one of our items is left there, for the queue for dead letters."""
        found = self._session.call(
            "sqs", "ReceiveMessage", QueueUrl=self._url, WaitTimeSeconds=min(seconds, 20)
        ).get("Messages", [])
        return _delivery(found[0]) if found else None

    def keep(self, delivery: Delivery, seconds: int) -> None:
        self._message("ChangeMessageVisibility", delivery, VisibilityTimeout=seconds)

    def remove(self, delivery: Delivery) -> None:
        self._message("DeleteMessage", delivery)

    def heartbeat(self, delivery: Delivery) -> bool:
        return self._task("SendTaskHeartbeat", delivery)

    def succeed(self, delivery: Delivery, said: Mapping[str, str]) -> None:
        self._task("SendTaskSuccess", delivery, output=json.dumps(said))

    def fail(self, delivery: Delivery, error: str, cause: str) -> None:
        self._task("SendTaskFailure", delivery, error=error, cause=cause)

    def _message(self, operation: str, delivery: Delivery, **more: Any) -> None:
        named = {"QueueUrl": self._url, "ReceiptHandle": delivery.receipt}
        try:
            self._session.call("sqs", operation, **named, **more)
        except Refused as refusal:
            if refusal.code not in GONE:
                raise
            log.debug("%s: the message is not ours any more", delivery.item)

    def _task(self, operation: str, delivery: Delivery, **more: Any) -> bool:
        try:
            self._session.call("stepfunctions", operation, taskToken=delivery.token, **more)
        except Refused as refusal:
            if refusal.code not in OVER:
                raise
            return False
        return True


def _delivery(message: Mapping[str, Any]) -> Delivery | None:
    try:
        body = json.loads(message["Body"])
        return Delivery(codec.item(body["item"]), str(body["token"]), str(message["ReceiptHandle"]))
    except (ValueError, KeyError, TypeError) as error:
        log.error("message %s is not an item: %s", message.get("MessageId"), error)
        return None


LONGEST = 250
"""Characters of what is said of a stop; source: API Reference, StopExecution, error: 256."""

PROGRESS = {"RUNNING": Progress.RUNNING, "SUCCEEDED": Progress.ENDED}


class StepFunctionsExecutor:
    """`machine` is the state machine's ARN; the executions have the runs' names."""

    def __init__(self, session: AwsSession, machine: str, bucket: str) -> None:
        self._session, self._machine, self._bucket = session, machine, bucket

    def begin(self, submission: Submission) -> None:
        run = submission.inputs.run
        text = json.dumps({"run": run, "bucket": self._bucket, "waves": _waves(submission)})
        try:
            self._session.call(
                "stepfunctions",
                "StartExecution",
                stateMachineArn=self._machine,
                name=run,
                input=text,
            )
        except Refused as refusal:
            if refusal.code == "ExecutionAlreadyExists":
                raise UsageError(f"run '{run}' was begun before") from refusal
            if refusal.code == "StateMachineDoesNotExist":
                refusal.fix = "set organization.runner.enabled, and run 'orchestrator bootstrap'"
            raise

    def stop(self, run: str, why: str) -> None:
        try:
            self._session.call(
                "stepfunctions",
                "StopExecution",
                executionArn=self._execution(run),
                error="Cancelled",
                cause=why[:LONGEST],
            )
        except Refused as refusal:
            if refusal.code != "ExecutionDoesNotExist":
                raise

    def progress(self, run: str) -> Progress:
        found = self._session.call(
            "stepfunctions", "DescribeExecution", executionArn=self._execution(run)
        )
        return PROGRESS.get(found["status"], Progress.STOPPED)

    def _execution(self, run: str) -> str:
        return f"{self._machine.replace(':stateMachine:', ':execution:')}:{run}"


def _waves(submission: Submission) -> list[Mapping[str, object]]:
    """Without a mode a batch is brought to its end, so any number of its items may fail."""
    run = submission.inputs.run
    return [
        {
            "name": batch.name,
            "items_key": items_key(run, number),
            "max_concurrency": batch.width,
            "tolerated_failure_count": batch.tolerated
            if batch.tolerated is not None and (batch.mode or not batch.keys)
            else len(handed_out),
        }
        for number, (batch, handed_out) in enumerate(steps(submission))
    ]

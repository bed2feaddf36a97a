from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.workers.queue import SqsQueue, StepFunctionsExecutor
from orchestrator.errors import UsageError
from orchestrator.model.submission import Batch
from orchestrator.model.waves import FailureMode
from orchestrator.ports.workers import Delivery, Progress
from tests.unit.rollout.workers.worker_fakes import ORDERS, PAYMENTS, RUN, a_submission

BODY = {
    "item": {
        "run": RUN,
        "item": "200000000006-account",
        "account_id": "200000000006",
        "account_name": "orders",
        "stack": "account",
        "wave": "wave canary",
    },
    "token": "a-token",
}


@dataclass
class FakeSession(AwsSession):
    """Answers, or refuses with a code."""

    answers: dict[str, Any] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        self.asked.append((f"{service}:{operation}{region}", dict(parameters)))
        if code := self.refusals.get(operation):
            raise Refused("200000000001", "worker", operation, code, code)
        return self.answers.get(operation, {"QueueUrl": "https://queue"})


def a_queue(**given: Any) -> tuple[SqsQueue, FakeSession]:
    session = FakeSession(**given)
    return SqsQueue(session, "orchestrator-runner"), session


def received(body: object) -> tuple[SqsQueue, FakeSession]:
    text = body if isinstance(body, str) else json.dumps(body)
    message = {"MessageId": "m-1", "ReceiptHandle": "a-receipt", "Body": text}
    return a_queue(
        answers={
            "ReceiveMessage": {"Messages": [message]},
            "GetQueueUrl": {"QueueUrl": "https://queue"},
        }
    )


def a_delivery() -> Delivery:
    found = received(BODY)[0].receive(1)
    assert found is not None
    return found


def test_a_message_is_an_item_a_token_and_a_receipt() -> None:
    delivery = a_delivery()

    assert (delivery.item.key, delivery.item.batch) == (ORDERS.key, "wave canary")
    assert (delivery.token, delivery.receipt) == ("a-token", "a-receipt")


@pytest.mark.parametrize(
    "body", ["nonsense", "[]", "{}", {"item": BODY["item"]}, {**BODY, "item": {"run": RUN}}]
)
def test_what_is_no_item_is_left_for_the_dead_letters(body: object) -> None:
    queue, session = received(body)

    assert queue.receive(1) is None
    assert [name for name, _ in session.asked] == ["sqs:GetQueueUrl", "sqs:ReceiveMessage"]


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_token_that_has_ended_is_no_error(code: str) -> None:
    queue, _ = a_queue(refusals={"SendTaskHeartbeat": code, "SendTaskFailure": code})

    assert not queue.heartbeat(a_delivery())
    queue.fail(a_delivery(), "failed", "why")


def test_a_worker_that_may_not_answer_says_so() -> None:
    queue, _ = a_queue(refusals={"SendTaskHeartbeat": "AccessDeniedException"})

    with pytest.raises(Refused):
        queue.heartbeat(a_delivery())


def test_a_message_that_another_has_by_now_is_no_error() -> None:
    queue, _ = a_queue(refusals={"DeleteMessage": "ReceiptHandleIsInvalid"})

    queue.remove(a_delivery())


def begun(**given: Any) -> dict[str, Any]:
    canary = Batch("wave canary", (ORDERS.key,), 1, 0, FailureMode.STRICT, checked=True)
    rest = Batch("wave rest", (PAYMENTS.key,), 1, 0)
    session = FakeSession(**given)
    an_executor(session).begin(a_submission(canary, rest))
    ((_, asked),) = session.asked
    return asked


def an_executor(session: FakeSession) -> StepFunctionsExecutor:
    return StepFunctionsExecutor(session, "arn:aws:states:x:1:stateMachine:m", "a-bucket")


def test_a_run_begins_under_its_own_name_with_its_waves_in_order() -> None:
    asked = begun()

    assert asked["name"] == RUN
    assert json.loads(asked["input"]) == {
        "run": RUN,
        "bucket": "a-bucket",
        "waves": [
            {
                "name": "wave canary",
                "items_key": f"runs/{RUN}/items/00.json",
                "max_concurrency": 1,
                "tolerated_failure_count": 0,
            },
            {
                "name": "check after wave canary",
                "items_key": f"runs/{RUN}/items/01.json",
                "max_concurrency": 1,
                "tolerated_failure_count": 0,
            },
            {
                "name": "wave rest",
                "items_key": f"runs/{RUN}/items/02.json",
                "max_concurrency": 1,
                "tolerated_failure_count": 1,
            },
        ],
    }


def test_a_run_begins_once() -> None:
    with pytest.raises(UsageError, match="was begun before"):
        begun(refusals={"StartExecution": "ExecutionAlreadyExists"})


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("RUNNING", Progress.RUNNING),
        ("SUCCEEDED", Progress.ENDED),
        ("FAILED", Progress.STOPPED),
        ("TIMED_OUT", Progress.STOPPED),
        ("ABORTED", Progress.STOPPED),
    ],
)
def test_how_far_a_run_is_says_its_execution(status: str, progress: Progress) -> None:
    session = FakeSession(answers={"DescribeExecution": {"status": status}})

    assert an_executor(session).progress(RUN) is progress
    assert session.asked[0][1]["executionArn"] == f"arn:aws:states:x:1:execution:m:{RUN}"


def test_a_run_that_was_never_begun_can_be_called_off() -> None:
    an_executor(FakeSession(refusals={"StopExecution": "ExecutionDoesNotExist"})).stop(RUN, "why")

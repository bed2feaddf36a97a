"""Task tokens: good while their task waits, then never again.

Source: AWS Step Functions API Reference, SendTaskHeartbeat: TaskTimedOut is the answer for a task
that no longer exists, because it ended, timed out, or its execution was stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)

from orchestrator.sandbox.extend import AwsError, Json


def close(original: Callable[[Any], None], self: Any) -> None:
    """`CallbackEndpoint.interrupt_all` is called when its task is over, however it went."""
    self.is_over = True
    original(self)


def listen(original: Callable[..., Any], self: Any, *args: Any, **named: Any) -> Any:
    """An answer may be there before the task listens; moto would then wait for a heartbeat."""
    endpoint = original(self, *args, **named)
    if self.get_outcome() is not None:
        endpoint.notify()
    return endpoint


def attempt(original: Callable[..., None], self: Any, env: Any) -> None:
    """`ExecutionState._evaluate_with_timeout`: each attempt at a task has a token of its own."""
    context = env.states.context_object
    if "Task" in context.context_object_data and context.context_object_data["State"]["RetryCount"]:
        env.callback_pool_manager.add(context.update_task_token())
    original(self, env)


def heartbeat(backend: Any, token: str, _: Json) -> None:
    _endpoint(backend, token).notify_heartbeat()


def success(backend: Any, token: str, given: Json) -> None:
    _endpoint(backend, token).notify(CallbackOutcomeSuccess(token, given["output"]))


def failure(backend: Any, token: str, given: Json) -> None:
    outcome = CallbackOutcomeFailure(token, given["error"] or "", given["cause"] or "")
    _endpoint(backend, token).notify(outcome)


SENDS: Mapping[str, Callable[[Any, str, Json], None]] = {
    "failure": failure,
    "heartbeat": heartbeat,
    "success": success,
}


def _endpoint(backend: Any, token: str) -> Any:
    """Where the task of `token` listens. Raises AwsError for one that does not."""
    for execution in list(backend._get_executions()):
        environment = execution.exec_worker.env
        endpoint = environment.callback_pool_manager.get(token) if environment else None
        if endpoint is not None:
            return _open(execution, endpoint)
    raise AwsError("InvalidToken", f"Invalid Token: '{token}'")


def _open(execution: Any, endpoint: Any) -> Any:
    answered = endpoint.get_outcome() is not None or getattr(endpoint, "is_over", False)
    if answered or execution.status != "RUNNING":
        reason = "Provided task does not exist anymore"
        raise AwsError("TaskTimedOut", f"Task Timed Out: '{reason}'")
    return endpoint

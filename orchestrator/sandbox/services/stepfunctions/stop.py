"""The end of an execution before its time: its own, or that of the items of a map."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus

STARTS_WITHIN = 10.0


def stop(execution: Any, error: str | None, cause: str | None) -> None:
    """Abort what runs; an execution that has ended stays as it is."""
    if execution.status != ExecutionStatus.RUNNING.value:
        return
    environment = _environment(execution)
    moment = datetime.datetime.now(tz=datetime.UTC)
    environment.set_stop(stop_date=moment, cause=cause, error=error)
    execution.error, execution.cause = error or None, cause or None
    execution.exec_status, execution.stop_date = ExecutionStatus.ABORTED, moment
    release(environment)


def reflect(original: Callable[[Any], None], self: Any) -> None:
    """`_reflect_execution_status`, when the last of it has ended: who was stopped stays stopped."""
    if self.execution.exec_status != ExecutionStatus.ABORTED:
        original(self)


def abandon(environment: Any) -> None:
    """Stop what runs inside of `environment`, but not itself: the items of a map that failed."""
    moment = datetime.datetime.now(tz=datetime.UTC)
    for frame in list(environment._frames):
        frame.set_stop(stop_date=moment, cause=None, error=None)
    release(environment)


def release(environment: Any) -> None:
    """Let nothing wait for a task token any more."""
    for endpoint in list(environment.callback_pool_manager._pool.values()):
        endpoint.interrupt_all()


def _environment(execution: Any) -> Any:
    """An execution has one a moment after it was started."""
    until = time.monotonic() + STARTS_WITHIN
    while execution.exec_worker.env is None and time.monotonic() < until:
        time.sleep(0.01)
    return execution.exec_worker.env

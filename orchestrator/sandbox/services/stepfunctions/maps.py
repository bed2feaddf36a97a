"""A distributed map that tolerates as many failures as it says, and no more.

moto tolerates any number. When there are more, the items that run are stopped, those that wait
never start, and the map fails.
Source: AWS Step Functions Developer Guide, "Setting failure thresholds for Distributed Map states".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType, MapRunFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from orchestrator.sandbox.services.stepfunctions import stop

EXCEEDED = StatesErrorNameType.StatesExceedToleratedFailureThreshold
CAUSE = "The specified tolerated failure threshold was exceeded"


def run(original: Callable[..., None], self: Any, env: Any, eval_input: Any) -> None:
    """`DistributedIterationComponent._map_run`: a map that fails leaves nothing running."""
    try:
        original(self, env=env, eval_input=eval_input)
    except FailureEventException:
        stop.abandon(env)
        raise


def item(original: Callable[..., None], self: Any, env: Any, job: Any) -> None:
    """`DistributedItemProcessorWorker._eval_job`; a job's output that is an error ends the map."""
    record = self._map_run_record
    if not self._env.is_running():
        record.item_counter.aborted.count()
        return
    original(self, env=env, job=job)
    if _failed(record) > record.tolerated_failure_count and _share_exceeded(record):
        job.job_output = _exceeded(env)


def all_items(_: Callable[..., None], self: Any, job: Any, worker_frame: Any) -> None:
    """`_eval_pool`, as a loop: moto goes one call deeper for each item of a worker."""
    while job is not None:
        frame = worker_frame.open_inner_frame()
        self._eval_job(env=frame, job=job)
        worker_frame.delete_frame(frame)
        self._job_pool.close_job(job)
        job = None if self.stopped() else self._job_pool.next_job()


def _failed(record: Any) -> int:
    counts = record.item_counter
    return int(counts.failed.get() + counts.timed_out.get())


def _share_exceeded(record: Any) -> bool:
    """A share of 0 is what moto reads where none was given."""
    share = record.tolerated_failure_percentage
    return not share or _failed(record) * 100 > share * record.item_counter.total.get()


def _exceeded(env: Any) -> FailureEventException:
    details = MapRunFailedEventDetails(error=EXCEEDED.to_name(), cause=CAUSE)
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=EXCEEDED),
            event_type=HistoryEventType.MapRunFailed,
            event_details=EventDetails(mapRunFailedEventDetails=details),
        )
    )


def named(error_name: str | None) -> Any:
    """The name of an error inside of an inline map; moto takes one of AWS's own for a mistake."""
    if error_name is not None and error_name.startswith("States."):
        return StatesErrorName(typ=StatesErrorNameType.from_name(error_name))
    return CustomErrorName(error_name=error_name)


def write(_: Callable[..., None], self: Any, env: Any) -> None:
    """`ResultWriter._eval_body`: where to write follows from the map's input, not its results."""
    results, depth = env.stack.pop(), len(env.stack)
    env.stack.append(env.states.get_input())
    self.parargs.eval(env=env)
    parameters = env.stack.pop()
    env.stack[depth:] = [results, parameters]
    self.resource_eval.eval_resource(env=env)

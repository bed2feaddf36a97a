"""moto's interpreter, mended: how a map fails, what stops before its time, what a reset ends.

moto tolerates any number of failures of a distributed map. When there are more than it says, the
items that run are stopped, those that wait never start, and the map fails.
Source: AWS Step Functions Developer Guide, "Setting failure thresholds for Distributed Map states".
"""

from __future__ import annotations

import datetime
import importlib
import logging
import pkgutil
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.stepfunctions import urls
from moto.stepfunctions.parser.api import (
    ExecutionStatus,
    HistoryEventType,
    MapRunFailedEventDetails,
)
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
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import iteration_worker
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.distributed_iteration_component import (  # noqa: E501
    DistributedIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.distributed_item_processor_worker import (  # noqa: E501
    DistributedItemProcessorWorker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer.result_writer_decl import (  # noqa: E501
    ResultWriter,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import service
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_ecs import (  # noqa: E501
    StateTaskServiceEcs,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.models import (
    StepFunctionsParserBackend,
    stepfunctions_parser_backends,
)

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.stepfunctions import tasks

STARTS_WITHIN = 10.0


def abort(execution: Any, error: str | None, cause: str | None) -> None:
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


class StepFunctionsBackend(StepFunctionsParserBackend):  # type: ignore[misc]
    def reset(self) -> None:
        for execution in list(self._get_executions()):
            abort(execution, None, None)
        super().reset()


EXCEEDED = StatesErrorNameType.StatesExceedToleratedFailureThreshold
CAUSE = "The specified tolerated failure threshold was exceeded"


def run(original: Callable[..., None], self: Any, env: Any, eval_input: Any) -> None:
    """`DistributedIterationComponent._map_run`: a map that fails leaves nothing running."""
    try:
        original(self, env=env, eval_input=eval_input)
    except FailureEventException:
        abandon(env)
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


logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
PARSER = "moto.stepfunctions.parser."
_ONE_AT_A_TIME = threading.Lock()
url_bases, url_paths = urls.url_bases, urls.url_paths


def install() -> None:
    """Mend the interpreter; only the first call does anything."""
    with _ONE_AT_A_TIME:
        _install()


@cache
def _install() -> None:
    for module in pkgutil.iter_modules(service.__path__, f"{service.__name__}."):
        importlib.import_module(module.name)
    for name, loaded in list(sys.modules.items()):
        if name.startswith(PARSER) and hasattr(loaded, "boto_client_for"):
            vars(loaded)["boto_client_for"] = tasks.client_for
    iteration_worker.CustomErrorName = named
    extend.amend(ExecutionState, "_evaluate_with_timeout", tasks.attempt)
    extend.amend(BaseExecutionWorkerCommunication, "_reflect_execution_status", reflect)
    extend.amend(CallbackEndpoint, "interrupt_all", tasks.close)
    extend.amend(CallbackEndpoint, "setup_heartbeat_endpoint", tasks.listen)
    extend.amend(DistributedIterationComponent, "_map_run", run)
    extend.amend(DistributedItemProcessorWorker, "_eval_job", item)
    extend.amend(DistributedItemProcessorWorker, "_eval_pool", all_items)
    extend.amend(ResultWriter, "_eval_body", write)
    extend.amend(StateTaskServiceEcs, "_eval_service_task", tasks.run)
    extend.substitute(stepfunctions_parser_backends, StepFunctionsBackend)

"""moto's interpreter, mended: whose calls a task makes, how a map fails, when a token ends."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import sys
import threading
from functools import cache

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
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.stepfunctions import clients, maps, models, stop, tasks
from orchestrator.sandbox.services.stepfunctions import tasks as tokens

logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
PARSER = "moto.stepfunctions.parser."
_ONE_AT_A_TIME = threading.Lock()


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
            vars(loaded)["boto_client_for"] = clients.client_for
    iteration_worker.CustomErrorName = maps.named
    extend.amend(ExecutionState, "_evaluate_with_timeout", tokens.attempt)
    extend.amend(BaseExecutionWorkerCommunication, "_reflect_execution_status", stop.reflect)
    extend.amend(CallbackEndpoint, "interrupt_all", tokens.close)
    extend.amend(CallbackEndpoint, "setup_heartbeat_endpoint", tokens.listen)
    extend.amend(DistributedIterationComponent, "_map_run", maps.run)
    extend.amend(DistributedItemProcessorWorker, "_eval_job", maps.item)
    extend.amend(DistributedItemProcessorWorker, "_eval_pool", maps.all_items)
    extend.amend(ResultWriter, "_eval_body", maps.write)
    extend.amend(StateTaskServiceEcs, "_eval_service_task", tasks.run)
    extend.substitute(stepfunctions_parser_backends, models.StepFunctionsBackend)

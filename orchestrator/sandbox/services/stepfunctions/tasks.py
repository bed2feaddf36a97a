"""Tasks of ECS: moto describes the task that was started, and stumbles where there is none.

Source: AWS Step Functions Developer Guide, "Manage Amazon ECS or Fargate Tasks": of a request and
its response, the answer of RunTask is returned and failures fail nothing; with `.sync` or a token
they fail the task with AmazonECS.Unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from orchestrator.sandbox.services.stepfunctions.clients import client_for

UNKNOWN = "AmazonECS.Unknown"


def run(
    original: Callable[..., None],
    self: Any,
    env: Any,
    resource_runtime_part: Any,
    normalised_parameters: Any,
    state_credentials: Any,
) -> None:
    """What `StateTaskServiceEcs._eval_service_task` does."""
    if self.resource.api_action.lower() != "runtask":
        original(self, env, resource_runtime_part, normalised_parameters, state_credentials)
        return
    client = client_for(resource_runtime_part.region, "ecs", state_credentials)
    model = client.meta.service_model.operation_model("RunTask")
    self._to_boto_request(normalised_parameters, model.input_shape)
    answer = client.run_task(**normalised_parameters)
    answer.pop("ResponseMetadata", None)
    self._from_boto_response(answer, model.output_shape)
    answer = json.loads(json.dumps(answer, default=str))
    if answer.get("Failures") and self.resource.condition is not None:
        raise _failed(env, self, json.dumps(answer["Failures"]))
    env.stack.append(answer)


def _failed(env: Any, task: Any, cause: str) -> FailureEventException:
    details = TaskFailedEventDetails(
        error=UNKNOWN,
        cause=cause,
        resource=task._get_sfn_resource(),
        resourceType=task._get_sfn_resource_type(),
    )
    event = FailureEvent(
        env=env,
        error_name=CustomErrorName(UNKNOWN),
        event_type=HistoryEventType.TaskFailed,
        event_details=EventDetails(taskFailedEventDetails=details),
    )
    return FailureEventException(failure_event=event)

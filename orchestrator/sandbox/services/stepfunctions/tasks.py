"""Tasks: whose calls they make, and their tokens, good while the task waits, then never again.

Calls are made with the state machine's own role, or the role a task names.
Source: AWS Step Functions API Reference, SendTaskHeartbeat: TaskTimedOut is the answer for a task
that no longer exists, because it ended, timed out, or its execution was stopped.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.models import stepfunctions_parser_backends as stepfunctions_backends
from moto.sts.models import sts_backends

from orchestrator.sandbox.extend import AwsError, Json
from orchestrator.sandbox.service_access import entry_refusal, on_behalf
from orchestrator.sealed import NO_FILES, sealed

HOST, SERVICE = "aws.test", "states.amazonaws.com"
_SESSION: Any = boto3.Session(botocore_session=sealed(NO_FILES))
_ONE_AT_A_TIME = threading.Lock()


def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    """A client whose calls the sandbox judges by the policies of the task's role."""
    port = os.environ["MOTO_PORT"]
    keys = _keys(state_credentials.role_arn, region)
    with _ONE_AT_A_TIME:  # a session makes clients for one thread at a time
        return _SESSION.client(
            service,
            region_name=region,
            endpoint_url=f"http://{HOST}:{port}",
            config=Config(
                parameter_validation=False,
                proxies={"http": f"http://127.0.0.1:{port}"},
                retries={"total_max_attempts": 1},
            ),
            **keys,
        )


def _keys(role: str, region: str) -> dict[str, str]:
    """Raises ClientError where Step Functions cannot be a state machine's own role.

    Source: AWS Step Functions Developer Guide, "Creating an IAM role for your state machine".
    """
    problem = _refused(role, region)
    if problem:
        code = "AccessDeniedException"
        raise ClientError({"Error": {"Code": code, "Message": problem}}, "AssumeRole")
    session = sts_backends[role.split(":")[4]]["aws"].assume_role(
        region_name=region,
        role_session_name="states",
        role_arn=role,
        policy=None,
        duration=3600,
        external_id=None,
    )
    return {
        "aws_access_key_id": session.access_key_id,
        "aws_secret_access_key": session.secret_access_key,
        "aws_session_token": session.session_token,
    }


def _refused(role: str, region: str) -> str:
    """A role that a task names is for the state machine's own to assume: not asked about here."""
    account_id = role.split(":")[4]
    backend = dict.get(dict.get(stepfunctions_backends, account_id, {}), region)
    machines = list(backend.state_machines) if backend is not None else []
    own = next((machine.arn for machine in machines if machine.roleArn == role), "")
    return entry_refusal(role, SERVICE, on_behalf(SERVICE, own, account_id)) if own else ""


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

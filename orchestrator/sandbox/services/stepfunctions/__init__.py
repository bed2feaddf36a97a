"""AWS Step Functions: executions run, as their role, and their task tokens hold what AWS promises.

moto has an interpreter of the Amazon States Language. It costs 4 seconds and 150 MB to load, so
it is loaded, and mended by `interpreter`, with the first call to Step Functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.config import default_user_config
from moto.stepfunctions.responses import StepFunctionResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import Json, result

Action = Callable[[Any], Any]


def backend(original: Action, self: Any) -> Any:
    """The backend of the caller's account, with the interpreter loaded and mended."""
    from orchestrator.sandbox.services.stepfunctions import interpreter  # noqa: PLC0415  4 seconds

    interpreter.install()
    return original(self)


def validate_state_machine_definition(self: Any) -> Any:
    """Source: AWS Step Functions API Reference, ValidateStateMachineDefinition."""
    problem = ""
    try:
        self.stepfunction_backend._validate_definition(self._get_param("definition"))
    except Exception as error:  # noqa: BLE001  the parser raises what it likes
        problem = str(error) or type(error).__name__
    found = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": problem}
    answer = {"result": "FAIL" if problem else "OK", "truncated": False}
    return result({**answer, "diagnostics": [found] if problem else []})


def list_state_machine_versions(self: Any) -> Any:
    """None: nothing of ours publishes versions."""
    self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
    return result({"stateMachineVersions": []})


def stop_execution(self: Any) -> Any:
    """At once, with what the caller says about it; what waits for a token waits no longer."""
    from orchestrator.sandbox.services.stepfunctions import interpreter  # noqa: PLC0415

    execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    interpreter.abort(execution, self._get_param("error"), self._get_param("cause"))
    return result({"stopDate": execution.stop_date})


def send_task_success(self: Any) -> Any:
    return _send(self, "success", {"output": self._get_param("output")})


def send_task_failure(self: Any) -> Any:
    given: Json = {"error": self._get_param("error"), "cause": self._get_param("cause")}
    return _send(self, "failure", given)


def send_task_heartbeat(self: Any) -> Any:
    return _send(self, "heartbeat", {})


def _send(self: Any, kind: str, given: Json) -> Any:
    backend = self.stepfunction_backend
    from orchestrator.sandbox.services.stepfunctions import tasks  # noqa: PLC0415

    tasks.SENDS[kind](backend, self._get_param("taskToken"), given)
    return result()


ACTIONS: Mapping[str, Action] = {
    action.__name__: action
    for action in (
        list_state_machine_versions,
        send_task_failure,
        send_task_heartbeat,
        send_task_success,
        stop_execution,
        validate_state_machine_definition,
    )
}


def install() -> None:
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    extend.amend(StepFunctionResponse, "stepfunction_backend", backend)
    for name, action in ACTIONS.items():
        setattr(StepFunctionResponse, name, action)

"""A function is Pending before it is Active, and each change of it is InProgress for a while.

Source: AWS Lambda Developer Guide, "Lambda function states"; API Reference, CreateFunction: "The
role defined for the function cannot be assumed by Lambda", which IAM's delay brings about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.iam.models import is_seen

CREATING = {"StateReason": "The function is being created.", "StateReasonCode": "Creating"}
NOT_NOW = "The operation cannot be performed at this time."


class ResourceConflict(LambdaClientError):  # type: ignore[misc]
    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ResourceConflictException", message)


def create_function(original: Callable[..., Any], self: Any, spec: Json) -> Any:
    if not is_seen(str(spec.get("Role", ""))):
        raise InvalidParameterValueException(
            "The role defined for the function cannot be assumed by Lambda."
        )
    function = original(self, spec)
    _begin(function, "State", "Pending", {"State": "Active"})
    return function


def change(original: Callable[..., Any], self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """What changes code or configuration, or makes a version of them."""
    function = self.get_function(name)
    _refuse(function)
    answer = original(self, name, *args, **kwargs)
    _begin(function, "LastUpdateStatus", "InProgress", {})
    return {**answer, **function.late} if isinstance(answer, dict) else answer


def publish_version(original: Callable[..., Any], self: Any, name: str, *args: Any) -> Any:
    _refuse(self.get_function(name))
    return original(self, name, *args)


def invoke(original: Callable[..., Any], self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """While a change is under way, what was there before is called."""
    state = late(self.get_function(name)).get("State", "Active")
    if state != "Active":
        raise ResourceConflict(
            f"{NOT_NOW} The function is currently in the following state: {state}"
        )
    return original(self, name, *args, **kwargs)


def late(function: Any) -> Json:
    """What its configuration says of a change that is not done, or has failed."""
    found: Json = function.__dict__.get("late", {})
    return found


def _begin(function: Any, key: str, status: str, ends: Json) -> None:
    reason = CREATING if key == "State" else {}
    function.late = {key: status, **reason}

    def end() -> None:
        why = DELAYS.failed("function", function.function_name)
        code = "StateReason" if key == "State" else "LastUpdateStatusReason"
        failed = {key: "Failed", code: why, f"{code}Code": "InternalError"}
        function.late = failed if why else ends

    DELAYS.later("function", end)


def _refuse(function: Any) -> None:
    state = late(function).get("State", "Active")
    if state == "Pending":
        raise ResourceConflict(
            f"{NOT_NOW} The function is currently in the following state: {state}"
        )
    if late(function).get("LastUpdateStatus") == "InProgress":
        raise ResourceConflict(
            f"{NOT_NOW} An update is in progress for resource: {function.function_arn}"
        )

"""What a function may do as its role, how many run at once, and what a change of one takes.

Ten executions of an account are not for any function to reserve.
Source: AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping",
section "Execution role permissions", "Sending Lambda function logs to CloudWatch Logs",
"Configuring reserved concurrency" and "Lambda quotas": new accounts have reduced quotas; the
sentence in aws-samples/one-observability-demo, issue 278.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.backends import get_backend

from orchestrator.sandbox.data_access import key_arn, key_refusal
from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import AwsError, Json
from orchestrator.sandbox.service_access import on_behalf, role_refusal
from orchestrator.sandbox.services.iam.backend import is_seen

SERVICE = "lambda.amazonaws.com"
NEEDED = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def refused(function: Any, queue_arn: str) -> str:
    """Why not; '' when it may."""
    keys = on_behalf(SERVICE, function.function_arn, function.account_id)
    for name in NEEDED:
        problem = role_refusal(function.role, SERVICE, f"sqs:{name}", queue_arn, keys)
        if problem:
            return problem
    _, _, _, region, account_id, name = queue_arn.split(":")
    queue = get_backend("sqs")[account_id][region].queues.get(name)
    key = str(queue.kms_master_key_id or "") if queue else ""
    if not key:
        return ""
    via = f"sqs.{region}.amazonaws.com"
    arn = key_arn(key, account_id, region)
    return key_refusal(arn, ["kms:Decrypt"], function.role, via, {})


def unlogged(function: Any) -> str:
    """Why nothing of what the function prints is kept; '' when it is.

    Source, of the key: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS
    KMS".
    """
    region, account_id = function.region, function.account_id
    group = f"arn:aws:logs:{region}:{account_id}:log-group:{function.logs_group_name}"
    keys = on_behalf(SERVICE, function.function_arn, account_id)
    for action, stream in (("logs:CreateLogStream", ""), ("logs:PutLogEvents", "any")):
        resource = f"{group}:log-stream:{stream}"
        if problem := role_refusal(function.role, SERVICE, action, resource, keys):
            return problem
    held = get_backend("logs")[account_id][region].groups.get(function.logs_group_name)
    key = str(held.kms_key_id or "") if held else ""
    if not key:
        return ""
    service = f"logs.{region}.amazonaws.com"
    said = {**on_behalf(service, group, account_id), "kms:encryptioncontext:aws:logs:arn": [group]}
    arn = key_arn(key, account_id, region)
    return key_refusal(arn, ("kms:Encrypt", "kms:GenerateDataKey"), service, service, said)


def at_creation(backend: Any, spec: Any) -> str:
    """What CreateEventSourceMapping of a queue says of a role that may not read it."""
    source = str(spec.get("EventSourceArn") or "")
    if ":sqs:" not in source:
        return ""
    function = backend.get_function(spec.get("FunctionName", ""))
    problem = refused(function, source)
    said = "The provided execution role does not have permissions to call ReceiveMessage on SQS"
    return f"{said}: {problem}" if problem else ""


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


FORGOTTEN = ("DeadLetterConfig", "LoggingConfig")


def remember(
    original: Callable[..., None], self: Any, account_id: str, spec: Json, *args: Any, **kwargs: Any
) -> None:
    original(self, account_id, spec, *args, **kwargs)
    self.forgotten = _of(spec)


def update_configuration(original: Callable[..., Json], self: Any, config_updates: Json) -> Json:
    self.forgotten = {**self.forgotten, **_of(config_updates)}
    return original(self, config_updates)


def get_configuration(original: Callable[..., Json], self: Any, *args: Any, **kwargs: Any) -> Json:
    default = {"LogFormat": "Text", "LogGroup": self.logs_group_name}
    configuration = original(self, *args, **kwargs)
    return {**configuration, "LoggingConfig": default, **self.forgotten, **late(self)}


def _of(spec: Json) -> Json:
    return {name: spec[name] for name in FORGOTTEN if spec.get(name)}


QUOTA = UNRESERVED = 10


class UnreservedConcurrencyTooLow(AwsError):
    code = "InvalidParameterValueException"


def put_function_concurrency(
    original: Callable[..., Any], self: Any, function_name: str, reserved_concurrency: str
) -> Any:
    """Refuse what would leave fewer than ten for the functions that reserve none."""
    others = (
        int(each.reserved_concurrency or 0)
        for each in self.list_functions()
        if function_name not in (each.function_name, each.function_arn)
    )
    wanted = int(reserved_concurrency)
    if wanted and QUOTA - sum(others) - wanted < UNRESERVED:
        raise UnreservedConcurrencyTooLow(
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED}]."
        )
    return original(self, function_name, reserved_concurrency)


def get_account_settings(self: Any) -> str:
    """An action of the service: what is left is what nobody has reserved."""
    functions = list(self.backend.list_functions())
    reserved = sum(int(each.reserved_concurrency or 0) for each in functions)
    limit = {
        "TotalCodeSize": 75 * 1024**3,
        "CodeSizeUnzipped": 250 * 1024**2,
        "CodeSizeZipped": 50 * 1024**2,
        "ConcurrentExecutions": QUOTA,
        "UnreservedConcurrentExecutions": QUOTA - reserved,
    }
    usage = {"TotalCodeSize": 0, "FunctionCount": len(functions)}
    return json.dumps({"AccountLimit": limit, "AccountUsage": usage})

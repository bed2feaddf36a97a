"""AWS Lambda: roles, environments, runtimes, and queues that wait long enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.exceptions import ServiceException
from moto.sqs.models import sqs_backends

from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.service_access import entry_refusal, on_behalf, role_refusal

INVALID = "InvalidParameterValueException"
SERVICE = "lambda.amazonaws.com"
ENVIRONMENT = 4096
LONGEST, NAME, MEGABYTES = 900, 64, 10240
DIRECT = 50 * 1024 * 1024
RESERVED = frozenset(
    {
        *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_ACCESS_KEY"),
        *("AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_ACCESS_KEY_ID"),
        *("AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_SECRET_ACCESS_KEY"),
        *("AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT"),
        *("LAMBDA_RUNTIME_DIR", "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS"),
    }
)
"""Source: AWS Lambda Developer Guide, "Defined runtime environment variables"."""

RETIRED = re.compile(
    r"python(2\.7|3\.[678])|nodejs|nodejs(4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x|16\.x)|"
    r"ruby2\.[57]|dotnetcore[123]\.[01]|dotnet(5\.0|6|7)|go1\.x|java8|provided"
)
"""Source: AWS Lambda Developer Guide, "Runtime deprecation policy"."""

ADMINISTRATORS_POLICY = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def role(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Lambda Developer Guide, "Defining Lambda function permissions"."""
    arn = asked.text("Role")
    here = f"arn:aws:lambda:{asked.region}:{asked.account_id}:function:{asked.text('FunctionName')}"
    if arn and entry_refusal(arn, SERVICE, on_behalf(SERVICE, here, asked.account_id)):
        text = "The role defined for the function cannot be assumed by Lambda."
        yield Refused(INVALID, text)


def environment(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Lambda Developer Guide, "Working with environment variables" and quotas."""
    variables = (asked.params.get("Environment") or {}).get("Variables") or {}
    reserved = sorted(RESERVED.intersection(variables))
    if reserved:
        text = "Lambda was unable to configure your environment variables because the environment "
        text += "variables you have provided contains reserved keys that are currently not "
        text += f"supported for modification. Reserved keys used in this request: {reserved}"
        yield Refused(INVALID, text)
    if sum(len(f"{k}{v}".encode()) for k, v in variables.items()) > ENVIRONMENT:
        text = "Lambda was unable to configure your environment variables because the environment "
        yield Refused(INVALID, text + "variables you have provided exceeded the 4KB limit.")


def runtime(asked: Asked) -> Iterator[Refused]:
    name = asked.text("Runtime")
    if name and RETIRED.fullmatch(name):
        text = f"The runtime parameter of {name} is no longer supported for creating or updating "
        yield Refused(INVALID, text + "AWS Lambda functions.")


def limits(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Lambda Developer Guide, "Lambda quotas"; the model has nothing of the first two,
    and of memory what functions on managed instances may have.
    """
    seconds, name = asked.params.get("Timeout"), asked.text("FunctionName").rpartition(":")[2]
    if seconds is not None and seconds > LONGEST:
        yield _detected(f"'{seconds}' at 'timeout'", f"value less than or equal to {LONGEST}")
    if len(name) > NAME:
        yield _detected(f"'{name}' at 'functionName'", f"length less than or equal to {NAME}")
    memory = asked.params.get("MemorySize") or 0
    if memory > MEGABYTES and not asked.params.get("CapacityProviderConfig"):
        yield _detected(f"'{memory}' at 'memorySize'", f"value less than or equal to {MEGABYTES}")


def _detected(value: str, rule: str) -> Refused:
    text = f"1 validation error detected: Value {value} failed to satisfy constraint: "
    return Refused("ValidationException", f"{text}Member must have {rule}")


def package(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Lambda Developer Guide, "Lambda quotas": 50 MB zipped, for direct upload."""
    code = asked.params.get("Code") or asked.params
    if len(code.get("ZipFile") or b"") > DIRECT:
        text = "Request must be smaller than 70167211 bytes for the CreateFunction operation"
        yield Refused("RequestEntityTooLargeException", text, 413)


def handler(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Lambda API Reference, CreateFunction, "Handler" and "Runtime"."""
    if asked.text("PackageType") not in ("", "Zip"):
        return
    for name in ("Runtime", "Handler"):
        if not asked.text(name):
            text = f"{name} is mandatory for functions created with deployment packages."
            yield Refused(INVALID, text)


def mapping(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"."""
    arn = asked.text("EventSourceArn")
    batch = asked.params.get("BatchSize") or 10
    if ":sqs:" not in arn:
        return
    window = asked.params.get("MaximumBatchingWindowInSeconds") or 0
    if batch > 10 and not window and not arn.endswith(".fifo"):
        text = "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
        yield Refused(INVALID, text + "greater than 10")
    if arn.endswith(".fifo") and (batch > 10 or window):
        yield Refused(INVALID, "Unsupported parameter for event source mapping type FIFO SQS")
    if asked.text("StartingPosition"):
        text = "StartingPosition is not valid for SQS event sources."
        yield Refused(INVALID, text)
    yield from _waits(arn, asked)


def _waits(arn: str, asked: Asked) -> Iterator[Refused]:
    _, _, _, region, account_id, name = arn.split(":")
    queue = sqs_backends[account_id][region].queues.get(name)
    function = _function(asked)
    if queue is None or function is None:
        return
    if int(queue.visibility_timeout) < int(function.timeout):
        text = f"Queue visibility timeout: {queue.visibility_timeout} seconds is less than "
        yield Refused(INVALID, f"{text}Function timeout: {function.timeout} seconds")
    keys = on_behalf(SERVICE, function.function_arn, asked.account_id)
    for action in ADMINISTRATORS_POLICY:
        if role_refusal(function.role, SERVICE, action, arn, keys):
            call = action.partition(":")[2]
            text = "The provided execution role does not have permissions to call "
            yield Refused(INVALID, f"{text}{call} on SQS")


def _function(asked: Asked) -> Any:
    backend = lambda_backends[asked.account_id][asked.region]
    try:
        return backend.get_function(asked.text("FunctionName"))
    except ServiceException:
        return None


def permission(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Lambda API Reference, AddPermission."""
    kind = asked.text("FunctionUrlAuthType")
    if kind and asked.text("Action") not in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction"):
        text = "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action"
        yield Refused(INVALID, text)
    if asked.text("Principal") == "*" and kind == "" and "Url" in asked.text("Action"):
        yield Refused(INVALID, "FunctionUrlAuthType is required for lambda:InvokeFunctionUrl")


RULES: Rules = {
    "CreateFunction": (limits, role, handler, runtime, environment, package),
    "UpdateFunctionConfiguration": (limits, role, runtime, environment),
    "UpdateFunctionCode": (package,),
    "CreateEventSourceMapping": (mapping,),
    "AddPermission": (permission,),
}

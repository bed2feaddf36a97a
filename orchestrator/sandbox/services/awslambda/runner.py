"""Runs a Python function's zip without Docker: unpacked, in a process, with its role's keys.

Nothing of the machine's environment reaches it but PATH; its AWS is the sandbox.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from moto.sts.models import sts_backends

from orchestrator.sandbox import handover
from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.extend import AwsError, Json
from orchestrator.sandbox.service_access import entry_refusal, on_behalf
from orchestrator.sandbox.services import cloudwatch
from orchestrator.sandbox.services.awslambda import models
from orchestrator.sandbox.services.cloudwatch import count
from orchestrator.sealed import NO_FILES

HOST, SERVICE = "aws.test", "lambda.amazonaws.com"
BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
EVENT, RESULT = "event.json", "result.json"
STARTUP_SECONDS = 10
MOST = 6 * 1024 * 1024 + 100
TOO_LARGE = f"Response payload size exceeded maximum allowed payload size ({MOST} bytes)."
"""Source: AWS Lambda Developer Guide, "Lambda quotas", invocation payload; the words, public issues
that quote it (6291556 bytes).
"""
_UNPACKING = threading.Lock()
_LATER = ThreadPoolExecutor(max_workers=4, thread_name_prefix="lambda")

Outcome = tuple[str, bool, str]


def invoke(_: Callable[..., Any], self: Any, event: Any = None) -> Outcome:
    """What `LambdaFunction._invoke_lambda` answers: payload, whether it failed, the log.

    Raises AwsError where Lambda cannot be the function's role: then nothing is run.
    Source: AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution
    role" and, of the metric, "Types of metrics for Lambda functions".
    """
    problem = entry_refusal(self.role, SERVICE, on_behalf_of(self))
    if problem:
        text = f"The role defined for the function cannot be assumed by Lambda: {problem}"
        raise AwsError("AccessDeniedException", text)
    self.logs_backend.ensure_log_group(self.logs_group_name)
    document = json.loads(event) if isinstance(event, str) else event
    code = _unpacked(self.code_bytes)
    with tempfile.TemporaryDirectory(prefix="lambda-") as exchange:
        outcome = _run(self, code, Path(exchange), document or {})
    _log(self, outcome[2])
    if outcome[1]:
        count(self.account_id, self.region, "AWS/Lambda", "Errors", _named(self))
    return outcome


def _log(function: Any, printed: str) -> None:
    """What was printed, if somebody may write it, and the metrics in it."""
    if problem := models.unlogged(function):
        arn = function.function_arn
        handover.note(handover.Drop("lambda", arn, function.logs_group_name, problem))
        return
    function.save_logs(printed)
    cloudwatch.extract(function.account_id, function.region, printed)


def invoke_later(function: Any, body: str) -> None:
    """Invoke asynchronously, as EventBridge does: whoever sent the event does not wait."""
    _LATER.submit(_invoke_quietly, function, body)


def _invoke_quietly(function: Any, body: str) -> None:
    try:
        function.invoke(body, {"x-amz-invocation-type": "Event"}, {})
    except AwsError as refused:
        count(
            function.account_id,
            function.region,
            "AWS/Lambda",
            "AsyncEventsDropped",
            _named(function),
        )
        arn = function.function_arn
        handover.note(handover.Drop("lambda", arn, arn, refused.message))


def on_behalf_of(function: Any) -> Context:
    return on_behalf(SERVICE, function.function_arn, function.account_id)


def _named(function: Any) -> dict[str, str]:
    return {"FunctionName": function.function_name}


def _unpacked(content: bytes) -> Path:
    """The folder of a zip's files, unpacked once, as Lambda keeps an execution environment: what
    Python has compiled in it is not compiled again.
    """
    folder = Path(_kept().name, hashlib.sha256(content).hexdigest())
    with _UNPACKING:
        if not folder.exists():
            zipfile.ZipFile(io.BytesIO(content)).extractall(folder.with_suffix(".part"))
            folder.with_suffix(".part").rename(folder)
    return folder


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    """For as long as this process lives."""
    return tempfile.TemporaryDirectory(prefix="lambda-code-")


def _run(function: Any, code: Path, exchange: Path, event: Json) -> Outcome:
    (exchange / EVENT).write_text(json.dumps(event))
    seconds = int(function.timeout)
    try:
        done = subprocess.run(
            [sys.executable, str(BOOTSTRAP), str(exchange)],
            cwd=code,
            env=_environment(function),
            capture_output=True,
            text=True,
            timeout=seconds + STARTUP_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed("Sandbox.Timedout", f"Task timed out after {seconds}.00 seconds", "")
    return _outcome(exchange / RESULT, done)


def _outcome(result: Path, done: subprocess.CompletedProcess[str]) -> Outcome:
    log = done.stdout + done.stderr
    if not result.exists():
        return _failed("Runtime.ExitError", f"Runtime exited with {done.returncode}", log)
    payload = result.read_text()
    if len(payload.encode()) > MOST:
        return _failed("Function.ResponseSizeTooLarge", TOO_LARGE, log)
    return payload, done.returncode != 0, log


def _failed(kind: str, message: str, log: str) -> Outcome:
    return json.dumps({"errorType": kind, "errorMessage": message}), True, f"{log}{message}\n"


def _environment(function: Any) -> dict[str, str]:
    """The variables AWS sets, the function's own, and those that lead to the sandbox."""
    port = os.environ["MOTO_PORT"]
    session = sts_backends[function.account_id]["aws"].assume_role(
        region_name=function.region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy=None,
        duration=3600,
        external_id=None,
    )
    return {
        "PATH": os.environ["PATH"],
        **NO_FILES,
        "_HANDLER": function.handler,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
        "AWS_LAMBDA_FUNCTION_ARN": function.function_arn,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout),
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "HTTP_PROXY": f"http://127.0.0.1:{port}",
        **function.environment_vars,
    }

"""How many executions an account has, and that ten of them are nobody's.

Source: AWS Lambda Developer Guide, "Configuring reserved concurrency" and "Lambda quotas": new
accounts have reduced quotas; the sentence in aws-samples/one-observability-demo, issue 278.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from orchestrator.sandbox.extend import AwsError

QUOTA = UNRESERVED = 10


class InvalidParameterValueException(AwsError):
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
        raise InvalidParameterValueException(
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

"""AWS Step Functions: executions run, as their role, and their task tokens hold what AWS promises.

moto has an interpreter of the Amazon States Language. It costs 4 seconds and 150 MB to load, so
it is loaded, and mended by `interpreter`, with the first call to Step Functions.
"""

from __future__ import annotations

from moto.core.config import default_user_config
from moto.stepfunctions.responses import StepFunctionResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.stepfunctions import urls


def install() -> None:
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    extend.amend(StepFunctionResponse, "stepfunction_backend", urls.backend)
    for name, action in urls.ACTIONS.items():
        setattr(StepFunctionResponse, name, action)

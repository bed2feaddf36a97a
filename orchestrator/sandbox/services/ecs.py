"""Amazon ECS: a task that cannot be placed is answered among the failures, with HTTP 200.

Source: Amazon ECS API Reference, RunTask, failures; "API failure reasons".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ecs.responses import EC2ContainerServiceResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.delays import DELAYS


def install() -> None:
    extend.amend(EC2ContainerServiceResponse, "run_task", run_task)


def run_task(original: Callable[[Any], Any], self: Any) -> Any:
    name = self._get_param("taskDefinition").rpartition("/")[2]
    reason = DELAYS.failed("task", name.partition(":")[0])
    if not reason:
        return original(self)
    cluster = self.ecs_backend._get_cluster(self._get_param("cluster", "default"))
    return extend.result({"tasks": [], "failures": [{"arn": cluster.arn, "reason": reason}]})

"""State machines of an account and region; a reset ends what their executions wait for."""

from __future__ import annotations

from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from orchestrator.sandbox.services.stepfunctions import stop


class StepFunctionsBackend(StepFunctionsParserBackend):  # type: ignore[misc]
    def reset(self) -> None:
        for execution in list(self._get_executions()):
            stop.stop(execution, None, None)
        super().reset()

"""Runs handed out by AWS Step Functions: see ports.workers.Executor."""

from __future__ import annotations

import json
from collections.abc import Mapping

from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.workers.records import items_key
from orchestrator.errors import UsageError
from orchestrator.model.submission import Submission, steps
from orchestrator.ports.workers import Progress

LONGEST = 250
"""Characters of what is said of a stop; source: API Reference, StopExecution, error: 256."""

PROGRESS = {"RUNNING": Progress.RUNNING, "SUCCEEDED": Progress.ENDED}


class StepFunctionsExecutor:
    """`machine` is the state machine's ARN; the executions have the runs' names."""

    def __init__(self, session: AwsSession, machine: str, bucket: str) -> None:
        self._session, self._machine, self._bucket = session, machine, bucket

    def begin(self, submission: Submission) -> None:
        run = submission.inputs.run
        text = json.dumps({"run": run, "bucket": self._bucket, "waves": _waves(submission)})
        try:
            self._session.call(
                "stepfunctions",
                "StartExecution",
                stateMachineArn=self._machine,
                name=run,
                input=text,
            )
        except Refused as refusal:
            if refusal.code == "ExecutionAlreadyExists":
                raise UsageError(f"run '{run}' was begun before") from refusal
            if refusal.code == "StateMachineDoesNotExist":
                refusal.fix = "set organization.runner.enabled, and run 'orchestrator bootstrap'"
            raise

    def stop(self, run: str, why: str) -> None:
        try:
            self._session.call(
                "stepfunctions",
                "StopExecution",
                executionArn=self._execution(run),
                error="Cancelled",
                cause=why[:LONGEST],
            )
        except Refused as refusal:
            if refusal.code != "ExecutionDoesNotExist":
                raise

    def progress(self, run: str) -> Progress:
        found = self._session.call(
            "stepfunctions", "DescribeExecution", executionArn=self._execution(run)
        )
        return PROGRESS.get(found["status"], Progress.STOPPED)

    def _execution(self, run: str) -> str:
        return f"{self._machine.replace(':stateMachine:', ':execution:')}:{run}"


def _waves(submission: Submission) -> list[Mapping[str, object]]:
    """Without a mode a lot is brought to its end, so any number of its items may fail."""
    run = submission.inputs.run
    return [
        {
            "name": lot.name,
            "items_key": items_key(run, number),
            "max_concurrency": lot.width,
            "tolerated_failure_count": lot.tolerated
            if lot.tolerated is not None and (lot.mode or not lot.keys)
            else len(handed_out),
        }
        for number, (lot, handed_out) in enumerate(steps(submission))
    ]

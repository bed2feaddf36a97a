"""Runbooks of AWS Systems Manager in place of our own remediation: started, then awaited briefly.

Parameters may hold {partition}, {arn}, {name}, {account}, {region} and {control}. There is no
before-state, and so nothing to undo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.errors import AwsError, Retry, denied, passing, said
from orchestrator.findings.records import Outcome
from orchestrator.findings.remediation import Target
from orchestrator.findings.sessions import Sessions
from orchestrator.findings.sessions import runbook as permissions_of

WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds between questions. A runbook that takes longer is recorded as started."""

ENDS = {"Success": Outcome.FIXED, "CompletedWithSuccess": Outcome.FIXED}
RUNNING = frozenset({"Pending", "InProgress", "Waiting"})


class Runbooks:
    """Starts runbooks. `sleep` waits for seconds."""

    def __init__(self, sessions: Sessions, sleep: Callable[[float], None]) -> None:
        self._sessions = sessions
        self._sleep = sleep

    def run(
        self, target: Target, runbook: str, parameters: Mapping[str, Any], name: str
    ) -> tuple[Outcome, str]:
        """How it ended, or that it runs. Raises Retry only if it has not been started."""
        try:
            needed = permissions_of(runbook, parameters)
            ssm = self._sessions.open(target.place, needed, name)("ssm")
            execution = ssm.start_automation_execution(
                DocumentName=runbook,
                Parameters=filled(parameters, target),
                ClientToken=_token(name),
            )["AutomationExecutionId"]
        except AwsError as error:
            if passing(error):
                raise Retry(said(error)) from error
            return (Outcome.DENIED if denied(error) else Outcome.FAILED), said(error)
        return self._wait(ssm, execution)

    def _wait(self, ssm: Any, execution: str) -> tuple[Outcome, str]:
        for wait in WAITS:
            self._sleep(wait)
            try:
                found = ssm.get_automation_execution(AutomationExecutionId=execution)
            except AwsError as error:
                return Outcome.STARTED, f"execution {execution}, not seen since: {said(error)}"
            status = found["AutomationExecution"]["AutomationExecutionStatus"]
            if status not in RUNNING:
                return ENDS.get(status, Outcome.FAILED), f"execution {execution}: {status}"
        return Outcome.STARTED, f"execution {execution} goes on"


def filled(parameters: Mapping[str, Any], target: Target) -> dict[str, list[str]]:
    """As Systems Manager wants them: lists of texts."""
    known = {
        "{arn}": target.arn,
        "{name}": arn.name(target.arn),
        "{account}": target.place.account,
        "{partition}": target.place.partition,
        "{region}": target.place.region,
        "{control}": target.control,
    }
    return {
        name: [_filled(text, known) for text in _several(value)]
        for name, value in parameters.items()
    }


def _filled(text: str, known: Mapping[str, str]) -> str:
    for key, value in known.items():
        text = text.replace(key, value)
    return text


def _several(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _token(name: str) -> str:
    """A client token has the form of a UUID; the same record never starts a runbook twice."""
    digits = "".join(c for c in name if c in "0123456789abcdef").ljust(32, "0")[:32]
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return "-".join(parts)

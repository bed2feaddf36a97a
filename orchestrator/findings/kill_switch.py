"""The switch that stops every fix within seconds: an SSM parameter that must read 'on'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestrator.findings.refusals import AwsError, code

SECONDS = 5
"""How long an answer is believed."""


class KillSwitch:
    """Reads the parameter when asked, at most every few seconds. `clock` counts seconds."""

    def __init__(self, client: Any, name: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._name = name
        self._clock = clock
        self._read_at: float | None = None
        self._reason = ""

    def reason(self) -> str:
        """Why nothing may be fixed; '' if the switch is on. What cannot be read is off."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= SECONDS:
            self._reason = self._ask()
            self._read_at = now
        return self._reason

    def _ask(self) -> str:
        try:
            value = self._client.get_parameter(Name=self._name)["Parameter"]["Value"]
        except AwsError as error:
            return f"the kill switch {self._name} cannot be read ({code(error)})"
        if value.strip().lower() == "on":
            return ""
        return f"the kill switch {self._name} is off"

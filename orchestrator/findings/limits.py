"""How many fixes are made in an hour: of a control, in an account, and in total."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from orchestrator.findings.errors import AwsError, Retry, code, passing, said
from orchestrator.findings.matrix import Rules
from orchestrator.findings.table import Key, Limit, Table

ATTEMPTS = 6
"""Two invocations at the same counter: one of them tries again."""


def limits(control: str, account: str, now: datetime, rules: Rules) -> tuple[Limit, ...]:
    """The counters that one fix adds to, the narrowest first."""
    hour = f"budget#{now:%Y%m%d%H}"
    return (
        Limit(Key(hour, f"control#{control.lower()}"), rules.control_per_hour),
        Limit(Key(hour, f"account#{account}"), rules.account_per_hour),
        Limit(Key(hour, "total"), rules.total_per_hour),
    )


def exceeded(index: int, control: str, account: str, rules: Rules) -> str:
    """What is used up, as a sentence."""
    whose = (f"of {control}", f"in {account}", "in the organization")
    most = (rules.control_per_hour, rules.account_per_hour, rules.total_per_hour)
    return f"the {most[index]} fixes an hour {whose[index]} are used up"


class Budget:
    """The counters in the table. `sleep` waits for seconds."""

    def __init__(self, table: Table, rules: Rules, sleep: Callable[[float], None]) -> None:
        self._table = table
        self._rules = rules
        self._sleep = sleep

    def take(self, control: str, account: str, now: datetime) -> str:
        """Count one fix; why not, '' if there was still one left. Raises Retry."""
        wanted = limits(control, account, now, self._rules)
        expires = int((now + timedelta(hours=3)).timestamp())
        for attempt in range(ATTEMPTS):
            try:
                full = self._table.take(wanted, expires)
            except AwsError as error:
                if not passing(error):
                    raise
                self._sleep(0.05 * 2**attempt)
                continue
            return "" if full is None else exceeded(full, control, account, self._rules)
        raise Retry(said(RuntimeError("the budget's counters are busy")))


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

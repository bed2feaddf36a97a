"""How many fixes are made in an hour: of a control, in an account, and in total."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from orchestrator.findings.matrix import Rules
from orchestrator.findings.refusals import AwsError, Retry, passing, said
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

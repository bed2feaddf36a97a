"""What AWS would drop: a line in the log of requests that says what was not delivered, and why.

A service of AWS delivers after the caller has had its answer, so no target gets a refusal but
by a metric, and here by this line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

Write = Callable[[Mapping[str, object]], None]

DROPPED, SET_ASIDE = "Dropped", "SetAside"
"""Gone for good, or in a dead-letter queue."""

_writers: list[Write] = []


@dataclass(frozen=True, slots=True)
class Drop:
    """One delivery that failed. `source` and `target` are ARNs; `why` is one sentence."""

    service: str
    source: str
    target: str
    why: str
    outcome: str = DROPPED


def listen(write: Write) -> None:
    """Let `write` have every line from now on, in place of whoever had them before."""
    _writers[:] = [write]


def note(drop: Drop) -> None:
    """Write it down, if anybody listens."""
    for write in _writers:
        write(entry(drop))


def entry(drop: Drop) -> dict[str, object]:
    """As a line of the log of requests, with the keys that every line has."""
    _, _, _, region, account_id, *_ = f"{drop.source}:::::".split(":")
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "account": account_id,
        "region": region,
        "service": drop.service,
        "operation": "(delivery)",
        "principal": f"{drop.service}.amazonaws.com",
        "role": "",
        "status": 0,
        "error": drop.outcome,
        "source": drop.source,
        "target": drop.target,
        "why": drop.why,
    }

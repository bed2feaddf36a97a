"""How many stacks at the same time: what the machine carries, and what AWS puts up with.

Additive increase, multiplicative decrease, as TCP does it: halved when AWS asks us to slow down,
one more after each round that went well.
Source: D. Chiu, R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion
Avoidance", 1989.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Lock

from orchestrator.model.events import Waiting
from orchestrator.ports import Ports

log = logging.getLogger(__name__)

BEARABLE = 4
"""So often a stack may be asked to slow down: its requests are tried again, each by itself. Of some
twenty requests a stack that is one in five.
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """The width AWS puts up with, as a fraction that grows by little steps."""

    width: float

    def slower(self) -> Pace:
        return Pace(max(1.0, self.width / 2))

    def faster(self, ceiling: int) -> Pace:
        """After one stack that went well: one more after as many stacks as are under way."""
        return Pace(max(1.0, min(float(ceiling), self.width + 1 / max(1.0, self.width))))


class Pacer:
    """The width of a run, looked up before each stack is started."""

    def __init__(self, ports: Ports, asked: int | None = None) -> None:
        self._ports = ports
        self._asked = asked
        self._pace: Pace | None = None
        self._seen = ports.capacity.throttles()
        self._lock = Lock()

    def width(self, most: int, under_way: int) -> int:
        """How many may be under way now, at least one; so many are."""
        with self._lock:
            ceiling = max(1, min(most, self._ceiling(under_way)))
            width = ceiling if self._pace is None else min(ceiling, int(self._pace.width))
            self._ports.capacity.use(width, ceiling)
            return width

    def ended(self, under_way: int) -> None:
        """A stack has ended; `under_way` were, with it."""
        with self._lock:
            throttles = self._ports.capacity.throttles()
            slow, self._seen = throttles - self._seen > BEARABLE, throttles
            before = int(self._pace.width) if self._pace else under_way
            if slow:
                self._pace = (self._pace or Pace(float(under_way))).slower()
            elif self._pace is not None:
                self._pace = self._pace.faster(self._ceiling(under_way))
            width = int(self._pace.width) if self._pace else 0
        if slow and width < before:
            self._ports.tell(Waiting(f"AWS asks to slow down: {width} at the same time", 0.0))
            log.warning("AWS asks to slow down: %d stacks at the same time", width)

    def _ceiling(self, under_way: int) -> int:
        return self._asked or self._ports.capacity.width(under_way)

"""The time of creation, which moto makes up anew for each answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from orchestrator.sandbox.extend import Json


def made(original: Callable[..., None], self: Any, *args: Any, **named: Any) -> None:
    original(self, *args, **named)
    self.made = time.time()


def get(original: Callable[..., Json | None], self: Any, name: str) -> Json | None:
    found = original(self, name)
    return {**found, "CreationTime": self.work_groups[name].made} if found else found

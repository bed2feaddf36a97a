"""Amazon Athena: a work group was made when it was made, not now.

moto makes up the time of creation anew for each answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from moto.athena.models import AthenaBackend, WorkGroup

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import Json


def made(original: Callable[..., None], self: Any, *args: Any, **named: Any) -> None:
    original(self, *args, **named)
    self.made = time.time()


def get(original: Callable[..., Json | None], self: Any, name: str) -> Json | None:
    found = original(self, name)
    return {**found, "CreationTime": self.work_groups[name].made} if found else found


def install() -> None:
    extend.amend(WorkGroup, "__init__", made)
    extend.amend(AthenaBackend, "get_work_group", get)

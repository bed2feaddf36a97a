"""checkov for tests: the environment that set-up has made, or the cache of this machine."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from orchestrator.adapters.checkov.environment import Environment
from orchestrator.adapters.checkov.scanner import CheckovScanner, Run
from orchestrator.adapters.process import Processes

POLICIES = Path(__file__).parents[1] / "policies"


@cache
def python() -> Path:
    """The interpreter that can import checkov."""
    return Environment(os.environ, Processes()).ensure().python


def scanner(run: Run | None = None, policies: Path = POLICIES) -> CheckovScanner:
    return CheckovScanner(python(), policies, POLICIES / "severities.yaml", run or Processes().run)

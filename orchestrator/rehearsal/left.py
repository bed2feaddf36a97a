"""What a rollout may leave behind: locks and processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil

from orchestrator import config
from orchestrator.model import dates
from orchestrator.sandbox.client import Sandbox

STATE_LOCK = ".tflock"
LEASES = "locks/"
PATIENCE = 150.0
"""Seconds: Terraform whose parent was killed may be at a resource that takes its time."""


def locks(sandbox: Sandbox, project: Path) -> tuple[str, ...]:
    """Terraform's lock files and our own leases of accounts, in the state bucket."""
    facts = config.load(project / "account_configs", dates.today()).facts
    pages = (
        sandbox.client("s3").get_paginator("list_objects_v2").paginate(Bucket=facts.state.bucket)
    )
    keys = (found["Key"] for page in pages for found in page.get("Contents", ()))
    return tuple(key for key in keys if key.endswith(STATE_LOCK) or key.startswith(LEASES))


def settled(alive: Callable[[], tuple[psutil.Process, ...]]) -> tuple[str, ...]:
    """Wait until no process of ours runs; those that still do, after all patience."""
    deadline = time.monotonic() + PATIENCE
    while (left := alive()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return tuple(_named(process) for process in left)


def _named(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())[:100]}"
    except psutil.Error:
        return f"{process.pid}"

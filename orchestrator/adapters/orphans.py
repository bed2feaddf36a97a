"""Terraforms whose run was killed: they come to their own end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from orchestrator.adapters.process_guard import OWN_END

log = logging.getLogger(__name__)

NAMES = ("terraform", "tofu")
PATIENCE = OWN_END + 120.0
"""Seconds: once interrupted, Terraform still finishes the resource it is at."""


def awaited(build: Path, patience: float = PATIENCE, pause: float = 0.2) -> None:
    """Wait for those that still write below `build`: nothing is planned on what they change.

    What takes longer is left to Terraform's own lock.
    """
    if not at_work_below(build, orphaned):
        return
    log.warning("Terraform of a run that was killed is still at work; waiting for it")
    deadline = time.monotonic() + patience
    while at_work_below(build, orphaned) and time.monotonic() < deadline:
        time.sleep(pause)


def at_work_below(folder: Path, which: Callable[[psutil.Process], bool]) -> bool:
    """Whether there is such a Terraform in the folder, or in one below it."""
    root = folder.resolve()
    return any(_is_there(process, root, which) for process in psutil.process_iter(["name"]))


def orphaned(process: psutil.Process) -> bool:
    """Whether the program that started it is gone, so that init or a stand-in has it now."""
    parent = process.parent()
    return parent is None or not parent.name().startswith(("python", "orchestrator"))


def _is_there(process: psutil.Process, root: Path, which: Callable[[psutil.Process], bool]) -> bool:
    try:
        if not (process.info["name"] or "").startswith(NAMES):
            return False
        return Path(process.cwd()).is_relative_to(root) and which(process)
    except psutil.Error:
        return False

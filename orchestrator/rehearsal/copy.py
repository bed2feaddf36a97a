"""A copy of the project, with as many accounts as are to be rehearsed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from orchestrator import assets
from orchestrator.rehearsal.stacks import Weight, lighten
from orchestrator.sandbox.fleet import Fleet
from orchestrator.sandbox.growth import grow_configs


def copied(root: Path, target: Path, accounts: int, weight: Weight, today: date) -> Fleet:
    """Make the project at `target`; the organization that the sandbox is to hold.

    The user's own files are only read.
    """
    target.mkdir(parents=True)
    fleet = grow_configs(root / "account_configs", target / "account_configs", accounts, today)
    for name in assets.of(root).parts:
        if name == "overrides":
            shutil.copytree(root / name, target / name)
        elif name != "account_configs":
            (target / name).symlink_to((root / name).resolve())
    if weight is Weight.LIGHT:
        lighten(target)
    return fleet

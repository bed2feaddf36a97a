"""The real Terraform, for tests that ask it what it makes of our files."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.terraform.toolchain import Toolchain, toolchain
from tests.unit.render.builders import ROOT


@cache
def _tools() -> Toolchain:
    lock_file = ROOT / "terraform" / ".terraform.lock.hcl"
    return toolchain(os.environ, lock_file, Path(mkdtemp()), Processes())


def terraform(folder: Path, *arguments: str) -> str:
    """Standard output of a command in `folder`, which must end well."""
    tools = _tools()
    argv = (str(tools.tool.path), *arguments)
    ran = Processes().run(Command(argv, folder, tools.environment, timeout=120))
    assert ran.code == 0, f"{ran.stdout}\n{ran.stderr}"
    return ran.stdout

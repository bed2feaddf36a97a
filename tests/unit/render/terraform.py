"""The real Terraform, for tests that ask it what it makes of our files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.terraform.toolchain import Toolchain, toolchain
from tests.unit.render.builders import ROOT

LOCK = ROOT / "terraform" / ".terraform.lock.hcl"


@cache
def _tools() -> Toolchain:
    return toolchain(os.environ, LOCK, Path(mkdtemp()), Processes())


def terraform(folder: Path, *arguments: str) -> str:
    """Standard output of a command in `folder`, which must end well."""
    tools = _tools()
    argv = (str(tools.tool.path), *arguments)
    ran = Processes().run(Command(argv, folder, tools.environment, timeout=600))
    assert ran.code == 0, f"{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def all_valid(folder: Path, roots: Sequence[Path]) -> bool:
    """Whether all `roots`, which lie below `folder`, are valid with the modules they call.

    They are asked about as modules of one root, as the provider's schema takes Terraform longer to
    read than all of them, and an error names the file. Only a backend is not looked at then.
    """
    alone = [root for root in roots if "\nimport {" in (root / "main.tf").read_text()]
    calls = [
        f'module "root_{number}" {{\n  source = "./{root.relative_to(folder)}"\n}}\n'
        for number, root in enumerate(roots)
        if root not in alone  # Terraform takes `import` in the first root only
    ]
    (folder / "main.tf").write_text("".join(calls))
    (folder / LOCK.name).write_bytes(LOCK.read_bytes())
    return all(map(_valid, (folder, *alone)))


def _valid(root: Path) -> bool:
    terraform(root, "init", "-backend=false", "-input=false", "-lockfile=readonly")
    return "Success" in terraform(root, "validate", "-no-color")

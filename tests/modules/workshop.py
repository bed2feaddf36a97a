"""A copy of the modules to run Terraform in, so that nothing of it lands in the checkout."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.process import Command, Completed, Processes
from orchestrator.adapters.terraform.toolchain import Toolchain, toolchain
from tests import gateway

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "terraform" / ".terraform.lock.hcl"
SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with all modules in it, the provider installed once and shared by links."""

    folder: Path
    tools: Toolchain
    processes: Processes

    def module(self, name: str) -> Path:
        """The module's copy, initialised."""
        folder = self.folder / "modules" / name
        if not (folder / ".terraform").exists():
            (folder / ".terraform").mkdir()
            providers = Path(".terraform", "providers")
            (folder / providers).symlink_to(self.folder / "installed" / providers)
            shutil.copy(LOCK, folder)
            ran = self.terraform(folder, "get", "-no-color")  # the modules that it calls
            if ran.code:
                raise RuntimeError(f"terraform get failed\n{ran.stdout}{ran.stderr}")
        return folder

    def terraform(
        self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None
    ) -> Completed:
        """Run Terraform in `folder` and wait. `env` is added to what Terraform needs anyway."""
        argv = (str(self.tools.tool.path), *arguments)
        whole = {**self.tools.environment, **(env or {})}
        with gateway.served(folder, whole, arguments[0]) as seen:
            return self.processes.run(Command(argv, folder, seen, timeout=SECONDS))


def build(folder: Path) -> Workshop:
    """Copy the modules into `folder`, and install the provider that all of them ask for."""
    shutil.copytree(ROOT / "modules", folder / "modules", ignore=_ignored)
    installed = folder / "installed"
    installed.mkdir()
    shutil.copy(LOCK, installed)
    shutil.copy(ROOT / "modules" / "log_archive" / "versions.tf", installed)
    processes = Processes()
    shop = Workshop(folder, toolchain(os.environ, LOCK, folder, processes), processes)
    ran = shop.terraform(installed, "init", "-backend=false", "-input=false", "-no-color")
    if ran.code:
        raise RuntimeError(f"terraform init failed\n{ran.stdout}{ran.stderr}")
    return shop


_ignored = shutil.ignore_patterns(".terraform*")

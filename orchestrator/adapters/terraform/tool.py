"""Terraform or OpenTofu, as found on this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.terraform.lock_file import Version
from orchestrator.errors import ToolMissing

OLDEST = Version((1, 10, 0), released=False)
"""The first with S3's native lock file."""
NEWEST = Version((2, 0, 0), released=False)
VARIABLE = "ORCHESTRATOR_TERRAFORM"


class Product(StrEnum):
    TERRAFORM = "Terraform"
    OPENTOFU = "OpenTofu"


PRODUCTS = {"Terraform": Product.TERRAFORM, "OpenTofu": Product.OPENTOFU}
SAYS = re.compile(rf"(?P<product>{'|'.join(PRODUCTS)}) v(?P<version>\S+)")
"""The first line of `version`. Its JSON is the same for both, and names no product."""


@dataclass(frozen=True, slots=True)
class Tool:
    """The program and what it calls itself."""

    path: Path
    product: Product
    version: Version

    def __str__(self) -> str:
        return f"{self.product} {self.version} ({self.path})"

    @property
    def works(self) -> bool:
        return OLDEST < self.version < NEWEST


def on_path(env: Mapping[str, str], processes: Processes) -> Tool | None:
    """What the caller named, or else the first of terraform and tofu that is new enough.

    Raises ToolMissing when the one the caller named is not to be used.
    """
    if named := env.get(VARIABLE):
        return _named(named, env, processes)
    for name in ("terraform", "tofu"):
        found = shutil.which(name, path=env.get("PATH", ""))
        tool = ask(Path(found), env, processes) if found else None
        if tool and tool.works:
            return tool
    return None


def _named(name: str, env: Mapping[str, str], processes: Processes) -> Tool:
    found = shutil.which(name, path=env.get("PATH", ""))
    tool = ask(Path(found), env, processes) if found else None
    if tool is None or not tool.works:
        what = tool or f"'{name}' is not Terraform"
        raise ToolMissing(
            f"{VARIABLE}: {what}, wanted is Terraform or OpenTofu >= 1.10, < 2.0",
            f"set {VARIABLE} to such a program, or unset it",
        )
    return tool


def ask(program: Path, env: Mapping[str, str], processes: Processes) -> Tool | None:
    """Which version a program is; None when it does not answer as Terraform does."""
    quiet = {name: env[name] for name in ("PATH", "HOME") if name in env}
    command = Command(
        (str(program), "version"), Path("/"), {**quiet, "CHECKPOINT_DISABLE": "1"}, timeout=30
    )
    try:
        said = SAYS.match(processes.run(command).stdout)
    except ToolMissing:
        return None
    version = Version.parse(said["version"]) if said else None
    return Tool(program, PRODUCTS[said["product"]], version) if said and version else None

"""Where Terraform's provider processes come from."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.terraform.lock_file import Version
from orchestrator.errors import ToolMissing


@dataclass(frozen=True, slots=True)
class Work:
    """What a command needs of the providers.

    `configured`: it enters the account. `writes`: it may change something there. `plan_file`: it
    reads this saved plan, and the state in it. `whole`: it needs every type the provider has,
    because fewer were not enough.
    """

    configured: bool = True
    writes: bool = False
    plan_file: Path | None = None
    whole: bool = False


class Providers(Protocol):
    """What gives a run of Terraform its providers."""

    def serve(
        self, folder: Path, env: Mapping[str, str], work: Work
    ) -> AbstractContextManager[Mapping[str, str]]:
        """The environment for one command, good as long as the context lasts."""
        ...


class OwnProviders:
    """The plain way: every Terraform starts its own."""

    def serve(
        self,
        folder: Path,  # noqa: ARG002 - as the others are asked
        env: Mapping[str, str],
        work: Work,  # noqa: ARG002
    ) -> AbstractContextManager[Mapping[str, str]]:
        return nullcontext(env)


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

"""Everything Terraform needs on this machine, found once a run: program, provider, environment."""

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
from orchestrator.adapters.terraform import packages, releases
from orchestrator.adapters.terraform.packages import Mirror, Version, find_mirror
from orchestrator.adapters.terraform.releases import this_platform
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


ALLOWED = re.compile(
    r"PATH|HOME|TMPDIR|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ"
    r"|(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy"
    r"|SSL_CERT_FILE|SSL_CERT_DIR|AWS_CA_BUNDLE|AWS_ENDPOINT_URL(?:_[A-Z0-9_]+)?"
    r"|AWS_USE_FIPS_ENDPOINT|AWS_USE_DUALSTACK_ENDPOINT|AWS_MAX_ATTEMPTS|AWS_RETRY_MODE"
    r"|TF_LOG|TF_LOG_CORE|TF_LOG_PROVIDER|TF_LOG_PATH"
)
"""No credentials and no profile: those come with the account that is entered. No TF_VAR_*,
TF_CLI_ARGS*, TF_WORKSPACE or TF_DATA_DIR either: they would change what was reviewed."""

FIXED = {
    "CHECKPOINT_DISABLE": "1",
    "TF_IN_AUTOMATION": "1",
    "TF_INPUT": "0",
    # Less garbage collection in Terraform and provider: a fifth of the CPU time for 150 MB.
    "GOGC": "400",
    # On a machine in EC2 the provider would else fall back to the machine's own role.
    "AWS_EC2_METADATA_DISABLED": "true",
}


def build_environment(caller: Mapping[str, str], cli_config: Path) -> dict[str, str]:
    """All that Terraform needs of `caller`, and what makes it quiet, offline and repeatable."""
    allowed = {name: value for name, value in caller.items() if ALLOWED.fullmatch(name)}
    return {**allowed, **FIXED, "TF_CLI_CONFIG_FILE": str(cli_config)}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The program, where its provider comes from, and the environment both run in."""

    tool: Tool
    mirror: Mirror | None
    environment: Mapping[str, str]


def terraform(env: Mapping[str, str], processes: Processes) -> Tool:
    """On the PATH, or downloaded before, or downloaded now. Raises ToolMissing."""
    if tool := on_path(env, processes):
        return tool
    program = releases.cached(env) or releases.fetch(env, this_platform())
    tool = ask(program, env, processes)
    if tool is None:
        raise ToolMissing(f"'{program}' does not run on this machine", releases.FIX)
    return tool


def mirror_of(env: Mapping[str, str], lock: Path) -> Mirror | None:
    """A mirror with the version that `lock` asks for; None means the registry.

    Raises ToolMissing when it is a version that is refused.
    """
    locked = packages.read_lock(lock.read_text()) if lock.is_file() else None
    if locked is None:
        return None
    releases.accept(locked.version, lock)
    return find_mirror(env, this_platform(), locked.version, Path.cwd())


def toolchain(env: Mapping[str, str], lock: Path, folder: Path, processes: Processes) -> Toolchain:
    """Find everything. `folder` is where the generated CLI configuration is kept.

    Raises ToolMissing.
    """
    tool = terraform(env, processes)
    mirror = mirror_of(env, lock)
    config = packages.choose_configuration(env, mirror, folder)
    return Toolchain(tool, mirror, build_environment(env, config))

"""Everything Terraform needs on this machine, found once a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform import download, lock_file, releases
from orchestrator.adapters.terraform import mirror as cli_config
from orchestrator.adapters.terraform.download import this_platform
from orchestrator.adapters.terraform.mirror import Mirror, find
from orchestrator.adapters.terraform.tool import Tool, ask, on_path
from orchestrator.errors import ToolMissing

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
    program = download.cached(env) or download.fetch(env, this_platform())
    tool = ask(program, env, processes)
    if tool is None:
        raise ToolMissing(f"'{program}' does not run on this machine", download.FIX)
    return tool


def mirror_of(env: Mapping[str, str], lock: Path) -> Mirror | None:
    """A mirror with the version that `lock` asks for; None means the registry.

    Raises ToolMissing when it is a version that is refused.
    """
    locked = lock_file.read(lock.read_text()) if lock.is_file() else None
    if locked is None:
        return None
    releases.accept(locked.version, lock)
    return find(env, this_platform(), locked.version, Path.cwd())


def toolchain(env: Mapping[str, str], lock: Path, folder: Path, processes: Processes) -> Toolchain:
    """Find everything. `folder` is where the generated CLI configuration is kept.

    Raises ToolMissing.
    """
    tool = terraform(env, processes)
    mirror = mirror_of(env, lock)
    config = cli_config.choose(env, mirror, folder)
    return Toolchain(tool, mirror, build_environment(env, config))

"""Everything Terraform needs on this machine, found once a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform import cli_config, download, lock_file
from orchestrator.adapters.terraform import environment as environments
from orchestrator.adapters.terraform.mirror import Mirror, find
from orchestrator.adapters.terraform.platform import this_platform
from orchestrator.adapters.terraform.tool import Tool, ask, on_path
from orchestrator.errors import ToolMissing


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
    """A mirror with the version that `lock` asks for; None means the registry."""
    locked = lock_file.read(lock.read_text()) if lock.is_file() else None
    return find(env, this_platform(), locked.version, Path.cwd()) if locked else None


def toolchain(env: Mapping[str, str], lock: Path, folder: Path, processes: Processes) -> Toolchain:
    """Find everything. `folder` is where the generated CLI configuration is kept."""
    tool = terraform(env, processes)
    mirror = mirror_of(env, lock)
    config = cli_config.choose(env, mirror, folder)
    return Toolchain(tool, mirror, environments.environment(env, config))

"""What is on this machine of what a run needs. Looks, downloads nothing, and sends nothing."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from orchestrator import __version__
from orchestrator.adapters.checkov.environment import VARIABLE, Environment
from orchestrator.adapters.private_folders import remove_abandoned
from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform import packages, releases
from orchestrator.adapters.terraform.packages import Locked, Mirror
from orchestrator.adapters.terraform.releases import this_platform
from orchestrator.adapters.terraform.toolchain import Product, Tool, ask, on_path
from orchestrator.errors import ToolMissing
from orchestrator.model.events import ToolVersions
from orchestrator.model.preflight import INSTALL_SANDBOX, Need, Readiness

OLDEST_PYTHON = (3, 11)
ENOUGH_MEMORY = 2.0
"""GiB; a plan needs 0.6 in Terraform and provider, and checkov as much again."""

CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def examine(env: Mapping[str, str], lock: Path, processes: Processes) -> tuple[Need, ...]:
    """Every need, in the order in which one would see to them. `lock` is the provider's."""
    locked = packages.read_lock(lock.read_text()) if lock.is_file() else None
    found = (
        packages.find_mirror(env, this_platform(), locked.version, Path.cwd()) if locked else None
    )
    return (
        python(),
        terraform(env, processes),
        refused(lock, locked) or provider(env, locked, found),
        lock_hashes(lock, locked, found),
        checkov(Environment(env, processes)),
        git(env),
        distribution("moto", Readiness.NOTE, SANDBOX),
        strength(),
        credentials(env),
        configuration_file(env),
        keys_left_behind(remove_abandoned()),
    )


def versions(env: Mapping[str, str], lock: Path, processes: Processes) -> Mapping[str, str]:
    """Of this orchestrator, the Terraform that would be used, and the provider that is locked."""
    tool = on_path(env, processes)
    locked = packages.read_lock(lock.read_text()) if lock.is_file() else None
    return {
        "orchestrator": __version__,
        "terraform": str(tool.version) if tool else releases.VERSION,
        **({"provider": str(locked.version)} if locked else {}),
    }


def keys_left_behind(removed: Sequence[Path]) -> Need:
    """What a run that was killed has left; it is gone now."""
    if not removed:
        return Need("keys", Readiness.OK, "no run has left keys behind")
    found = (
        f"runs that were killed had left keys in {len(removed)} folder(s), which are removed now"
    )
    return Need("keys", Readiness.NOTE, found)


SANDBOX = f"for the sandbox: {INSTALL_SANDBOX}"
OPENTOFU = (
    "OpenTofu takes the provider from a registry of its own, and a lock file serves only one of "
    "the two: in terraform/, run 'tofu providers lock' and commit the lock file"
)


def python() -> Need:
    found = f"{platform.python_version()} ({sys.executable})"
    if sys.version_info >= OLDEST_PYTHON:
        return Need("python", Readiness.OK, found)
    return Need("python", Readiness.MISSING, found, "use Python >= 3.11")


def terraform(env: Mapping[str, str], processes: Processes) -> Need:
    try:
        tool = on_path(env, processes)
    except ToolMissing as error:
        return Need("terraform", Readiness.MISSING, error.message, error.fix)
    if tool is None and (program := releases.cached(env)):
        tool = ask(program, env, processes)
    if tool and tool.product is Product.OPENTOFU:
        return Need("terraform", Readiness.NOTE, str(tool), OPENTOFU)
    if tool:
        proof = releases.proof_of_terraform(tool.version)
        return Need("terraform", Readiness.OK, f"{tool}: {proof}")
    if this_platform() in releases.SHA256:
        later = f"Terraform {releases.VERSION} will be downloaded when it is needed"
        return Need("terraform", Readiness.NOTE, f"none >= 1.10 on the PATH; {later}", releases.FIX)
    return Need("terraform", Readiness.MISSING, "none >= 1.10 on the PATH", releases.FIX)


def refused(lock: Path, locked: Locked | None) -> Need | None:
    """What is said of a release of the provider that must not be used."""
    why = releases.refusal(locked.version) if locked else ""
    return Need("provider", Readiness.MISSING, why, releases.way_out(lock)) if why else None


def provider(env: Mapping[str, str], locked: Locked | None, found: Mirror | None) -> Need:
    if locked is None:
        return Need("provider", Readiness.MISSING, "no lock file names a version", RESTORE)
    wanted = f"{packages.PROVIDER} {locked.version}"
    proof = releases.proof_of_provider(locked.version)
    if found:
        return Need("provider", Readiness.OK, f"{wanted} ({found.path}, {found.found_by}): {proof}")
    if own := packages.own_configuration(env):
        return Need("provider", Readiness.NOTE, f"{wanted}, from where {own} says: {proof}")
    for variable in packages.VARIABLES:
        if path := env.get(variable):
            there = ", ".join(map(str, packages.mirrored(Path(path), this_platform()))) or "none"
            what = f"{variable}: {path} lacks {wanted} for {this_platform()}, it has {there}"
            fix = f"fill it: terraform providers mirror -platform={this_platform()} {path}"
            return Need("provider", Readiness.MISSING, what, fix)
    fix = f"without a network, name a mirror in {packages.VARIABLES[0]}"
    return Need("provider", Readiness.NOTE, f"{wanted}, from the registry: {proof}", fix)


def checkov(environment: Environment) -> Need:
    try:
        found = environment.find()
    except ToolMissing as error:
        return Need("checkov", Readiness.MISSING, error.message, error.fix)
    if found:
        return Need("checkov", Readiness.OK, str(found))
    where = f"{environment.version} will be installed into {environment.cached} when it is needed"
    fix = f"without an index, name a Python that has it in {VARIABLE}"
    return Need("checkov", Readiness.NOTE, where, fix)


RESTORE = "restore terraform/.terraform.lock.hcl from version control"


def lock_hashes(lock: Path, locked: Locked | None, found: Mirror | None) -> Need:
    """Whether the lock file knows the package that would be installed here."""
    if locked is None:
        return Need("lock file", Readiness.MISSING, f"{lock} does not lock the provider", RESTORE)
    fix = f"in terraform/: terraform providers lock -platform={this_platform()}"
    if found is None:
        zips = sum(known.startswith("zh:") for known in locked.hashes)
        presence = Readiness.OK if zips else Readiness.MISSING
        return Need("lock file", presence, f"{zips} released packages", "" if zips else fix)
    known = packages.h1(found.package) in locked.hashes
    if known:
        return Need("lock file", Readiness.OK, f"knows the package for {this_platform()}")
    return Need("lock file", Readiness.MISSING, f"does not know {found.package}", fix)


def distribution(name: str, otherwise: Readiness, fix: str) -> Need:
    try:
        return Need(name, Readiness.OK, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Need(name, otherwise, "not installed", fix)


def git(env: Mapping[str, str]) -> Need:
    if path := shutil.which("git", path=env.get("PATH", "")):
        return Need("git", Readiness.OK, path)
    return Need("git", Readiness.NOTE, "not on the PATH", "install it to keep account_configs/ in")


def strength() -> Need:
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = f"{cores} cores, {memory:.1f} GiB"
    if memory >= ENOUGH_MEMORY:
        return Need("machine", Readiness.OK, found)
    return Need(
        "machine", Readiness.NOTE, found, "roll out few stacks at a time: a plan needs 1 GiB"
    )


def credentials(env: Mapping[str, str]) -> Need:
    """Whether there are any, never which."""
    folder = Path(env.get("HOME") or "/") / ".aws"
    files = (
        Path(env.get("AWS_SHARED_CREDENTIALS_FILE") or folder / "credentials"),
        Path(env.get("AWS_CONFIG_FILE") or folder / "config"),
    )
    if any(env.get(name) for name in CREDENTIALS) or any(path.is_file() for path in files):
        return Need("credentials", Readiness.OK, "present")
    fix = "not needed for validate, render and the sandbox; else sign in to AWS"
    return Need("credentials", Readiness.NOTE, "none", fix)


def configuration_file(env: Mapping[str, str]) -> Need:
    if path := packages.missing_configuration(env):
        found = f"{path} does not exist, and is left aside"
        return Need("TF_CLI_CONFIG_FILE", Readiness.NOTE, found, "unset it, or write the file")
    return Need("TF_CLI_CONFIG_FILE", Readiness.OK, env.get("TF_CLI_CONFIG_FILE") or "not set")


READ = frozenset({".py", ".yaml", ".yml", ".json"})
"""What the scanner takes from policies/; the rest is for people."""


def tool_versions(tool: Tool, lock: Path, policies: Path) -> ToolVersions:
    text = lock.read_text("utf-8") if lock.is_file() else ""
    locked = packages.read_lock(text)
    return ToolVersions(
        __version__,
        f"{tool.product} {tool.version}",
        str(locked.version) if locked else "",
        hashlib.sha256(text.encode()).hexdigest() if text else "",
        _digest(policies),
    )


def _digest(folder: Path) -> str:
    """SHA-256 over names and contents."""
    total = hashlib.sha256()
    files = (path for path in folder.rglob("*") if path.suffix in READ)
    for file in sorted(path for path in files if "examples" not in path.parts):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(folder).as_posix()}\0{content}\n".encode())
    return total.hexdigest()

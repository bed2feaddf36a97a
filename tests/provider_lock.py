"""The suites with another release of the provider: a copy of the checkout that locks it.

python -m tests.provider_lock FOLDER RELEASE    makes the copy, which must not exist yet

The release comes from where Terraform gets its providers here: a mirror that has it, else the
registry. `make provider PROVIDER=6.73.0` makes the copy, and runs the suites in it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.terraform import packages
from orchestrator.adapters.terraform.packages import Version
from orchestrator.adapters.terraform.releases import this_platform
from orchestrator.adapters.terraform.toolchain import build_environment, terraform

ROOT = Path(__file__).parents[1]
CONSTRAINT = re.compile(r'^(\s*version\s*= )"[^"]*"', re.MULTILINE)
CONSTRAINTS = re.compile(r"^  constraints = .*$", re.MULTILINE)


def copied(folder: Path, root: Path = ROOT) -> None:
    """All that git knows, or would know, of the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)


def lock(folder: Path, release: str, env: Mapping[str, str]) -> None:
    """Let the copy in `folder` lock `release`. Raises ValueError with Terraform's words."""
    wanted = Version.parse(release)
    if wanted is None:
        raise ValueError(f"'{release}' is not a release, as 6.73.0 is")
    versions = folder / "terraform" / "versions.tf"
    file = versions.with_name(packages.LOCK_FILE)
    before = CONSTRAINTS.search(file.read_text("utf-8"))
    assert before
    with TemporaryDirectory() as name:
        root = Path(name)
        exactly = CONSTRAINT.sub(rf'\1"{wanted}"', versions.read_text("utf-8"))
        (root / "versions.tf").write_text(exactly, "utf-8")
        _init(root, wanted, env)
        text = (root / packages.LOCK_FILE).read_text("utf-8")
    file.write_text(CONSTRAINTS.sub(before[0], text), "utf-8")


def _init(root: Path, wanted: Version, env: Mapping[str, str]) -> None:
    processes = Processes()
    found = packages.find_mirror(env, this_platform(), wanted, Path.cwd())
    environment = build_environment(
        env, packages.choose_configuration(env, found, root / "private")
    )
    argv = (str(terraform(env, processes).path), "init", "-backend=false", "-no-color")
    ran = processes.run(Command(argv, root, environment, timeout=600))
    if ran.code:
        raise ValueError(ran.stderr)


def main() -> None:
    """Make the copy."""
    folder, release = Path(sys.argv[1]), sys.argv[2]
    folder.mkdir(parents=True)
    copied(folder)
    try:
        lock(folder, release, os.environ)
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

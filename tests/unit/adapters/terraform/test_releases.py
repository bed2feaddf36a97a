from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from orchestrator.adapters import machine
from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.terraform import packages, releases
from orchestrator.adapters.terraform.packages import Version
from orchestrator.adapters.terraform.toolchain import toolchain
from orchestrator.errors import ToolMissing
from orchestrator.model.preflight import Readiness

ROOT = Path(__file__).parents[4]
LOCK = ROOT / "terraform" / packages.LOCK_FILE
TABLE = ROOT / "tests" / "modules" / "schemas" / "aws-6.json"


def version(text: str) -> Version:
    parsed = Version.parse(text)
    assert parsed
    return parsed


@pytest.mark.parametrize("bad", ["6.0.0", "6.1.0", "6.14.0", "6.34.0", "6.40.0", "6.44.0"])
def test_a_release_that_does_harm_is_refused_with_the_reason(bad: str) -> None:
    with pytest.raises(ToolMissing, match=r"terraform-provider-aws issue") as refused:
        releases.accept(version(bad), Path("lock"))

    assert bad in refused.value.message
    assert refused.value.fix


@pytest.mark.parametrize("good", ["5.100.0", "6.2.0", "6.13.0", "6.14.1", "6.33.0", "6.46.0"])
def test_other_releases_are_not(good: str) -> None:
    assert releases.refusal(version(good)) == ""


def test_doctor_refuses_it_as_well(tmp_path: Path) -> None:
    lock = locked(tmp_path, "6.14.0")

    needs = {need.name: need for need in machine.examine({}, lock, Processes())}

    assert needs["provider"].presence is Readiness.MISSING
    assert "Missing Resource Identity After Update" in needs["provider"].found
    assert needs["provider"].fix == releases.way_out(lock)


def test_what_speaks_for_a_release_is_said() -> None:
    provider = releases.proof_of_provider

    assert provider(version("5.100.0")) == "tested"
    assert provider(version("6.50.0")).startswith("only checked by the schemas of 5.100.0 and")
    assert provider(version("6.99.0")).startswith("neither tested nor checked")
    assert releases.proof_of_terraform(version("1.14.0")) == "not tested; 1.11.4 is"


def test_what_is_called_tested_is_what_the_tests_use() -> None:
    named = packages.read_lock(LOCK.read_text("utf-8"))

    assert named
    assert named.version == releases.PROVIDER
    assert str(releases.SCHEMA) == json.loads(TABLE.read_text("utf-8"))["provider"]


def locked(folder: Path, release: str) -> Path:
    """The lock file of a project's own, naming that release."""
    lock = folder / packages.LOCK_FILE
    named = re.sub(r'( version += )"\d[^"]*"', rf'\1"{release}"', LOCK.read_text("utf-8"))
    lock.write_text(named, "utf-8")
    return lock


def remedy(refused: ToolMissing, folder: Path, env: Mapping[str, str]) -> None:
    """Do what the error says, by a shell, as its reader would."""
    command = ("/bin/sh", "-c", refused.fix.partition(": ")[2])
    ran = Processes().run(Command(command, folder, env, timeout=120))
    assert ran.code == 0, ran.stderr


@pytest.mark.terraform
def test_the_way_out_locks_a_release_that_is_taken(tmp_path: Path) -> None:
    processes, private = Processes(), tmp_path / "private"
    tools = toolchain(os.environ, LOCK, private, processes)
    path = {"PATH": f"{tools.tool.path.parent}:/usr/bin:/bin"}
    folder = copytree(
        ROOT / "terraform", tmp_path / "terraform", ignore=ignore_patterns(".terraform")
    )
    lock = locked(folder, "6.14.0")
    with pytest.raises(ToolMissing) as refused:
        toolchain(os.environ, lock, private, processes)

    remedy(refused.value, tmp_path, {**tools.environment, **path})

    assert toolchain(os.environ, lock, private, processes).mirror == tools.mirror


def test_the_way_out_of_a_projects_own_lock_file_is_to_do_without(tmp_path: Path) -> None:
    lock = locked(tmp_path, "6.40.0")
    with pytest.raises(ToolMissing) as refused:
        releases.accept(version("6.40.0"), lock)

    remedy(refused.value, tmp_path, {"PATH": "/usr/bin:/bin"})

    assert not lock.exists()

from __future__ import annotations

import json
import os
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from orchestrator.adapters import machine
from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.terraform import lock_file, versions
from orchestrator.adapters.terraform.lock_file import Locked, Version
from orchestrator.adapters.terraform.toolchain import toolchain
from orchestrator.errors import ToolMissing
from orchestrator.model.machine import Presence

ROOT = Path(__file__).parents[4]
LOCK = ROOT / "terraform" / lock_file.NAME
TABLE = ROOT / "tests" / "modules" / "schemas" / "aws-6.json"


def version(text: str) -> Version:
    parsed = Version.parse(text)
    assert parsed
    return parsed


@pytest.mark.parametrize("bad", ["6.0.0", "6.1.0", "6.14.0", "6.34.0", "6.40.0", "6.44.0"])
def test_a_release_that_does_harm_is_refused_with_the_reason(bad: str) -> None:
    with pytest.raises(ToolMissing, match=r"terraform-provider-aws issue") as refused:
        versions.accept(version(bad))

    assert bad in refused.value.message
    assert refused.value.fix


@pytest.mark.parametrize("good", ["5.100.0", "6.2.0", "6.13.0", "6.14.1", "6.33.0", "6.46.0"])
def test_other_releases_are_not(good: str) -> None:
    assert versions.refusal(version(good)) == ""


def test_doctor_refuses_it_as_well() -> None:
    need = machine.provider({}, Locked(version("6.14.0"), frozenset()), None)

    assert need.presence is Presence.MISSING
    assert "Missing Resource Identity After Update" in need.found


def test_what_speaks_for_a_release_is_said() -> None:
    provider = versions.proof_of_provider

    assert provider(version("5.100.0")) == "tested"
    assert provider(version("6.50.0")).startswith("only checked by the schemas of 5.100.0 and")
    assert provider(version("6.99.0")).startswith("neither tested nor checked")
    assert versions.proof_of_terraform(version("1.14.0")) == "not tested; 1.11.4 is"


def test_what_is_called_tested_is_what_the_tests_use() -> None:
    locked = lock_file.read(LOCK.read_text("utf-8"))

    assert locked
    assert locked.version == versions.PROVIDER
    assert str(versions.SCHEMA) == json.loads(TABLE.read_text("utf-8"))["provider"]


@pytest.mark.terraform
def test_the_way_out_of_a_refusal_locks_a_release_that_is_taken(tmp_path: Path) -> None:
    processes = Processes()
    env = dict(toolchain(os.environ, LOCK, tmp_path / "private", processes).environment)
    folder = tmp_path / "terraform"
    copytree(ROOT / "terraform", folder, ignore=ignore_patterns(".terraform"))
    lock = folder / lock_file.NAME
    lock.write_text(lock.read_text("utf-8").replace('"5.100.0"', '"6.14.0"'), "utf-8")
    with pytest.raises(ToolMissing) as refused:
        toolchain(os.environ, lock, tmp_path / "private", processes)

    remedy = refused.value.fix.rpartition(": ")[2].split()
    ran = processes.run(Command((*remedy, "-no-color"), folder, env, timeout=120))

    assert ran.code == 0, ran.stderr
    assert toolchain(os.environ, lock, tmp_path / "private", processes).mirror

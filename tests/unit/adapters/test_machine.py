from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.adapters import machine
from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform import packages
from orchestrator.adapters.terraform.packages import Locked, Mirror, Version
from orchestrator.model.preflight import Readiness

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "terraform" / packages.LOCK_FILE
VERSION = Version((5, 100, 0))


def a_mirror(root: Path, content: str = "provider") -> Mirror:
    package = root / "package"
    package.mkdir(parents=True)
    (package / "terraform-provider-aws_v5.100.0_x5").write_text(content)
    return Mirror(root, package, "found on the system")


def test_every_need_is_reported_even_on_a_bare_machine(tmp_path: Path) -> None:
    needs = machine.examine({"HOME": str(tmp_path)}, tmp_path, Processes())

    presence = {need.name: need.presence for need in needs}
    assert presence["python"] is Readiness.OK
    assert presence["provider"] is presence["lock file"] is Readiness.MISSING
    assert presence["credentials"] is presence["git"] is Readiness.NOTE
    assert all(need.fix for need in needs if need.presence is Readiness.MISSING)


def test_no_credential_is_named_or_shown() -> None:
    env = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "hunter22"}

    need = machine.credentials(env)

    assert (need.presence, need.found) == (Readiness.OK, "present")


def test_credentials_in_files_count_too(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[default]\n")

    assert machine.credentials({"HOME": str(tmp_path)}).presence is Readiness.OK
    assert machine.credentials({"HOME": "/nowhere"}).presence is Readiness.NOTE


def test_terraform_that_will_be_downloaded_is_only_a_note(tmp_path: Path) -> None:
    need = machine.terraform({"PATH": "", "XDG_CACHE_HOME": str(tmp_path)}, Processes())

    assert need.presence is Readiness.NOTE
    assert "will be downloaded" in need.found


def test_terraform_that_was_named_and_does_not_work_is_missing() -> None:
    need = machine.terraform({"ORCHESTRATOR_TERRAFORM": "/bin/true"}, Processes())

    assert need.presence is Readiness.MISSING


def test_a_mirror_that_was_named_and_lacks_the_version_is_missing(tmp_path: Path) -> None:
    env = {"ORCHESTRATOR_PROVIDER_MIRROR": str(tmp_path), "HOME": str(tmp_path)}

    need = machine.provider(env, Locked(VERSION, frozenset()), None)

    assert need.presence is Readiness.MISSING
    assert "lacks registry.terraform.io/hashicorp/aws 5.100.0" in need.found


@pytest.mark.parametrize("known", [True, False])
def test_the_lock_file_must_know_the_package_in_the_mirror(known: bool, tmp_path: Path) -> None:
    found = a_mirror(tmp_path)
    hashes = {packages.h1(found.package)} if known else {"zh:00"}

    need = machine.lock_hashes(Path("lock"), Locked(VERSION, frozenset(hashes)), found)

    assert need.presence is (Readiness.OK if known else Readiness.MISSING)


def test_a_configuration_file_that_is_not_there_is_a_note() -> None:
    need = machine.configuration_file({"TF_CLI_CONFIG_FILE": "/nowhere/terraformrc"})

    assert need.presence is Readiness.NOTE
    assert "does not exist, and is left aside" in need.found


@pytest.mark.terraform
def test_this_machine_has_what_the_tests_need() -> None:
    needs = {need.name: need for need in machine.examine(os.environ, LOCK, Processes())}

    assert needs["terraform"].presence is not Readiness.MISSING
    assert needs["lock file"].presence is Readiness.OK
    assert packages.PROVIDER in needs["provider"].found

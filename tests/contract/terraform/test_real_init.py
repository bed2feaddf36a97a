"""What only the real Terraform can show: lock files, mirrors, and folders that are damaged."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform import packages, toolchain
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.packages import find_mirror
from orchestrator.adapters.terraform.releases import this_platform
from orchestrator.adapters.terraform.toolchain import build_environment
from orchestrator.errors import TerraformFailed
from tests.contract.terraform.workshops import RealWorkshop, planned

pytestmark = pytest.mark.terraform

LOCK = Path(__file__).parents[3] / "terraform" / ".terraform.lock.hcl"
VERSIONS = """terraform {
  required_version = ">= 1.10, < 2.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stack = tmp_path / "stack"
    stack.mkdir()
    (stack / "versions.tf").write_text(VERSIONS)
    return stack


@pytest.fixture
def workshop(tmp_path: Path) -> RealWorkshop:
    stack = tmp_path / "plain"
    stack.mkdir()
    return RealWorkshop(stack, tmp_path / "private")


def a_packed_mirror(root: Path) -> Path:
    """A mirror with a package that looks like the provider's; `init` installs, it starts none."""
    package = root / packages.PROVIDER / f"terraform-provider-aws_5.100.0_{this_platform()}.zip"
    package.parent.mkdir(parents=True)
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(zipfile.ZipInfo("terraform-provider-aws_v5.100.0_x5"), "#!/bin/false\n")
    return package


def locked(*hashes: str) -> str:
    lines = "".join(f'    "{hash_}",\n' for hash_ in hashes)
    return (
        f'provider "{packages.PROVIDER}" {{\n  version     = "5.100.0"\n'
        f'  constraints = ">= 5.100.0, < 7.0.0"\n  hashes = [\n{lines}  ]\n}}\n'
    )


def a_terraform(root: Path) -> TerraformCli:
    """One that has only what lies in the mirror below `root`."""
    processes = Processes()
    env = {**os.environ, "ORCHESTRATOR_PROVIDER_MIRROR": str(root / "mirror")}
    version = packages.read_lock(locked())
    assert version
    mirror = find_mirror(env, this_platform(), version.version, root, ())
    config = packages.write_configuration(root / "private", mirror)
    tool = toolchain.terraform(os.environ, processes)
    return TerraformCli(tool, processes, build_environment(os.environ, config))


def test_the_lock_file_of_the_project_fits_the_provider_of_this_machine(
    folder: Path, tmp_path: Path
) -> None:
    processes = Processes()
    found = toolchain.toolchain(os.environ, LOCK, tmp_path / "private", processes)
    (folder / ".terraform.lock.hcl").write_bytes(LOCK.read_bytes())
    terraform = TerraformCli(found.tool, processes, found.environment)

    assert terraform.init(folder, {})
    assert not terraform.init(folder, {})
    assert (folder / ".terraform.lock.hcl").read_bytes() == LOCK.read_bytes()


def test_a_released_package_is_known_by_the_hash_of_its_zip(folder: Path, tmp_path: Path) -> None:
    package = a_packed_mirror(tmp_path / "mirror")
    released = f"zh:{hashlib.sha256(package.read_bytes()).hexdigest()}"
    (folder / ".terraform.lock.hcl").write_text(locked(packages.h1(package), released))

    assert a_terraform(tmp_path).init(folder, {})
    assert list(folder.glob(".terraform/providers/**/terraform-provider-aws*"))


def test_a_package_the_lock_file_does_not_know_is_refused_with_the_remedy(
    folder: Path, tmp_path: Path
) -> None:
    a_packed_mirror(tmp_path / "mirror")
    (folder / ".terraform.lock.hcl").write_text(locked("h1:" + "A" * 43 + "="))

    with pytest.raises(TerraformFailed, match="checksums") as caught:
        a_terraform(tmp_path).init(folder, {})
    assert f"terraform providers lock -platform={this_platform()}" in caught.value.fix


def test_a_folder_without_its_lock_file_is_refused(folder: Path, tmp_path: Path) -> None:
    a_packed_mirror(tmp_path / "mirror")

    with pytest.raises(TerraformFailed, match="read-only"):
        a_terraform(tmp_path).init(folder, {})


@pytest.mark.parametrize("damage", [".terraform/modules/modules.json", ".terraform"])
def test_a_folder_that_init_left_half_done_is_cleaned_and_initialised(
    damage: str, workshop: RealWorkshop
) -> None:
    workshop.declare(a="1")
    file = workshop.folder / damage
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{half")

    assert workshop.terraform.init(workshop.folder, {})
    assert planned(workshop).changes


def test_a_backend_that_changed_is_an_error_and_nothing_is_forgotten(
    workshop: RealWorkshop,
) -> None:
    backend = workshop.folder / "backend.tf"
    workshop.declare(a="1")
    backend.write_text('terraform {\n  backend "local" {\n    path = "one.tfstate"\n  }\n}\n')
    workshop.terraform.init(workshop.folder, {})
    (workshop.folder / ".terraform/orchestrator-init-key").unlink()
    backend.write_text('terraform {\n  backend "local" {\n    path = "two.tfstate"\n  }\n}\n')

    with pytest.raises(TerraformFailed, match="Backend configuration changed"):
        workshop.terraform.init(workshop.folder, {})
    assert "one.tfstate" in (workshop.folder / ".terraform/terraform.tfstate").read_text()


def test_a_state_in_the_folder_moves_to_the_backend_and_is_gone(
    workshop: RealWorkshop, tmp_path: Path
) -> None:
    workshop.declare(a="1")
    workshop.terraform.apply(planned(workshop), {})
    there = tmp_path / "there.tfstate"
    (workshop.folder / "backend.tf").write_text(
        f'terraform {{\n  backend "local" {{\n    path = "{there}"\n  }}\n}}\n'
    )

    for _ in range(2):
        workshop.terraform.migrate(workshop.folder, {})

    assert "terraform_data" in there.read_text()
    assert not list(workshop.folder.glob("terraform.tfstate*"))
    assert workshop.terraform.is_empty(workshop.folder, {}) == ()


def test_a_module_that_changed_is_initialised_again(workshop: RealWorkshop, tmp_path: Path) -> None:
    module = tmp_path / "module"
    module.mkdir()
    (module / "main.tf").write_text('resource "terraform_data" "b" {}\n')
    (workshop.folder / "main.tf").write_text('module "m" {\n  source = "../module"\n}\n')
    workshop.terraform.init(workshop.folder, {})

    assert not workshop.terraform.init(workshop.folder, {})
    (module / "more.tf").write_text('resource "terraform_data" "c" {}\n')
    assert workshop.terraform.init(workshop.folder, {})
    (workshop.folder / ".terraform/modules/modules.json").unlink()
    assert workshop.terraform.init(workshop.folder, {})


def test_a_plan_that_terraform_marks_as_broken_is_not_read(workshop: RealWorkshop) -> None:
    (workshop.folder / "main.tf").write_text(
        'resource "terraform_data" "b" {\n  input = 1\n}\n'
        'resource "terraform_data" "a" {\n  lifecycle {\n    precondition {\n'
        "      condition     = terraform_data.b.input == 2\n"
        '      error_message = "One is not two."\n    }\n  }\n}\n'
    )

    with pytest.raises(TerraformFailed, match=r"main\.tf:7: .*\n  One is not two"):
        planned(workshop)
    assert not (workshop.folder / "plan.json").exists()

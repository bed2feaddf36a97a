from __future__ import annotations

from pathlib import Path

from orchestrator.adapters.provider.package import Packages
from orchestrator.adapters.terraform import lock_file
from tests.unit.adapters.provider.workshop import a_folder, lock


def test_the_provider_of_an_initialised_folder_is_found(tmp_path: Path) -> None:
    package = Packages(tmp_path / "seen").find(a_folder(tmp_path / "stack"))

    assert package
    assert package.address == lock_file.PROVIDER
    assert package.program.name == "terraform-provider-aws_v5.100.0_x5"


def test_a_provider_that_was_changed_is_not(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "stack")
    (program,) = folder.rglob("terraform-provider-aws_v*")
    program.write_text("#!/bin/sh\n# another\n")

    assert Packages(tmp_path / "seen").find(folder) is None


def test_a_folder_without_provider_or_lock_file_has_none(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "stack")
    (folder / lock_file.NAME).unlink()

    assert Packages(tmp_path / "seen").find(folder) is None
    assert Packages(tmp_path / "seen").find(tmp_path) is None


def test_a_package_is_hashed_once_and_compared_with_every_folders_lock_file(
    tmp_path: Path,
) -> None:
    folder = a_folder(tmp_path / "stack")
    packages = Packages(tmp_path / "seen")
    assert packages.find(folder)
    lock(folder, "h1:other")

    assert packages.find(folder) is None

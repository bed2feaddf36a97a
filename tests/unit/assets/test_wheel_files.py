"""What the wheel is made of: nothing that is read at run time is left behind in the repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from orchestrator.assets.folders import DATA, PRODUCT
from orchestrator.render.renderer import Modules

ROOT = Path(__file__).parents[3]
NOT_READ = {"tests", "__pycache__", ".terraform"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as the wheel has it."""
    folder = tmp_path_factory.mktemp("wheel")
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(argv, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("securityhub_orchestrator-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site" / "orchestrator"


def files(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and not NOT_READ & {*file.relative_to(folder).parts}
    }


@pytest.mark.parametrize("name", [*PRODUCT, "account_configs"])
def test_a_folder_of_the_product_is_in_it_whole(package: Path, name: str) -> None:
    assert files(package / DATA / name) == files(ROOT / name)


def test_every_file_of_the_package_is_in_it(package: Path) -> None:
    assert files(ROOT / "orchestrator") <= files(package)


def test_modules_from_it_have_the_digests_of_the_repository_s(package: Path) -> None:
    here, there = (
        Modules({folder.name: folder for folder in (place / "modules").iterdir()})
        for place in (ROOT, package / DATA)
    )

    assert {name: here.digest(name) for name in here.folders} == {
        name: there.digest(name) for name in there.folders
    }

"""A release is refused with the reason, and its wheel holds what git tracks."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from tests.release import Checkout, checksums, differences, expected, problems

TRACKED = ("orchestrator/__init__.py", "modules/kms/main.tf", "modules/kms/tests/a.tftest.hcl")


def said(checkout: Checkout, *, tagging: bool = False) -> list[str]:
    """The first line of each problem; each has a second, with the way out."""
    found = [problem.split("\n") for problem in problems(checkout, tagging=tagging)]
    assert all(len(lines) == 2 and lines[1].startswith("  fix: ") for lines in found)
    return [lines[0] for lines in found]


@pytest.mark.parametrize("version", ["1.0.0", "1.0.1", "1.1.0rc1", "2.0.0"])
def test_a_version_that_is_newer_than_every_tag_can_be_released(version: str) -> None:
    assert said(Checkout(version, tags=("v0.9.0", "v0.10.0", "nightly")), tagging=True) == []


@pytest.mark.parametrize("version", ["0.10.0", "0.9.1", "0.10.0rc1"])
def test_a_version_that_is_not_newer_is_refused(version: str) -> None:
    newest = "'0.10.0', which has been released"
    again = Checkout(version, tags=("v0.9.0", "v0.10.0"))

    assert said(again) == []
    assert said(again, tagging=True) == [f"'{version}' is not newer than {newest}"]


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1.0.0-rc1", "01.0.0", "1.0.0.dev0"])
def test_another_form_of_number_is_refused(version: str) -> None:
    assert said(Checkout(version)) == [f"'{version}' is not a version as we number them"]


def test_a_tag_needs_main_with_everything_committed_and_something_to_say() -> None:
    dirty = Checkout("1.0.0", changed=("README.md",), branch="topic", fragments=0)

    assert said(dirty) == []
    assert said(dirty, tagging=True) == [
        "the branch is 'topic'",
        "the checkout has changes that are in no commit: README.md",
        "changes/ has no fragment: nothing has changed",
    ]


def a_wheel(folder: Path, *names: str, version: str = "1.0.0") -> Path:
    about = "securityhub_orchestrator-1.0.0.dist-info"
    file = folder / "a.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "")
        archive.writestr(f"{about}/METADATA", f"Name: securityhub-orchestrator\nVersion: {version}")
        archive.writestr(
            f"{about}/entry_points.txt",
            "[console_scripts]\norchestrator = orchestrator.__main__:main",
        )
    return file


def test_the_wheel_holds_the_package_and_its_data_but_no_tests_of_modules(tmp_path: Path) -> None:
    names = ("orchestrator/__init__.py", "orchestrator/_data/modules/kms/main.tf")

    assert expected(TRACKED) == set(names)
    assert differences(a_wheel(tmp_path, *names), "1.0.0", TRACKED) == ()


def test_a_wheel_that_lacks_a_file_or_has_one_too_many_is_no_release(tmp_path: Path) -> None:
    wheel = a_wheel(tmp_path, "orchestrator/__init__.py", "orchestrator/left.py", version="0.9.0")

    assert differences(wheel, "1.0.0", TRACKED) == (
        "the wheel lacks 'orchestrator/_data/modules/kms/main.tf'",
        "the wheel holds 'orchestrator/left.py', which is in no commit",
        "the wheel says it is '0.9.0', the package '1.0.0'",
    )


def test_checksums_are_read_by_sha256sum(tmp_path: Path) -> None:
    file = tmp_path / "a.whl"
    file.write_bytes(b"abc")

    assert checksums([file]) == f"{hashlib.sha256(b'abc').hexdigest()}  a.whl\n"

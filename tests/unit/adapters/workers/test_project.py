from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from orchestrator.adapters.workers.archive import digest, packed, unpacked
from orchestrator.errors import UsageError

PARTS = ("account_configs", "modules", "policies", "terraform")


def a_project(folder: Path) -> Path:
    for name, text in {
        "account_configs/organization.yaml": "organization: {}\n",
        "terraform/.terraform.lock.hcl": "provider {}\n",
        "terraform/.terraform/providers/binary": "large",
        "terraform/terraform.tfstate": "secret",
        "policies/severities.yaml": "{}\n",
        "notes/private.md": "not ours to send\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    shared = folder.parent / "shared"
    shared.mkdir()
    (shared / "main.tf").write_text("locals {}\n")
    (folder / "modules").symlink_to(shared)
    return folder


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_worker_gets_what_decides_what_is_done_and_nothing_else(tmp_path: Path) -> None:
    content = packed(a_project(tmp_path / "project"), PARTS)

    assert files(unpacked(content, tmp_path / "worker")) == {
        "account_configs/organization.yaml",
        "modules/main.tf",
        "policies/severities.yaml",
        "terraform/.terraform.lock.hcl",
    }


def test_the_same_files_are_the_same_archive(tmp_path: Path) -> None:
    project = a_project(tmp_path / "project")
    before = packed(project, PARTS)
    (project / "account_configs" / "organization.yaml").touch()

    assert digest(packed(project, PARTS)) == digest(before)


def test_an_archive_is_unpacked_once(tmp_path: Path) -> None:
    content = packed(a_project(tmp_path / "project"), PARTS)
    place = unpacked(content, tmp_path / "worker")
    (place / "mark").touch()

    assert (unpacked(content, tmp_path / "worker") / "mark").exists()


@pytest.mark.parametrize("name", ["../outside", "/outside"])
def test_an_archive_that_reaches_out_of_its_folder_leaves_nothing(
    tmp_path: Path, name: str
) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))

    if name.startswith("/"):
        assert files(unpacked(out.getvalue(), tmp_path / "worker")) == {"outside"}
        return
    with pytest.raises(UsageError, match="cannot be unpacked"):
        unpacked(out.getvalue(), tmp_path / "worker")
    assert files(tmp_path) == set()

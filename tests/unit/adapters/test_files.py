from __future__ import annotations

import io
import os
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.adapters.files import BuildFolders, Remembered, digest, packed, unpacked
from orchestrator.errors import UsageError
from orchestrator.model.plan import Rendering
from tests.builders import a_key

KEY = a_key()


def a_rendering(**files: str) -> Rendering:
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    return Rendering(KEY, tuple(sorted(named.items())), "d")


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_a_folder_holds_the_rendering_and_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    folders = BuildFolders(tmp_path)

    folders.write(a_rendering(main_tf="1", old_tf="2", policies__old_json="{}"))
    folder = folders.write(a_rendering(main_tf="3", new_tf="4"))

    assert folder == tmp_path / KEY.folder
    assert contents(folder) == {"main.tf": "3", "new.tf": "4"}
    assert not (folder / "policies").exists()


def test_what_is_terraforms_own_stays(tmp_path: Path) -> None:
    folders = BuildFolders(tmp_path)
    folder = folders.write(a_rendering(main_tf="1"))
    own = (".terraform/modules/modules.json", "terraform.tfstate", "errored.tfstate")
    for name in own:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")

    folders.write(a_rendering(main_tf="2"))

    assert contents(folder) == {"main.tf": "2", **dict.fromkeys(own, "{}")}


def test_a_file_that_is_as_it_should_be_is_not_written_again(tmp_path: Path) -> None:
    folders = BuildFolders(tmp_path)
    file = folders.write(a_rendering(main_tf="1")) / "main.tf"
    before = file.stat().st_mtime_ns, file.stat().st_ino

    folders.write(a_rendering(main_tf="1"))

    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_a_plan_of_an_earlier_rendering_is_gone(tmp_path: Path) -> None:
    folders = BuildFolders(tmp_path)
    folder = folders.write(a_rendering(main_tf="1"))
    (folder / "plan.tfplan").write_text("plan")

    folders.write(a_rendering(main_tf="1"))

    assert contents(folder) == {"main.tf": "1"}


def test_a_link_is_replaced_and_what_it_points_to_left_alone(tmp_path: Path) -> None:
    folders, outside = BuildFolders(tmp_path / "build"), tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    folder = folders.write(a_rendering(main_tf="1"))
    (folder / "linked").symlink_to(outside)
    (folder / "main.tf").unlink()
    (folder / "main.tf").symlink_to(outside / "kept")

    folders.write(a_rendering(main_tf="1"))

    assert contents(outside) == {"kept": "kept"}
    assert contents(folder) == {"main.tf": "1"}
    assert not (folder / "main.tf").is_symlink()


@pytest.mark.parametrize("name", ["../main.tf", "/etc/main.tf", "a/../../b.tf", ""])
def test_a_file_outside_of_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must stay in its folder"):
        BuildFolders(tmp_path).write(Rendering(KEY, ((name, "x"),), "d"))


def asking(answers: list[str]) -> Callable[[], str]:
    return lambda: answers.pop(0)


def test_what_was_found_out_about_a_file_is_not_found_out_again(tmp_path: Path) -> None:
    file = tmp_path / "program"
    file.write_text("one")
    answers = ["first", "second"]

    found = [Remembered(tmp_path / "kept").of("v", [file], asking(answers)) for _ in range(3)]

    assert found == ["first"] * 3


def test_a_file_of_the_same_size_and_time_that_was_written_to_is_looked_at_again(
    tmp_path: Path,
) -> None:
    file, remembered, answers = tmp_path / "program", Remembered(tmp_path / "kept"), ["1", "2"]
    file.write_text("one")
    before = file.stat()
    remembered.of("v", [file], asking(answers))
    time.sleep(0.02)
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert remembered.of("v", [file], asking(answers)) == "2"


def test_questions_and_files_are_kept_apart(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("same")
    two.write_text("same")
    remembered, answers = Remembered(tmp_path / "kept"), ["1", "2", "3"]

    found = [
        remembered.of("v", [one], asking(answers)),
        remembered.of("v", [two], asking(answers)),
        remembered.of("w", [one], asking(answers)),
    ]

    assert found == ["1", "2", "3"]


def test_without_a_folder_to_keep_it_in_it_is_found_out_each_time(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("in the way")
    remembered, answers = Remembered(tmp_path / "kept"), ["1", "2"]

    assert [remembered.of("v", [tmp_path], asking(answers)) for _ in range(2)] == ["1", "2"]


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


def an_archive(*sizes: int) -> bytes:
    """An archive that says its files are so large."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for number, size in enumerate(sizes):
            entry = tarfile.TarInfo(f"{number}")
            entry.size = size
            archive.addfile(entry, io.BytesIO(b"\0" * size))
    return made.getvalue()


def test_an_archive_that_would_fill_the_disk_is_not_unpacked(tmp_path: Path) -> None:
    large = an_archive(*[64 << 20] * 17)

    with pytest.raises(UsageError, match="more than 100000 files or 1024 MiB"):
        unpacked(large, tmp_path)

    assert list(tmp_path.iterdir()) == []

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.adapters.files import BuildFolders
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

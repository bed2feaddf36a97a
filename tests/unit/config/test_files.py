from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.config import check, load
from orchestrator.errors import ConfigurationError
from tests.unit.config.trees import DEV, TODAY, a_tree


def problems(root: Path) -> list[str]:
    return [f"{problem.file}: {problem.what}" for problem in check(root, TODAY).problems]


def test_a_symbolic_link_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    root = a_tree(tmp_path)
    (root / "ous" / "lab.yaml").symlink_to(root / DEV)
    (root / "ous" / "more").symlink_to(root / "ous" / "workloads")

    assert problems(root) == [
        "account_configs/ous/lab.yaml: is a symbolic link",
        "account_configs/ous/more: is a symbolic link",
    ]


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    root = a_tree(tmp_path)
    os.mkfifo(root / "ous" / "lab.yaml")

    assert problems(root) == ["account_configs/ous/lab.yaml: is neither a file nor a folder"]


def test_a_file_larger_than_a_mebibyte_is_refused(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: "#" * (1 << 20)})

    assert problems(root) == [f"account_configs/{DEV}: is larger than 1 MiB"]


def test_a_readme_and_what_git_and_desktops_leave_behind_are_ignored(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {"README.md": "", "ous/.gitkeep": "", "ous/.DS_Store": ""})

    assert problems(root) == []


@pytest.mark.parametrize("name", ["ous/.hidden.yaml", "controls/more/s3.yaml", "ous/notes"])
def test_any_other_file_does_not_belong_here(name: str, tmp_path: Path) -> None:
    assert problems(a_tree(tmp_path, {name: "a: 1\n"})) != []


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(tmp_path / "account_configs", TODAY)

    assert "there is no such folder" in str(raised.value)


def test_an_empty_folder_lacks_its_files(tmp_path: Path) -> None:
    (tmp_path / "account_configs").mkdir()

    assert problems(tmp_path / "account_configs") == [
        "account_configs/organization.yaml: is missing",
        "account_configs/teams.yaml: is missing",
        "account_configs/waves.yaml: is missing",
    ]


def test_exceptions_and_controls_need_not_exist(tmp_path: Path) -> None:
    root = a_tree(tmp_path)
    for file in ("exceptions.yaml", "controls/s3.yaml", "controls/rds.yaml"):
        (root / file).unlink()
    (root / "controls").rmdir()

    organization = load(root, TODAY)

    assert organization.exceptions == {}
    assert organization.management.decisions == {}


def test_a_name_that_is_not_utf_8_can_still_be_told(tmp_path: Path) -> None:
    root = a_tree(tmp_path)
    (root / "ous" / os.fsdecode(b"caf\xe9.yaml")).touch()

    assert problems(root) == ["account_configs/ous/caf\\udce9.yaml: 'caf\\udce9' is not a name"]

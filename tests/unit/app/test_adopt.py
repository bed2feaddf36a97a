from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.app.adopt import keep, put
from orchestrator.app.project import unsaid
from orchestrator.errors import ConfigurationError
from tests.unit.config.trees import a_tree


def test_files_are_written_replaced_and_removed_and_an_empty_folder_goes(tmp_path: Path) -> None:
    folder = tmp_path / "adopted"

    put(folder, {"orders.yaml": "one\n", "web.yaml": "two\n"}, unsaid)
    put(folder, {"orders.yaml": "three\n", "web.yaml": None}, unsaid)

    assert {file.name: file.read_text("utf-8") for file in folder.iterdir()} == {
        "orders.yaml": "three\n"
    }

    put(folder, {"orders.yaml": None}, unsaid)

    assert not folder.exists()


def test_a_file_that_stays_as_it_is_is_not_touched(tmp_path: Path) -> None:
    said: list[str] = []
    put(tmp_path, {"orders.yaml": "one\n", "gone.yaml": None}, said.append)

    put(tmp_path, {"orders.yaml": "one\n", "gone.yaml": None}, said.append)

    assert said == [f"written: {tmp_path / 'orders.yaml'}"]


def test_what_other_accounts_have_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text("theirs\n", "utf-8")

    put(tmp_path, {"orders.yaml": None}, unsaid)

    assert (tmp_path / "web.yaml").read_text("utf-8") == "theirs\n"


def test_what_the_configuration_cannot_read_is_not_kept(tmp_path: Path) -> None:
    configs = a_tree(tmp_path)
    good = 'adopted:\n  account:\n    imports:\n      aws_iam_role.this: "098765432109"\n'

    keep(configs, {"shop-prod.yaml": good}, unsaid)
    with pytest.raises(ConfigurationError):
        keep(configs, {"shop-prod.yaml": good.replace('"', ""), "shop-dev.yaml": good}, unsaid)

    assert {file.name: file.read_text("utf-8") for file in (configs / "adopted").iterdir()} == {
        "shop-prod.yaml": good
    }

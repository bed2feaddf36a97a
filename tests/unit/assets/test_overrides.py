from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.assets import Overrides
from orchestrator.assets.folders import read_overrides
from orchestrator.errors import ConfigurationError
from orchestrator.model.names import StackName

PRODUCT = {"account_baseline": Path("/product/account_baseline"), "key": Path("/product/key")}


def a_folder(folder: Path, **files: str) -> Path:
    """A folder with these files in it, by path."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(ConfigurationError) as problems:
        read_overrides(folder, PRODUCT)
    return str(problems.value)


def test_without_the_folder_nothing_is_overridden(tmp_path: Path) -> None:
    assert read_overrides(tmp_path / "overrides", PRODUCT) == Overrides()


def test_every_kind_of_override_is_found(tmp_path: Path) -> None:
    files = {
        "modules/account_baseline/main.tf": "",
        "terraform/account/own.tf.j2": "",
        "terraform/.terraform.lock.hcl": "",
        "policies/checks/names.py": "",
        "policies/severities.yaml": "groups: []\n",
        "README.md": "why\n",
    }

    found = read_overrides(a_folder(tmp_path, **files), PRODUCT)

    assert set(found.modules) == {"account_baseline"}
    assert set(found.templates) == {(StackName.ACCOUNT, "own")}
    assert [check.name for check in found.checks] == ["names.py"]
    assert found.severities
    assert found.lock


def test_a_module_that_replaces_nothing_is_refused_with_the_name_that_was_meant(
    tmp_path: Path,
) -> None:
    said = refused(a_folder(tmp_path, **{"modules/acount_baseline/main.tf": ""}))

    assert "overrides/modules/acount_baseline" in said
    assert "did you mean 'account_baseline'? choose one of account_baseline, key" in said


@pytest.mark.parametrize(
    "files",
    [
        {"terraform/account/own.tf.j2": 'source = {{ "extra" | module }}'},
        {"modules/key/main.tf": 'module "extra" {\n  source = "../extra"\n}\n'},
    ],
)
def test_a_module_that_own_files_call_needs_to_replace_none(
    tmp_path: Path, files: dict[str, str]
) -> None:
    found = read_overrides(a_folder(tmp_path, **files, **{"modules/extra/main.tf": ""}), PRODUCT)

    assert "extra" in found.modules


@pytest.mark.parametrize(
    "path",
    [
        "account.tf",
        "templates/account.tf.j2",
        "modules/main.tf",
        "terraform/account.tf.j2",
        "terraform/acount/own.tf.j2",
        "terraform/account/own.tf",
        "policies/names.py",
        "policies/checks/names.yaml",
    ],
)
def test_what_can_stand_for_nothing_is_refused(tmp_path: Path, path: str) -> None:
    said = refused(a_folder(tmp_path, **{path: ""}))

    assert "overrides/" in said
    assert (
        "choose one of account" in said or "what can be overridden" in said or "bootstrap" in said
    )


def test_every_mistake_is_said_at_once(tmp_path: Path) -> None:
    said = refused(a_folder(tmp_path, **{"x.tf": "", "modules/y/main.tf": "", "policies/z": ""}))

    assert "3 problems" in said

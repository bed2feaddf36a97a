from __future__ import annotations

import json
import zipfile
from pathlib import Path

from orchestrator.adapters.provider import schema


def a_root(folder: Path, modules: object = None) -> Path:
    folder.mkdir()
    (folder / "main.tf").write_text('resource "aws_iam_role" "a" {}\n')
    if modules is not None:
        file = folder / schema.MODULES
        file.parent.mkdir(parents=True)
        file.write_text(modules if isinstance(modules, str) else json.dumps(modules))
    return folder


def a_plan(file: Path, refreshed: str, before: str) -> Path:
    with zipfile.ZipFile(file, "w") as plan:
        plan.writestr("tfstate", refreshed)
        plan.writestr("tfstate-prev", before)
    return file


def test_types_of_the_root_and_of_the_modules_it_calls_are_found(tmp_path: Path) -> None:
    module = tmp_path / "module"
    module.mkdir()
    (module / "main.tf").write_text('data "aws_region" "this" {}\nmoved { from = aws_old.a }\n')
    modules = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "m", "Dir": "../module"}]}

    found = schema.types(a_root(tmp_path / "root", modules))

    assert found == frozenset({"aws_iam_role", "aws_region", "aws_old"})


def test_types_of_a_state_in_the_folder_are_found(tmp_path: Path) -> None:
    root = a_root(tmp_path / "root")
    (root / "terraform.tfstate").write_text('{"resources": [{"type": "aws_sns_topic"}]}')

    assert schema.types(root) == frozenset({"aws_iam_role", "aws_sns_topic"})


def test_types_of_the_state_in_a_plan_are_found(tmp_path: Path) -> None:
    plan = a_plan(tmp_path / "plan", '{"type": "aws_a"}', '{"type": "aws_b"}')

    assert schema.types(a_root(tmp_path / "root"), plan) == frozenset(
        {"aws_iam_role", "aws_a", "aws_b"}
    )


def test_what_cannot_be_read_means_all_types(tmp_path: Path) -> None:
    lost = {"Modules": [{"Key": "m", "Dir": "lost"}]}
    broken = tmp_path / "plan"
    broken.write_text("no zip")

    assert schema.types(a_root(tmp_path / "one", lost)) is None
    assert schema.types(a_root(tmp_path / "two", "{half")) is None
    assert schema.types(a_root(tmp_path / "three", {"Modules": [{}]})) is None
    assert schema.types(a_root(tmp_path / "four"), broken) is None

"""What a folder remembers of its backend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.adapters.terraform import initialized

PLACE = {"bucket": "states", "key": "one/terraform.tfstate", "region": "eu-west-1"}


def a_folder(folder: Path, kind: str, before: dict[str, str], **now: str) -> Path:
    """Initialised with the backend `before`, and then written with another."""
    body = "".join(f'    {name} = "{value}"\n' for name, value in now.items())
    text = f'terraform {{\n  backend "{kind}" {{\n{body}  }}\n}}\n'
    (folder / "backend.tf").write_text(text)
    (folder / ".terraform").mkdir()
    record = {"version": 3, "backend": {"type": "s3", "config": before}}
    (folder / ".terraform/terraform.tfstate").write_text(json.dumps(record))
    return folder


def test_a_state_under_another_key_lies_where_it_lay(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, "s3", PLACE, **PLACE, kms_key_id="alias/states")

    assert initialized.keeps_its_place(folder)


@pytest.mark.parametrize("name", PLACE)
def test_a_state_with_another_bucket_path_or_region_does_not(tmp_path: Path, name: str) -> None:
    folder = a_folder(tmp_path, "s3", PLACE, **{**PLACE, name: "another"})

    assert not initialized.keeps_its_place(folder)


def test_nor_does_one_of_another_backend(tmp_path: Path) -> None:
    assert not initialized.keeps_its_place(a_folder(tmp_path, "local", PLACE, **PLACE))


@pytest.mark.parametrize("record", ["", "{half", "[]", '{"backend": {"type": "local"}}'])
def test_a_record_that_does_not_say_is_none(tmp_path: Path, record: str) -> None:
    folder = a_folder(tmp_path, "s3", PLACE, **PLACE)
    (folder / ".terraform/terraform.tfstate").write_text(record)

    assert not initialized.keeps_its_place(folder)

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform.lock_file import Version
from orchestrator.adapters.terraform.tool import Product, Tool, on_path
from orchestrator.errors import ToolMissing


def a_program(folder: Path, name: str, version: str, product: str = "Terraform") -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(
        "#!/bin/sh\n"
        f"""if [ "$2" = -json ]; then echo '{{"terraform_version": "{version}"}}'\n"""
        f"else echo '{product} v{version}'; fi\n"
    )
    program.chmod(0o755)
    return program


def search(*folders: Path, **env: str) -> Tool | None:
    return on_path({"PATH": os.pathsep.join(map(str, folders)), **env}, Processes())


def test_terraform_on_the_path_is_used(tmp_path: Path) -> None:
    program = a_program(tmp_path, "terraform", "1.11.4")

    assert search(tmp_path) == Tool(program, Product.TERRAFORM, Version((1, 11, 4)))


def test_opentofu_is_used_where_terraform_is_missing_or_too_old(tmp_path: Path) -> None:
    a_program(tmp_path, "terraform", "1.5.7")
    tofu = a_program(tmp_path, "tofu", "1.10.2", "OpenTofu")

    assert search(tmp_path) == Tool(tofu, Product.OPENTOFU, Version((1, 10, 2)))


def test_a_program_named_by_the_caller_goes_before_the_path(tmp_path: Path) -> None:
    a_program(tmp_path, "terraform", "1.11.4")
    other = a_program(tmp_path / "other", "my-terraform", "1.12.0")

    found = search(tmp_path, ORCHESTRATOR_TERRAFORM=str(other))

    assert found is not None
    assert found.path == other


@pytest.mark.parametrize(("name", "said"), [("old", "Terraform 1.9.0"), ("none", "not Terraform")])
def test_a_named_program_that_does_not_do_is_an_error_and_no_other_is_taken(
    tmp_path: Path, name: str, said: str
) -> None:
    a_program(tmp_path, "terraform", "1.11.4")
    a_program(tmp_path, "old", "1.9.0")

    with pytest.raises(ToolMissing, match=said):
        search(tmp_path, ORCHESTRATOR_TERRAFORM=name)


@pytest.mark.parametrize("version", ["1.9.8", "2.0.0", "nonsense"])
def test_a_version_that_does_not_do_is_not_found(tmp_path: Path, version: str) -> None:
    a_program(tmp_path, "terraform", version)

    assert search(tmp_path) is None


def test_nothing_is_found_on_an_empty_path(tmp_path: Path) -> None:
    assert search(tmp_path) is None

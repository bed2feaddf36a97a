from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform.packages import Version
from orchestrator.adapters.terraform.toolchain import (
    FIXED,
    Product,
    Tool,
    build_environment,
    on_path,
)
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


def test_only_what_is_allowed_comes_through() -> None:
    allowed = {
        "PATH": "/usr/bin",
        "HOME": "/home/me",
        "LC_ALL": "C.UTF-8",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "no_proxy": "localhost",
        "AWS_CA_BUNDLE": "/etc/ca.pem",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:5000",
        "TF_LOG": "debug",
    }
    refused = {
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_PROFILE": "admin",
        "AWS_REGION": "eu-west-1",
        "TF_VAR_name": "x",
        "TF_CLI_ARGS_apply": "-auto-approve",
        "TF_WORKSPACE": "other",
        "TF_DATA_DIR": "/elsewhere",
        "TF_PLUGIN_CACHE_DIR": "/cache",
        "LD_PRELOAD": "/evil.so",
    }

    built = build_environment({**allowed, **refused}, Path("/private/terraform.tfrc"))

    assert built == {**allowed, **FIXED, "TF_CLI_CONFIG_FILE": "/private/terraform.tfrc"}


def test_the_caller_cannot_undo_what_makes_terraform_repeatable() -> None:
    built = build_environment({"TF_INPUT": "1", "TF_CLI_CONFIG_FILE": "/theirs"}, Path("/ours"))

    assert (built["TF_INPUT"], built["TF_CLI_CONFIG_FILE"]) == ("0", "/ours")

from __future__ import annotations

from pathlib import Path

from orchestrator.adapters.terraform.toolchain import FIXED, build_environment


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

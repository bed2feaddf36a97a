from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from orchestrator.app.project import Project
from orchestrator.cli.accounts import accounts
from orchestrator.cli.configuration import explain, schema, validate
from orchestrator.errors import ConfigurationError, UsageError
from orchestrator.model.exit_code import ExitCode
from tests.unit.config.trees import DEV, ROOT, a_tree


def run(command: click.Command, folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        command, arguments, obj=Project(folder, folder), standalone_mode=False
    )


def document(result: Result) -> Any:
    return json.loads(result.stdout)


def widest(result: Result) -> int:
    return max(map(len, result.stdout.splitlines()))


def test_validate_counts_what_it_found_to_be_right() -> None:
    result = run(validate, ROOT)

    assert result.return_value == ExitCode.DONE
    assert result.stdout.startswith("account_configs/: 12 accounts, 6 OUs, ")
    assert "no problems" in result.stdout


def test_validate_prints_every_problem_to_the_error_stream(tmp_path: Path) -> None:
    a_tree(tmp_path, {DEV: "team: shopp\ncolour: red\n"})

    result = run(validate, tmp_path)

    assert result.return_value == ExitCode.CONFIGURATION
    assert result.stdout == ""
    assert result.stderr == (
        f"account_configs/{DEV}:4: team: unknown team 'shopp'\n"
        "  fix: did you mean 'shop'?\n"
        f"account_configs/{DEV}:5: unknown key 'colour'\n"
        "  fix: choose one of account, team, tags, regions, security_hub, …\n"
        "2 problems\n"
    )


def test_validate_warns_of_what_has_run_out_and_succeeds(tmp_path: Path) -> None:
    a_tree(
        tmp_path,
        {
            "exceptions.yaml": "  old:\n    control: S3.8\n    accounts: [shop-dev]\n"
            "    owner: shop\n    ticket: SEC-2\n    reason: One week long.\n"
            "    expires: 2020-01-31\n"
        },
    )

    result = run(validate, tmp_path)

    assert result.return_value == ExitCode.DONE
    assert "no problems, 1 warning" in result.stdout
    assert result.stderr.startswith("warning: account_configs/exceptions.yaml:16: exceptions.old")


def test_validate_prints_one_json_document(tmp_path: Path) -> None:
    a_tree(tmp_path, {DEV: "team: shopp\n"})

    result = run(validate, tmp_path, "--json")

    assert result.return_value == ExitCode.CONFIGURATION
    assert document(result)["version"] == 1
    assert document(result)["valid"] is False
    assert document(result)["problems"] == [
        {
            "file": f"account_configs/{DEV}",
            "line": 4,
            "key": "team",
            "what": "unknown team 'shopp'",
            "fix": "did you mean 'shop'?",
        }
    ]


def test_explain_gathers_values_by_the_file_that_states_them(tmp_path: Path) -> None:
    a_tree(tmp_path)

    result = run(explain, tmp_path, "shop-prod", "gate.limits")

    assert result.stdout == (
        "account_configs/ous/workloads/prod/_ou.yaml\n"
        "   8  gate.limits.changes  50\n"
        "\n"
        "built-in default, orchestrator/model/settings.py\n"
        "      gate.limits.destroys  0\n"
        "      gate.limits.replaces  0\n"
    )


def test_explain_names_what_a_value_replaced(tmp_path: Path) -> None:
    a_tree(tmp_path)

    result = run(explain, tmp_path, "shop-dev", "team")

    assert result.stdout == (
        "account_configs/ous/workloads/_ou.yaml\n"
        "   4  team  shop\n"
        "        instead of platform, account_configs/organization.yaml:20\n"
    )


@pytest.mark.parametrize("account", ["orders-prod", "sandbox-platform", "management"])
def test_explain_fits_a_terminal_of_80_columns(account: str) -> None:
    assert widest(run(explain, ROOT, account)) <= 80


def test_explain_prints_one_json_document_with_every_value(tmp_path: Path) -> None:
    a_tree(tmp_path)

    values = document(run(explain, tmp_path, "shop-dev", "--json"))["values"]

    found = {value["key"]: value for value in values}
    assert found["team"]["overrides"][0]["line"] == 20
    assert found["security_hub.controls.S3.8.reason"]["line"] == 10
    assert found["baseline.imdsv2"]["built_in"] is True


def test_explain_refuses_an_account_that_is_not_there(tmp_path: Path) -> None:
    a_tree(tmp_path)

    result = run(explain, tmp_path, "shop")

    assert isinstance(result.exception, UsageError)


def test_accounts_are_listed_wave_by_wave_in_80_columns() -> None:
    result = run(accounts, ROOT)

    lines = result.stdout.splitlines()
    assert lines[0] == "canary"
    assert lines[1].split() == [
        *("sandbox-platform", "200000000012", "Sandbox", "platform-security", "2", "regions"),
    ]
    assert widest(result) <= 80


def test_accounts_come_as_json_with_their_regions(tmp_path: Path) -> None:
    a_tree(tmp_path, {DEV: "regions:\n  us-east-1: false\n"})

    listed = document(run(accounts, tmp_path, "--json"))["accounts"]

    assert [account["name"] for account in listed][3:] == ["shop-dev", "shop-prod"]
    assert listed[3]["regions"] == ["ap-northeast-1"]
    assert listed[3]["wave"] == "first"


def test_accounts_are_not_listed_while_there_are_problems(tmp_path: Path) -> None:
    a_tree(tmp_path, {DEV: "colour: red\n"})

    assert isinstance(run(accounts, tmp_path).exception, ConfigurationError)


def test_schema_writes_what_is_missing_and_then_finds_nothing_to_do(tmp_path: Path) -> None:
    stale = run(schema, tmp_path, "--check")
    first = run(schema, tmp_path)
    again = run(schema, tmp_path)

    assert stale.return_value == ExitCode.CONFIGURATION
    assert "out of date" in stale.stderr
    assert first.stdout == "schemas/: 12 schemas, 12 written\n"
    assert again.stdout == "schemas/: 12 schemas, 0 written\n"
    assert run(schema, tmp_path, "--check").return_value == ExitCode.DONE

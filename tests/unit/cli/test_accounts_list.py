from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.cli.main import run
from orchestrator.documents.run import as_json
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.run import Outcome, Run, StackResult
from tests.unit.render.builders import ROOT

ORDERS = StackKey(AccountId("200000000007"), "orders-prod", StackName.ACCOUNT)
GONE = StackKey(AccountId("299999999999"), "left-last-year", StackName.ACCOUNT)


def listed(work: Path, *arguments: str) -> int:
    return run(["--project", str(ROOT), "--work", str(work), "list", *arguments])


def keep(work: Path, *results: StackResult) -> None:
    folder = work / ".orchestrator" / "runs"
    folder.mkdir(parents=True)
    (folder / "r-1.json").write_text(
        as_json(Run("r-1", "apply", "2026-06-01T00:00:00Z", 1.0, results))
    )


def test_the_words_of_the_command_line_make_one_selection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(tmp_path, "ou:**/Prod", "and", "!", "team:web") == ExitCode.DONE

    assert capsys.readouterr().out.splitlines() == [
        "payments-prod  200000000006  Workloads/Prod  payments  production  account",
        "orders-prod    200000000007  Workloads/Prod  orders    production  account",
        "2 stacks of 2 accounts",
    ]


def test_an_account_is_listed_with_the_stacks_that_are_selected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(tmp_path, "--json", "log-archive or stack:security")

    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert [(each["name"], each["stacks"]) for each in document["accounts"]] == [
        ("security", ["security"]),
        ("log-archive", ["log_archive", "account"]),
    ]


def test_what_failed_in_a_run_is_selected_and_what_is_gone_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, StackResult(ORDERS, Outcome.FAILED), StackResult(GONE, Outcome.DENIED))

    assert listed(tmp_path, "failed:last") == ExitCode.DONE

    said = capsys.readouterr()
    assert "orders-prod" in said.out
    assert "left-last-year" not in said.out
    assert "left out: 299999999999/account (left-last-year)" in said.err


def test_a_mistake_ends_with_the_code_of_mistakes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(tmp_path) == ExitCode.CONFIGURATION
    assert listed(tmp_path, "ordres-prod") == ExitCode.CONFIGURATION

    assert "did you mean 'orders-prod'" in capsys.readouterr().err

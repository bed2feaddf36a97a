from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.cli.main import run
from orchestrator.model.exit_code import ExitCode
from tests.unit.accounts.checkouts import Checkout, a_checkout
from tests.unit.config.trees import DEV, PROD


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return a_checkout(tmp_path)


def said(checkout: Checkout, *arguments: str) -> int:
    return run(["--project", str(checkout.root), *arguments])


def test_stacks_with_the_same_reasons_are_told_together(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.write("ous/workloads/_ou.yaml", "baseline:\n  imdsv2: false\n")

    assert said(checkout, "affected", "HEAD") == ExitCode.DONE
    assert capsys.readouterr().out.splitlines() == [
        "2 account stacks: shop-dev, shop-prod",
        "    account_configs/ous/workloads/_ou.yaml:6 baseline.imdsv2",
        "2 stacks of 2 accounts affected",
    ]


def test_the_document_has_file_and_line_of_each_reason(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.write(DEV, "baseline:\n  imdsv2: false\n")

    said(checkout, "affected", "--json", "HEAD")

    (stack,) = json.loads(capsys.readouterr().out)["stacks"]
    assert (stack["account"], stack["stack"]) == ("shop-dev", "account")
    assert stack["reasons"] == [{"what": "baseline.imdsv2", "where": f"account_configs/{DEV}:5"}]


def test_a_selection_may_be_what_is_affected_and_never_what_is_removed(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout.root / "account_configs" / PROD).unlink()
    checkout.replace("account_configs/waves.yaml", "Security, Workloads/Prod", "Security")
    checkout.replace("account_configs/exceptions.yaml", "shop-prod", "shop-dev")
    checkout.write(DEV, "baseline:\n  imdsv2: false\n")

    assert said(checkout, "list", "affected:HEAD and stack:account") == ExitCode.DONE

    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == "1 stack of 1 account"
    assert "left out: 100000000005/account (shop-prod)" in shown.err


def test_an_account_that_is_gone_is_told_with_what_becomes_of_it(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout.root / "account_configs" / PROD).unlink()
    checkout.replace("account_configs/waves.yaml", "Security, Workloads/Prod", "Security")
    checkout.replace("account_configs/exceptions.yaml", "shop-prod", "shop-dev")

    said(checkout, "affected", "HEAD")

    assert (
        "removed: shop-prod/account (100000000005); what it made stays" in capsys.readouterr().out
    )

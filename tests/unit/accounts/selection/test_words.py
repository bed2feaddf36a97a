from __future__ import annotations

import pytest

from orchestrator.errors import UsageError
from orchestrator.model.names import StackName
from tests.unit.accounts.selection.worlds import GONE, key, names, selected


@pytest.mark.parametrize(
    ("text", "accounts"),
    [
        ("orders-prod", ["orders-prod"]),
        ("account:orders-prod", ["orders-prod"]),
        ("200000000006", ["orders-prod"]),
        ("*-prod", ["orders-prod", "payments-prod"]),
        ("orders-??? or attic", ["orders-dev", "attic"]),
        ("ou:Core", ["security", "log-archive"]),
        ("ou:/", ["management"]),
        ("ou:Workloads/*", ["orders-prod", "payments-prod", "orders-dev"]),
        ("ou:Workloads/**", ["orders-prod", "payments-prod", "orders-dev", "attic"]),
        ("ou:Workloads/Dev/**", ["orders-dev", "attic"]),
        ("ou:**/Dev", ["orders-dev"]),
        ("ou:**/D*/**", ["orders-dev", "attic"]),
        ("team:payments", ["payments-prod"]),
        ("tag:env", ["orders-prod", "payments-prod", "orders-dev", "attic"]),
        ("tag:env=dev", ["orders-dev"]),
        ("tag:env=dev*", ["orders-dev", "attic"]),
        ('tag:env="dev old"', ["attic"]),
        ("wave:canary", ["orders-dev"]),
        ("failed:r-2", ["orders-prod", "payments-prod"]),
        ("failed:last", ["orders-prod", "payments-prod"]),
        ("drifted:r-2", ["orders-dev"]),
        ("affected:main...HEAD", ["attic"]),
    ],
)
def test_each_kind_of_word_means_its_accounts(text: str, accounts: list[str]) -> None:
    assert names(text) == accounts


def test_an_account_means_all_its_stacks_and_a_stack_only_itself() -> None:
    assert selected("log-archive").stacks == (
        key("log-archive", StackName.LOG_ARCHIVE),
        key("log-archive"),
    )
    assert selected("stack:log_archive").stacks == (key("log-archive", StackName.LOG_ARCHIVE),)


def test_a_change_may_affect_one_stack_of_an_account_and_not_the_other() -> None:
    assert key("security", StackName.SECURITY) in selected("affected:main").stacks
    assert key("security") not in selected("affected:main").stacks


def test_stacks_come_in_the_order_in_which_they_depend_on_each_other() -> None:
    stacks = [k.stack for k in selected("stack:security stack:log_archive management").stacks]

    assert stacks == ["log_archive", "organization", "security", "account"]


def test_an_account_that_a_run_names_and_that_is_gone_is_told_and_not_selected() -> None:
    selection = selected("failed:r-2")

    assert selection.gone == (GONE,)
    assert GONE not in selection.stacks


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("ordres-prod", "no account is called 'ordres-prod'", "'orders-prod'"),
        ("299999999998", "no account is called", "choose one of 200000000001"),
        ("*-stage", "no account is like", "choose one of"),
        ("payments", "no account is called", "did you mean 'team:payments'?"),
        ("Prod", "no account is called", "'ou:Workloads/Prod/**'"),
        ("ou:workloads/prod", "no OU is", "'ou:Workloads/Prod'"),
        ("ou:Wrokloads/**", "no OU is", "'ou:Workloads/**'"),
        ("ou:Workloads", "no account lies directly in", "write 'ou:Workloads/**'"),
        ('ou:"Empty On"', "no OU is 'Empty On'", "'ou:\"Empty One\"'"),
        ("team:paymnets", "no team is", "'team:payments'"),
        ("team:idle", "owns no account", "name another"),
        ("tag:evn=prod", "no account has a tag 'evn'", "'tag:env'"),
        ("tag:env=prd", "no account has the tag env='prd'", "'tag:env=prod'"),
        ("wave:canry", "no wave is", "'wave:canary'"),
        ("stack:log-archive", "no stack is", "'stack:log_archive'"),
        ("failed:r-3", "no run 'r-3' is kept", "'failed:r-2' or 'failed:r-1'"),
        ("drifted:nightly", "no run 'nightly' is kept", "choose one of drifted:r-2"),
        ("teem:payments", "there is no 'teem:'", "'team:'"),
        ("arn:aws:iam", "there is no 'arn:'", "choose one of account"),
        ("wave:", "nothing stands behind 'wave:'", "write wave:"),
    ],
)
def test_a_word_that_means_nothing_offers_near_ones(text: str, what: str, fix: str) -> None:
    with pytest.raises(UsageError) as raised:
        selected(f"all or {text}")

    assert what in raised.value.message
    assert fix in raised.value.fix


def test_the_error_shows_where_the_word_stands_and_names_the_other_wrong_ones() -> None:
    with pytest.raises(UsageError) as raised:
        selected("orders-prod ordres-dev\tand pamyents-prod")

    assert raised.value.message == (
        "selection: no account is called 'ordres-dev'; nor are there 'pamyents-prod'\n"
        "  orders-prod ordres-dev and pamyents-prod\n"
        "              ^^^^^^^^^^"
    )


def test_of_a_long_selection_only_what_is_around_the_mistake_is_shown() -> None:
    with pytest.raises(UsageError) as raised:
        selected("orders-prod " * 40 + "ordres " + "orders-prod " * 40)

    _, line, marks = raised.value.message.splitlines()
    assert len(line) < 85
    assert line[marks.index("^") : marks.rindex("^") + 1] == "ordres"

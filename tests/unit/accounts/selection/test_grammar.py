from __future__ import annotations

import pytest

from orchestrator.errors import UsageError
from tests.unit.accounts.selection.worlds import STACKS, names, selected


def test_all_must_be_said() -> None:
    assert selected("all").stacks == STACKS
    with pytest.raises(UsageError, match="nothing is selected") as raised:
        selected("  ")
    assert "say 'all'" in raised.value.fix


def test_words_side_by_side_mean_or() -> None:
    assert names("orders-dev orders-prod") == names("orders-dev or orders-prod")


def test_not_binds_closer_than_and_and_and_closer_than_or() -> None:
    assert names("attic or team:orders and not tag:env=dev*") == ["orders-prod", "attic"]
    assert names("(attic or team:orders) and not tag:env=dev*") == ["orders-prod"]
    assert names("team:orders and !orders-dev attic") == ["orders-prod", "attic"]
    assert names("not not attic") == ["attic"]


def test_words_that_begin_like_operators_are_words() -> None:
    with pytest.raises(UsageError, match="no account is called 'order'; nor are there 'nothing'"):
        selected("order or nothing")


@pytest.mark.parametrize("text", ["not attic", "orders-prod !attic", "!(attic and orders-dev)"])
def test_everything_else_is_not_meant_unless_all_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="this would mean everything else") as raised:
        selected(text)

    assert "'all and not …'" in raised.value.fix
    assert "attic" not in names("all and not attic")


def test_an_empty_selection_is_a_mistake_that_says_what_each_word_selects() -> None:
    with pytest.raises(UsageError, match="the selection is empty") as raised:
        selected("team:payments and ou:Core")

    assert "'team:payments' 1, 'ou:Core' 4" in raised.value.fix


def test_a_run_without_failures_selects_nothing_but_may_stand_beside_others() -> None:
    with pytest.raises(UsageError, match="the selection is empty"):
        selected("failed:r-1")
    assert names("failed:r-1 attic") == ["attic"]


@pytest.mark.parametrize(
    ("text", "marked", "fix"),
    [
        ("attic and", "         ^", "add a word, 'not' or a bracket"),
        ("(attic", "      ^", "close the bracket"),
        ("attic)", "     ^", "open a bracket before it"),
        ("and attic", "^^^", "write a word"),
        ("attic or or attic", "         ^^", "write a word"),
        ("()", " ^", "write a word"),
        ('attic ou:"Workl', "         ^^^^^^", 'end it with "'),
    ],
)
def test_what_is_no_selection_is_shown_where_it_stops_to_make_sense(
    text: str, marked: str, fix: str
) -> None:
    with pytest.raises(UsageError) as raised:
        selected(text)

    assert raised.value.message.splitlines()[-1] == f"  {marked}"
    assert fix in raised.value.fix


def test_depth_has_an_end_and_length_has_none() -> None:
    assert names("(" * 2000 + "attic" + ")" * 2000) == ["attic"]
    assert names("attic " * 2000) == ["attic"]
    with pytest.raises(UsageError, match="too deeply"):
        selected("not " * 2000 + "attic")

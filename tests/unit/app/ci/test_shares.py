from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.app.ci.shares import matrix, selection, shares
from orchestrator.model.names import AccountId


def accounts(count: int) -> list[AccountId]:
    return [AccountId(f"2{number:011}") for number in range(count)]


@given(st.integers(1, 300), st.integers(1, 40), st.integers(1, 30))
def test_every_account_is_in_exactly_one_share_and_no_share_is_too_large(
    count: int, most: int, least: int
) -> None:
    found = shares(accounts(count), most, least)

    assert sorted(account for share in found for account in share) == accounts(count)
    assert len(found) <= most
    largest = -(-count // min(most, max(1, count // least)))
    assert max(map(len, found)) <= largest


def test_shares_are_balanced() -> None:
    sizes = [len(share) for share in shares(accounts(500), 20)]

    assert len(sizes) == 20
    assert max(sizes) == 25


def test_the_order_in_which_accounts_are_named_does_not_matter() -> None:
    assert shares(accounts(50), 4) == shares(reversed(accounts(50)), 4)


def test_an_account_that_comes_moves_few_others() -> None:
    def homes(count: int) -> dict[AccountId, int]:
        found = shares(accounts(count), 8)
        return {account: number for number, share in enumerate(found) for account in share}

    before, after = homes(399), homes(400)
    moved = [account for account in before if before[account] != after[account]]

    assert len(moved) < 40


def test_a_few_accounts_are_not_worth_many_jobs() -> None:
    assert len(shares(accounts(12), 20, least=10)) == 1
    assert len(shares(accounts(500), 20, least=10)) == 20


def test_a_share_selects_no_more_than_was_selected() -> None:
    assert selection(accounts(2), "all") == "200000000000 200000000001"
    assert selection(accounts(1), "stack:account") == "(200000000000) and (stack:account)"


def test_the_matrix_is_one_line_within_the_limits_of_github() -> None:
    text = matrix(shares(accounts(5000), 256), "all")

    assert "\n" not in text
    assert len(text) < 1_000_000
    assert len(json.loads(text)["include"]) <= 256
    assert matrix((), "all") == '{"include":[]}'

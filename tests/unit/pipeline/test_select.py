from __future__ import annotations

import pytest

from orchestrator.errors import UsageError
from orchestrator.pipeline.select import select
from tests.builders import an_account, an_organization

ORDERS, PAYMENTS = an_account(6, "orders"), an_account(7, "payments")
ORGANIZATION = an_organization((ORDERS, PAYMENTS))


def test_accounts_are_named_by_name_or_id_and_come_in_id_order() -> None:
    assert select(ORGANIZATION, ["payments", ORDERS.id]) == (ORDERS, PAYMENTS)


def test_all_means_every_account() -> None:
    assert select(ORGANIZATION, ["all"]) == ORGANIZATION.accounts


def test_nothing_named_is_a_mistake_and_not_everything() -> None:
    with pytest.raises(UsageError, match="say 'all'"):
        select(ORGANIZATION, [])


def test_a_misspelt_name_offers_near_ones() -> None:
    with pytest.raises(UsageError, match="did you mean payments"):
        select(ORGANIZATION, ["orders", "paymnets"])

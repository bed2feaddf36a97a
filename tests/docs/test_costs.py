"""docs/costs.md says what its prices and assumptions say, and prices are kept in one place."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.costs import generate
from docs.costs.model import Part, total
from docs.costs.prices import PRICES
from orchestrator.logs.costs import METERS
from tests.docs.pages import ROOT


def test_the_page_and_the_prices_of_logs_are_what_the_model_says() -> None:
    page = generate.PAGE.read_text("utf-8")

    assert generate.written(page) == page, "run: python -m docs.costs.generate"
    assert generate.LOG_PRICES.read_text("utf-8") == generate.log_prices()


def test_every_meter_of_logs_has_a_price() -> None:
    assert set(METERS) <= set(json.loads(generate.log_prices()))


def test_the_example_for_logs_has_the_prices_of_the_list() -> None:
    text = (ROOT / "docs" / "how-to" / "collect-logs.md").read_text("utf-8")
    (example,) = re.findall(r"```json\n(\{\"firehose_gb.*?\})\n```", text, re.DOTALL)

    assert {name: PRICES[name].usd for name in json.loads(example)} == json.loads(example)


@pytest.mark.parametrize("part", [part for part in Part if part is not Part.RUNNER])
@given(accounts=st.integers(1, 10_000), more=st.integers(0, 1_000))
def test_more_accounts_never_cost_less(part: Part, accounts: int, more: int) -> None:
    assert 0 < total(part, accounts) <= total(part, accounts + more)

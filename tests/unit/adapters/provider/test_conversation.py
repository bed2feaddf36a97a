from __future__ import annotations

import msgpack
import pytest

from orchestrator.adapters.provider.conversation import checked_shape

CONFIG: dict[str, object] = {
    "profile": "111111111111",
    "allowed_account_ids": ["111111111111"],
    "region": "eu-west-1",
    "default_tags": [{"tags": {"team": "payments"}}],
    "assume_role": [],
}
UNKNOWN = msgpack.ExtType(0, b"\0")


def shape_with(**changes: object) -> str:
    return checked_shape(msgpack.packb({**CONFIG, **changes}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profile", "222222222222"),
        ("allowed_account_ids", ["222222222222"]),
        ("default_tags", [{"tags": {"team": "orders", "stage": "dev"}}]),
    ],
)
def test_accounts_that_differ_in_names_and_numbers_have_one_shape(name: str, value: object) -> None:
    assert shape_with(**{name: value}) == shape_with()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profile", None),
        ("profile", ""),
        ("profile", UNKNOWN),
        ("allowed_account_ids", ["twelve digits"]),
        ("allowed_account_ids", []),
        ("allowed_account_ids", UNKNOWN),
        ("region", "us-east-1"),
        ("default_tags", []),
        ("default_tags", [{"tags": {"team": None}}]),
        ("default_tags", [{"tags": UNKNOWN}]),
        ("assume_role", [{"role_arn": "arn"}]),
        ("max_retries", 3),
    ],
)
def test_everything_else_that_differs_is_checked_by_the_provider(name: str, value: object) -> None:
    assert shape_with(**{name: value}) != shape_with()

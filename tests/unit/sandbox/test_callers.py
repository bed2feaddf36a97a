from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from orchestrator.sandbox.callers import ExpiredKey, UnknownKey, account_of, identify
from orchestrator.sandbox.services import sts

ACCOUNTS = ("000000000001", "111122223333", "200000000006", "200000000007", "999999999999")
ROLE = "arn:aws:iam::111122223333:role/team/runner"


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    sts.install()
    yield
    BackendDict.reset()


def a_session() -> Any:
    return sts_backends["200000000006"]["aws"].assume_role(
        region_name="eu-west-1",
        role_session_name="one",
        role_arn=ROLE,
        policy=None,
        duration=900,
        external_id=None,
    )


@pytest.mark.parametrize("account_id", ACCOUNTS)
def test_a_key_carries_its_account(account_id: str) -> None:
    iam = iam_backends[account_id]["aws"]

    assert {account_of(iam.create_temp_access_key().access_key_id) for _ in range(20)} == {
        account_id
    }


@pytest.mark.parametrize(
    "key", ["", "AKIA", "AKIAIOSFODNN7EXAMPLE", "test", "AKIA!!!!!!!!!!!!!!!!"]
)
def test_what_is_no_key_of_ours_belongs_to_nobody(key: str) -> None:
    with pytest.raises(UnknownKey):
        account_of(key)


def test_a_session_belongs_to_the_account_of_its_role() -> None:
    session = a_session()

    principal = identify(session.access_key_id, session.session_token)

    assert (principal.account_id, principal.identity) == ("111122223333", ROLE)
    assert principal.arn == "arn:aws:sts::111122223333:assumed-role/runner/one"


def test_a_session_ends() -> None:
    session = a_session()
    session.expiration -= timedelta(seconds=901)

    with pytest.raises(ExpiredKey):
        identify(session.access_key_id, session.session_token)


def test_sessions_that_ended_long_ago_are_forgotten() -> None:
    first = a_session()
    first.expiration -= timedelta(days=1)
    for _ in range(300):
        a_session()

    with pytest.raises(UnknownKey):
        identify(first.access_key_id, first.session_token)
    assert first.access_key_id not in iam_backends["111122223333"]["aws"].access_keys

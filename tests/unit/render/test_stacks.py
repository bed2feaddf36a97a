from __future__ import annotations

from orchestrator.model.names import StackName
from orchestrator.render import bootstrap_of, depends_on, stacks_of
from tests.unit.render.builders import an_organization

ORGANIZATION = an_organization()
LOG_ARCHIVE, ACCESS, SECURITY, *ACCOUNTS = stacks_of(ORGANIZATION)


def test_foundations_come_first_and_every_account_has_a_stack() -> None:
    assert list(map(str, stacks_of(ORGANIZATION))) == [
        "200000000003/log_archive",
        "200000000001/organization",
        "200000000002/security",
        "200000000001/account",
        "200000000002/account",
        "200000000003/account",
        "200000000007/account",
    ]


def test_each_foundation_needs_the_one_before() -> None:
    assert depends_on(LOG_ARCHIVE, ORGANIZATION) == ()
    assert depends_on(ACCESS, ORGANIZATION) == (LOG_ARCHIVE,)
    assert depends_on(SECURITY, ORGANIZATION) == (ACCESS,)


def test_an_account_needs_all_foundations() -> None:
    for key in ACCOUNTS:
        assert depends_on(key, ORGANIZATION) == (LOG_ARCHIVE, ACCESS, SECURITY)


def test_a_stack_comes_after_all_it_depends_on() -> None:
    order = stacks_of(ORGANIZATION)

    for at, key in enumerate(order):
        assert set(depends_on(key, ORGANIZATION)) <= set(order[:at])


def test_bootstrap_is_apart_and_in_the_management_account() -> None:
    key = bootstrap_of(ORGANIZATION)

    assert (key.account_name, key.stack) == ("management", StackName.BOOTSTRAP)
    assert key not in stacks_of(ORGANIZATION)
    assert depends_on(key, ORGANIZATION) == ()

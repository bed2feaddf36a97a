from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from orchestrator.model.facts import BlastRadius
from orchestrator.model.names import OuPath, StackKey
from orchestrator.model.organization import Organization, Unit
from orchestrator.model.run import Outcome
from orchestrator.rollout.gate import exceeded
from tests.builders import a_key, an_account, an_organization, settings

OUS = ("", "Prod", "Prod/Web", "Production")


def an_organization_of(count: int, **limits: int) -> Organization:
    """A tenth of the accounts in Prod/Web, half in Prod, the others in Production."""
    accounts = tuple(
        replace(an_account(n, f"shop-{n}"), ou=OuPath(OUS[3 if n % 2 else 1 if n % 10 else 2]))
        for n in range(100, 100 + count)
    )
    organization = an_organization()
    facts = organization.facts.model_copy(update={"blast_radius": BlastRadius(**limits)})
    units = tuple(Unit(OuPath(path), "ou-ex01-x", settings(), {}) for path in OUS)
    return replace(organization, facts=facts, accounts=accounts, units=units)


def keys(organization: Organization, count: int) -> tuple[StackKey, ...]:
    return tuple(map(a_key, organization.accounts[:count]))


def ended(keys: Sequence[StackKey], outcome: Outcome = Outcome.APPLIED) -> dict[StackKey, Outcome]:
    return dict.fromkeys(keys, outcome)


def test_a_run_may_not_reach_more_accounts_than_the_limit() -> None:
    organization = an_organization_of(60, accounts=30, growth=0)

    assert exceeded(organization, keys(organization, 30), {}) == ()
    assert exceeded(organization, keys(organization, 31), {}) == (
        "reaches 31 accounts, organization.blast_radius.accounts is 30",
    )


def test_an_account_with_several_stacks_counts_once() -> None:
    organization = an_organization_of(60, accounts=30, growth=0)

    assert exceeded(organization, keys(organization, 30) * 2, {}) == ()


def test_a_run_may_not_reach_too_much_of_an_ou_with_all_below_it() -> None:
    organization = an_organization_of(60, ou_share=50, growth=0)
    prod = [account for account in organization.accounts if account.ou.startswith("Prod/")]
    others = [account for account in organization.accounts if account.ou == "Production"]

    limits = exceeded(organization, [a_key(a) for a in (*prod, *others)], {})

    assert limits == (
        "reaches 6 of 6 accounts of 'Prod/Web', organization.blast_radius.ou_share is 50 %",
        "reaches 30 of 30 accounts of 'Production', organization.blast_radius.ou_share is 50 %",
    )


def test_a_small_run_may_be_all_of_an_ou() -> None:
    organization = an_organization_of(20, ou_share=10)

    assert exceeded(organization, keys(organization, 20), {}) == ()


def test_a_run_may_not_reach_many_times_more_accounts_than_the_last() -> None:
    organization = an_organization_of(200)
    last = ended(keys(organization, 30))

    assert exceeded(organization, keys(organization, 90), last) == ()
    assert exceeded(organization, keys(organization, 91), last) == (
        "reaches 91 accounts and the last apply reached 30: more than 90, "
        "organization.blast_radius.growth is 3",
    )


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.REFUSED, Outcome.DENIED])
def test_what_the_last_run_did_not_come_to_was_not_reached(outcome: Outcome) -> None:
    organization = an_organization_of(200)
    last = ended(keys(organization, 200), outcome) | ended(keys(organization, 1))

    assert "the last apply reached 1:" in exceeded(organization, keys(organization, 200), last)[0]


def test_without_an_earlier_run_only_a_few_times_a_small_one_may_be_reached() -> None:
    organization = an_organization_of(61)

    assert exceeded(organization, keys(organization, 60), {}) == ()
    assert "no earlier apply is known" in exceeded(organization, keys(organization, 61), {})[0]


def test_every_limit_that_is_exceeded_is_named() -> None:
    organization = an_organization_of(100, accounts=10, ou_share=99)

    assert len(exceeded(organization, keys(organization, 100), {})) == 5

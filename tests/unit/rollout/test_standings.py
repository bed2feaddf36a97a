"""Accounts that AWS Organizations calls closed, or has in another OU than account_configs/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from orchestrator.drift.verdict import Care
from orchestrator.model.inventory import Member, Standing, Standings, compared
from orchestrator.model.names import AccountId, OuPath, StackName
from orchestrator.model.organization import Account, Organization, Unit
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.model.waves import Failures, Wave
from orchestrator.rollout import rollout
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Group, together
from tests.builders import a_change, a_job, an_account, an_organization, settings
from tests.fakes import FakeTerraform, some_ports

TODAY = date(2026, 6, 1)
OPEN, GONE, ELSEWHERE, LAST = (
    an_account(number, name)
    for number, name in ((5, "open"), (6, "gone"), (7, "elsewhere"), (8, "last"))
)
JOBS = tuple(map(a_job, (OPEN, GONE, ELSEWHERE)))
STANDINGS = Standings({GONE.id: "it is closed"}, {ELSEWHERE.id: "it is in 'Prod'"})


def some_terms(*, accept_moved: bool = False) -> RunOptions:
    return RunOptions(TODAY, width=2, standings=STANDINGS, accept_moved=accept_moved)


def test_closed_and_moved_accounts_stop_no_other_and_spend_no_budget() -> None:
    terraform = FakeTerraform(changes=(a_change(),))
    groups = (
        Group("wave one", JOBS, 2, wave=Wave(failures=Failures())),
        Group("wave two", (a_job(LAST),), 2),
    )

    results = rollout.apply(groups, some_ports(terraform), some_terms())

    outcomes = {result.key.account_name: result.outcome for result in results}
    assert outcomes == {
        "open": Outcome.APPLIED,
        "gone": Outcome.CLOSED,
        "elsewhere": Outcome.MOVED,
        "last": Outcome.APPLIED,
    }
    assert not [call for call in terraform.calls if "gone" in call or "elsewhere" in call]
    assert Run("r-1", "apply", "", 1.0, results).exit_code == 7


def test_a_closed_account_alone_leaves_the_run_a_success() -> None:
    results = rollout.apply((Group("wave one", JOBS[:2], 2),), some_ports(), some_terms())

    assert Run("r-1", "apply", "", 1.0, results).exit_code == 0


def test_a_moved_account_is_applied_once_somebody_accepts_it() -> None:
    terraform = FakeTerraform(changes=(a_change(),))
    groups = (Group("wave one", JOBS, 2),)

    results = rollout.apply(groups, some_ports(terraform), some_terms(accept_moved=True))

    assert {r.key.account_name: r.outcome for r in results}["elsewhere"] is Outcome.APPLIED


def test_a_foundation_that_is_closed_is_none_to_stand_on() -> None:
    groups = (
        Group("security", (a_job(GONE, StackName.SECURITY),), 1),
        Group("wave one", (JOBS[0],), 1),
    )

    results = rollout.apply(groups, some_ports(), some_terms())

    assert [result.outcome for result in results] == [Outcome.CLOSED, Outcome.SKIPPED]


@pytest.mark.parametrize("command", ["plan", "drift", "verify"])
def test_what_only_looks_leaves_out_the_closed_and_names_the_moved(command: str) -> None:
    ports, options = some_ports(FakeTerraform(changes=(a_change(),))), some_terms()
    runs: dict[str, Callable[[], tuple[StackResult, ...]]] = {
        "plan": lambda: rollout.plan(together("plan", JOBS), ports, options),
        "drift": lambda: rollout.drift(together("drift", JOBS), ports, options, Care()),
        "verify": lambda: rollout.verify(together("verify", JOBS), ports, options),
    }

    results = {result.key.account_name: result for result in runs[command]()}

    assert results["gone"].outcome is Outcome.CLOSED
    assert results["elsewhere"].outcome not in (Outcome.MOVED, Outcome.CLOSED)
    assert results["elsewhere"].reason.endswith("it is in 'Prod'")
    assert "Prod" not in results["open"].reason


DEV, PROD = (
    Unit(OuPath(name), f"ou-ex01-{name.lower()}", settings(), {}) for name in ("Dev", "Prod")
)


def a_member(
    account: Account, standing: Standing = Standing.ACTIVE, parent: str = DEV.id
) -> Member:
    return Member(account.id, account.name, account.email, standing, parent)


def in_dev() -> Organization:
    accounts = tuple(replace(each, ou=DEV.path) for each in (OPEN, GONE, ELSEWHERE))
    made = an_organization(accounts)
    return replace(made, units=(*made.units, DEV, PROD))


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.PENDING_CLOSURE])
def test_what_organizations_says_is_held_against_the_files(standing: Standing) -> None:
    organization = in_dev()
    special = [a_member(each, parent="r-ex01") for each in organization.accounts[:3]]
    members = [
        *special,
        a_member(OPEN),
        a_member(GONE, standing),
        a_member(ELSEWHERE, parent=PROD.id),
    ]

    found = compared(organization, members)

    assert list(found.closed) == [GONE.id]
    assert (
        f"calls it {standing}\n  fix: offboard it: orchestrator offboard gone"
        in found.closed[GONE.id]
    )
    assert list(found.moved) == [ELSEWHERE.id]
    assert "AWS has it in 'Prod', account_configs/ in 'Dev'" in found.moved[ELSEWHERE.id]


def test_an_account_that_left_is_closed_to_us() -> None:
    organization = in_dev()
    members = [a_member(each, parent="r-ex01") for each in organization.accounts[:3]]

    found = compared(organization, members)

    assert set(found.closed) == {OPEN.id, GONE.id, ELSEWHERE.id}


def test_the_members_of_another_organization_say_nothing() -> None:
    stranger = Member(AccountId("999999999999"), "x", "x@example.com", Standing.ACTIVE, "r-other")

    assert compared(in_dev(), [stranger]) == Standings()

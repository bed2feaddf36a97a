"""The model of large fleets behaves as fleets do, and docs/scale.md says what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.scale import figures, generate, quotas
from docs.scale.model import (
    HEARTBEAT,
    Estimate,
    Figures,
    Fleet,
    Kind,
    Workers,
    cost,
    estimate,
    exceeded,
    monthly,
    workers_for,
)

FIGURES = Figures(plan=1.0, apply=3.0, drift=0.2, resources=40, origin="made up")
KINDS = st.sampled_from(list(Kind))
ACCOUNTS = st.integers(1, 60_000)
COUNTS = st.integers(1, 2_000)


def a_fleet(accounts: int = 5_000) -> Fleet:
    return Fleet(accounts, regions=2, resources=40)


def run(kind: Kind, accounts: int, count: int) -> Estimate:
    return estimate(kind, a_fleet(accounts), Workers(count), FIGURES)


@given(KINDS, ACCOUNTS, st.integers(1, 10_000), COUNTS)
def test_more_accounts_never_take_less_time(
    kind: Kind, accounts: int, more: int, count: int
) -> None:
    assert run(kind, accounts + more, count).seconds >= run(kind, accounts, count).seconds


@given(KINDS, ACCOUNTS, COUNTS)
def test_more_workers_never_take_longer_until_their_heartbeats_are_too_many(
    kind: Kind, accounts: int, count: int
) -> None:
    most = int(quotas.ANSWERS.a_second * HEARTBEAT / Workers(1).parallel)
    twice = run(kind, accounts, min(2 * count, most))

    held_up_by_answers = twice.bottleneck == "Step Functions answers"
    assert twice.seconds <= run(kind, accounts, min(count, most)).seconds or held_up_by_answers


@given(KINDS, ACCOUNTS, COUNTS)
def test_what_holds_a_run_up_is_the_longest_of_what_it_needs(
    kind: Kind, accounts: int, count: int
) -> None:
    found = run(kind, accounts, count)

    assert found.spent[found.bottleneck] == max(found.spent.values())
    assert found.seconds > found.spent[found.bottleneck]
    assert not found.next_limit.startswith("workers")


@given(ACCOUNTS, COUNTS)
def test_an_apply_takes_longer_than_a_plan_and_costs_more(accounts: int, count: int) -> None:
    size, workers = a_fleet(accounts), Workers(count)

    apply, plan = (run(kind, accounts, count) for kind in (Kind.APPLY, Kind.PLAN))
    assert apply.seconds >= plan.seconds
    assert cost(Kind.APPLY, size, workers, FIGURES) > cost(Kind.PLAN, size, workers, FIGURES)


@given(KINDS, st.integers(1, 10_000))
def test_the_fewest_workers_are_enough_and_one_less_is_not(kind: Kind, accounts: int) -> None:
    found = workers_for(kind, a_fleet(accounts), 1.0, FIGURES)

    assert found is not None
    assert run(kind, accounts, found.count).seconds <= 3600
    if 1 < found.count < 20:
        assert run(kind, accounts, found.count - 1).seconds > 3600


def test_one_worker_is_what_there_is_too_little_of() -> None:
    assert run(Kind.PLAN, 5_000, 1).bottleneck.startswith("workers'")


def test_with_workers_without_end_a_rate_of_aws_is_what_holds_it_up() -> None:
    assert run(Kind.PLAN, 50_000, 2_000).bottleneck in {
        "Organizations ListAccounts",
        "Step Functions answers",
    }


def test_no_number_of_workers_beats_what_aws_answers_in_an_hour() -> None:
    assert workers_for(Kind.PLAN, a_fleet(10_000_000), 1.0, FIGURES) is None


def test_no_organization_has_fifty_thousand_accounts() -> None:
    names = {each.name for each in exceeded(a_fleet(50_000), Workers(10))}

    assert "accounts of one organization" in names
    assert exceeded(a_fleet(5_000), Workers(10)) == ()


def test_more_stacks_at_once_than_a_map_may_hold_cannot_be_had() -> None:
    (ceiling,) = exceeded(a_fleet(5_000), Workers(3_000))

    assert ceiling.name == "map concurrency of Step Functions"


def test_resources_make_it_longer_as_they_were_measured() -> None:
    twice = replace(a_fleet(), resources=80)

    plain = estimate(Kind.PLAN, a_fleet(), Workers(4), FIGURES)
    larger = estimate(Kind.PLAN, twice, Workers(4), FIGURES)

    name = "workers' processors"
    assert larger.spent[name] == pytest.approx(2 * plain.spent[name])


def test_a_month_costs_what_stands_and_what_runs() -> None:
    workers = {kind: Workers(4) for kind in Kind}

    few, many = (monthly(a_fleet(accounts), workers, FIGURES) for accounts in (500, 5_000))
    assert 2.5 < few < many


def test_figures_are_read_from_what_the_bench_has_written(tmp_path: Path) -> None:
    costs = {"pipeline": 500.0, "changed": 800.0, "drift": 50.0}
    seconds = {name: {"cpu": cpu, "wall": 1.0, "sandbox": 9.0} for name, cpu in costs.items()}
    file = tmp_path / "bench_fleet.json"
    file.write_text(json.dumps({"accounts": 500, "resources": 21, "seconds": seconds}))

    found = figures.measured(file)

    assert (found.plan, found.apply, found.drift) == (1.0, 3.6, 0.1)
    assert found.resources == 21
    assert "500 accounts" in found.origin


def test_the_page_has_the_tables_of_the_model() -> None:
    page = generate.PAGE.read_text("utf-8")

    assert generate.written(page, figures.kept()) == page, "run: python -m docs.scale.generate"
    assert set(generate.TABLE.findall(page)) != set()
    assert {found[1] for found in generate.TABLE.findall(page)} == set(generate.TABLES)


def test_every_limit_names_its_source() -> None:
    rates = [value for value in vars(quotas).values() if isinstance(value, quotas.Rate)]

    assert len(rates) >= 8
    assert all(rate.source for rate in rates)
    assert all(ceiling.source for ceiling in quotas.CEILINGS)

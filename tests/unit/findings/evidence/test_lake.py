"""Planted use and planted disuse, all told right; what is not collected is never told as disuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator import config, wiring
from orchestrator.adapters.lake.usage import DuckLogs
from orchestrator.findings.evidence.answer import Confidence, Evidence, State
from orchestrator.findings.evidence.lookup import ask
from orchestrator.findings.evidence.question import Log, question_of
from orchestrator.findings.finding import supposed
from orchestrator.logs.lake.objects import LocalObjects
from tests.planted import (
    BARE,
    COLLECTED,
    DAYS,
    NOW,
    OUTSIDE,
    PLANTS,
    REGION,
    lake,
    last,
    subject,
)

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("lake")
    lake(made)
    return made


@pytest.fixture(scope="module")
def logs(folder: Path) -> DuckLogs:
    return DuckLogs(LocalObjects(folder))


def told(logs: DuckLogs, control: str, **about: Any) -> Evidence:
    known = subject(control, **about)
    return ask(question_of(control), lambda _: known, logs)


def test_there_are_twenty_controls_and_more() -> None:
    assert len(PLANTS) >= 20


@pytest.mark.parametrize("control", PLANTS)
def test_planted_use_is_told_with_who_how_often_and_when_last(logs: DuckLogs, control: str) -> None:
    plant = PLANTS[control]

    found = told(logs, control, **plant.used)

    user = found.users[0]
    assert found.state is State.USED
    assert (found.log, user.count, user.last) == (plant.log, plant.count, last(plant))
    assert plant.who in (user.who, user.network)
    assert user.network == OUTSIDE
    assert len(found.users) == 1
    assert not found.more


@pytest.mark.parametrize("control", PLANTS)
def test_planted_disuse_is_told_for_as_long_as_the_log_reaches(
    logs: DuckLogs, control: str
) -> None:
    found = told(logs, control, **PLANTS[control].unused)

    assert (found.state, found.days, found.why) == (State.UNUSED, DAYS, "")
    assert found.unused_for(DAYS)
    assert not found.unused_for(DAYS + 1)


@pytest.mark.parametrize("control", PLANTS)
def test_in_an_account_without_the_log_nothing_is_told_and_how_to_collect_it_is(
    logs: DuckLogs, control: str
) -> None:
    found = told(logs, control, **{**PLANTS[control].unused, "account": BARE, "last_used": None})

    assert found.state is State.UNKNOWN
    assert "are not collected: " in found.why
    assert not found.unused_for(1)
    assert found.confidence is Confidence.NONE


def test_a_second_log_answers_where_the_first_is_not_collected(logs: DuckLogs) -> None:
    found = told(logs, "S3.5", **PLANTS["S3.2"].used)

    assert (found.state, found.log) == (State.UNUSED, Log.S3_DATA)


def test_a_resource_that_keeps_no_log_of_its_own_is_not_told_unused_by_those_of_others(
    logs: DuckLogs,
) -> None:
    found = told(logs, "ELB.1", arn="arn:other", name="app/other/1")

    assert (found.state, "is of it" in found.why) == (State.UNKNOWN, True)


def test_a_log_that_reaches_less_far_back_tells_of_less(logs: DuckLogs) -> None:
    interfaces = {**PLANTS["EC2.14"].unused, "interfaces": ("eni-00000000000000000",)}
    known = subject("EC2.13", days=90, **interfaces)

    found = ask(question_of("EC2.13"), lambda _: known, logs)

    assert (found.state, found.days) == (State.UNUSED, DAYS + 5)


def test_a_log_that_has_stopped_tells_nothing(logs: DuckLogs) -> None:
    known = subject("EC2.13", **PLANTS["EC2.13"].unused)
    late = replace(known, until=known.until + 3 * 86_400_000)

    found = ask(question_of("EC2.13"), lambda _: late, logs)

    assert (found.state, "have no line since" in found.why) == (State.UNKNOWN, True)


def test_a_control_that_no_log_answers_for_is_told_as_such(logs: DuckLogs) -> None:
    assert told(logs, "ECR.4", arn="arn:aws:ecr-public::1:repository/a").state is State.UNKNOWN


def test_a_resource_that_cannot_be_looked_up_is_told_with_the_reason(logs: DuckLogs) -> None:
    found = ask(question_of("EC2.13"), lambda _: "no role may look", logs)

    assert (found.state, found.why) == (State.UNKNOWN, "no role may look")


def of_finding(control: str, resource: str, where: str) -> Evidence:
    """As `controls impact` asks, without a way to AWS."""
    organization = config.load(ROOT / "account_configs", NOW.date())
    env = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "x"}
    env |= {"AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"}
    found = supposed(control, COLLECTED, REGION, resource, NOW)
    return wiring.usage(organization, env, where, DAYS, NOW)(found)


def test_impact_asks_a_folder_and_enters_no_account_where_the_arn_is_all_it_takes(
    folder: Path,
) -> None:
    found = of_finding("S3.8", PLANTS["S3.8"].used["arn"], str(folder))

    assert (found.state, found.users[0].network) == (State.USED, OUTSIDE)


def test_impact_says_that_nothing_is_collected_where_no_lake_is_declared() -> None:
    found = of_finding("S3.8", PLANTS["S3.8"].used["arn"], "")

    assert found.state is State.UNKNOWN
    assert "organization.logs.lake.sources.S3_DATA" in found.why
    assert "turn on server access logging" in found.why


def test_impact_says_why_an_account_could_not_be_asked_for_its_interfaces(folder: Path) -> None:
    found = of_finding("EC2.13", PLANTS["EC2.13"].used["arn"], str(folder))

    assert (found.state, "could not be looked up" in found.why) == (State.UNKNOWN, True)

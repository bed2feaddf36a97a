"""The workflows' own shell, as far as it needs no AWS: a local repository, a local forge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest

from orchestrator import config
from orchestrator.documents.run import as_json
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.render import stacks_of
from tests.builders import a_change, a_plan
from tests.unit.app.ci.company import Company, a_company
from tests.unit.app.ci.jobs import gitlab
from tests.unit.app.ci.playing import shell

EARLIER = "<!-- orchestrator plan 20260601-000000-abcd -->\nof an earlier push"
WEB = StackKey(AccountId("200000000008"), "web-prod", StackName.ACCOUNT)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with a_company(tmp_path_factory.mktemp("company")) as company:
        yield company


def test_a_change_that_affects_nothing_says_so_and_its_merge_applies_nothing(
    company: Company,
) -> None:
    company.forge.say(EARLIER, change=9)
    company.branch("readme", "Makefile", "setup:", "# what is needed\nsetup:")

    shown = company.pull_request("readme", 9)
    planned, applied = company.merged("readme", 9)

    assert shown.code == 0, shown.told
    assert "Plan" not in shown.codes
    (comment,) = company.forge.said(9)
    assert "nothing is affected" in comment
    assert planned.code == 0, planned.told
    assert applied is None


def test_a_mistake_in_the_configuration_is_seen_before_aws_is_asked(company: Company) -> None:
    company.branch("typo", "account_configs/waves.yaml", "width: 1", "widht: 1")

    shown = company.pull_request("typo", 11)

    assert shown.codes == {"Install": 0, "Validate": 2}
    assert "widht" in shown.told["Validate"]
    assert company.forge.said(11) == []


def test_a_commit_that_nobody_has_reviewed_applies_nothing(company: Company) -> None:
    place = company.checkout("pushed")
    env = company.env("github", None, "f" * 40)

    planned = company.play("merge.yml", "planned", place, env)

    assert planned.code == 2
    assert "no change has been merged with this commit" in planned.told["Find"]


def test_the_schedule_is_divided_and_reported_as_one(company: Company) -> None:
    place = company.checkout("schedule")
    divided = company.scheduled("divide", place)
    matrix = json.loads(divided.output("divide", "matrix"))
    drifted = StackResult(WEB, Outcome.DRIFTED, a_plan(key=WEB, drift=(a_change(),)))
    run = Run("20260601-000000-abcd", "drift", "2026-06-01T00:00:00+00:00", 12.0, (drifted,))
    (place / "drift-1.json").write_text(as_json(run))

    reported = company.scheduled("report", place)

    assert divided.code == 0, divided.told
    assert [shard["shard"] for shard in matrix["include"]] == [1]
    assert reported.codes["Report"] == 7, "the other stacks were told of by nobody"
    assert "1 drifted" in reported.summary
    stacks = stacks_of(config.load(place / "account_configs", date.today()))
    assert f"{len(stacks) - 1} skipped" in reported.summary
    assert [issue["state"] for issue in company.forge.issues] == ["open"]


def test_gitlab_says_so_too(company: Company) -> None:
    before = company.git("rev-parse", "origin/main")
    company.branch("notes", "Makefile", "setup:", "# and what is not\nsetup:")
    place = company.checkout("gitlab", "notes")
    env = {**company.env("gitlab", 10), "AWS_TOKEN": "a-token"}

    ended = shell(gitlab("plan"), place, {**env, "CI_MERGE_REQUEST_DIFF_BASE_SHA": before})
    commit = company.merge("notes", 10)
    env = {**company.env("gitlab", None, commit), "AWS_TOKEN": "a-token"}
    applied = shell(gitlab("apply"), company.checkout("gitlab-apply"), env)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "nothing is affected" in company.forge.said(10)[0]
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert "the merge request has affected nothing" in applied.stdout
    assert company.forge.token not in ended.stdout + ended.stderr + applied.stdout + applied.stderr

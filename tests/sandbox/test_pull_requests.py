"""A change from its branch to AWS: the workflows' own shell, a local repository, a local forge."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from orchestrator.app.ci.forge import marked
from orchestrator.sandbox import lifecycle
from tests.sandbox.desk import ROOT
from tests.unit.app.ci.company import Company, a_company
from tests.unit.app.ci.playing import Played

pytestmark = [pytest.mark.terraform, pytest.mark.long]
OU = "account_configs/ous/sandbox/_ou.yaml"
LONGER = "baseline:\n  password_policy:\n    minimum_length: 16\n\ngate:"
FOUNDATIONS = ("stack:log_archive", "stack:organization", "stack:security")
"""Without them AWS would not say of an account that it is as declared."""
ACCOUNTS = ("sandbox-analytics", "sandbox-platform")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """An OU whose accounts are applied, and a bucket that keeps plans and journals."""
    folder = tmp_path_factory.mktemp("company")
    with a_company(folder) as company:

        def done(*words: str) -> None:
            where = ["--project", str(company.project), "--work", str(folder / "work")]
            argv = [sys.executable, "-m", "orchestrator", *where, *words]
            ended = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
            assert ended.returncode == 0, ended.stdout + ended.stderr

        done("sandbox", "start")
        try:
            running = lifecycle.status(folder / "work" / ".sandbox")
            assert running is not None
            company.aws = running.environment
            done("--sandbox", "bootstrap", "--yes")
            done("--sandbox", "apply", *FOUNDATIONS, "ou:Sandbox", "--yes")
            yield company
        finally:
            done("sandbox", "stop")


def good(played: Played | None) -> Played:
    assert played is not None
    assert played.code == 0, played.told
    return played


def test_what_was_shown_is_applied_and_a_plan_that_has_become_stale_is_refused(
    company: Company,
) -> None:
    company.branch("recorder", OU, "frequency: daily", "frequency: continuous")
    company.branch("passwords", OU, "gate:", LONGER)

    first = good(company.pull_request("recorder", 7))
    second = good(company.pull_request("passwords", 8))
    (comment,) = company.forge.said(7)

    assert len(comment) < 65_536
    assert "plan: 2 planned" in comment
    assert all(name.replace("-", "\\-") in comment for name in ACCOUNTS)
    refs = ["refs/pull/7/merge", "refs/pull/8/merge"]
    assert [scan["ref"] for scan in company.forge.scans] == refs
    assert company.forge.identities >= 2

    found, applied = company.merged("recorder", 7)
    assert good(found).output("planned", "run") == marked(comment)
    assert "2 applied" in good(applied).summary

    found_too, refused = company.merged("passwords", 8)
    good(found_too)
    assert refused is not None
    assert refused.code == 3, refused.told
    assert "the state has moved" in refused.summary
    assert "applied" not in refused.summary

    jobs = (first, second, found, good(applied), found_too, refused)
    said = [text for job in jobs for text in (*job.told.values(), job.summary)]
    assert not any(company.forge.token in text for text in [*said, *company.forge.said()])


def test_a_shard_looks_for_drift_and_the_report_covers_the_fleet(company: Company) -> None:
    place = company.checkout("schedule")
    known = {"matrix.selection": "sandbox-analytics", "matrix.shard": "1"}

    good(company.scheduled("drift", place, known))
    reported = company.scheduled("report", place)

    assert "1 in sync" in reported.summary
    assert reported.codes["Report"] == 7
    assert reported.codes["Coverage"] == 0, reported.told
    assert "sandbox-platform" in reported.summary

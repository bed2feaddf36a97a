from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from orchestrator.app.ci.forge import marked
from orchestrator.cli.main import run
from orchestrator.documents.run import as_json
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.plan import Verdict
from orchestrator.model.run import Outcome, Run, StackResult
from tests.builders import DIGEST, a_change, a_plan, a_violation
from tests.forge import SOMEBODY, Forge, a_forge
from tests.unit.accounts.checkouts import Checkout, a_checkout

ROOT = Path(__file__).parents[3]
ID = "20260601-000000-abcd"
ORDERS = StackKey(AccountId("200000000007"), "orders-prod", StackName.ACCOUNT)
WEB = StackKey(AccountId("200000000008"), "web-prod", StackName.ACCOUNT)


@pytest.fixture
def forge() -> Iterator[Forge]:
    with a_forge() as running:
        yield running


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / ".orchestrator" / "runs").mkdir(parents=True)
    return tmp_path


def keep(file: Path, *results: StackResult, command: str = "plan", id_: str = ID) -> Path:
    document = Run(id_, command, "2026-06-01T00:00:00+00:00", 12.0, results)
    file.write_text(as_json(document))
    return file


def planned(key: StackKey = ORDERS) -> StackResult:
    plan = a_plan(a_change(), key=key)
    return StackResult(key, Outcome.PLANNED, plan, (a_violation(),), Verdict(DIGEST))


def drifted(key: StackKey) -> StackResult:
    return StackResult(key, Outcome.DRIFTED, a_plan(key=key, drift=(a_change(),)))


def said(work: Path, *words: str) -> int:
    return run(["--project", str(ROOT), "--work", str(work), *words])


def in_a_job(
    work: Path, env: Mapping[str, str], words: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    where = ["--project", str(ROOT), "--work", str(work)]
    return subprocess.run(
        [sys.executable, "-m", "orchestrator", *where, *words],
        cwd=ROOT,
        env={"PATH": os.defpath, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_selection_is_divided_into_jobs(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(work, "ci", "shards", "all", "--most", "3", "--least", "2") == ExitCode.DONE
    shards = json.loads(capsys.readouterr().out)["include"]

    assert [shard["accounts"] for shard in shards] == [4, 4, 4]
    assert said(work, "ci", "shards", "all", "--most", "3", "--least", "2", "--only", "2") == 0
    assert capsys.readouterr().out == shards[1]["selection"] + "\n"
    for shard in shards:
        assert said(work, "list", shard["selection"]) == ExitCode.DONE
    assert said(work, "ci", "shards", "all", "--most", "3", "--least", "9", "--only", "3") == 0
    assert capsys.readouterr().out.splitlines()[-1] == ""


def test_a_matrix_larger_than_github_takes_is_not_made(work: Path) -> None:
    assert said(work, "ci", "shards", "all", "--most", "257") == ExitCode.CONFIGURATION


def test_where_nothing_is_affected_the_matrix_is_empty_and_a_misspelling_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout: Checkout = a_checkout(tmp_path)
    where = ["--project", str(checkout.root)]

    assert run([*where, "ci", "shards", "affected:HEAD..HEAD"]) == ExitCode.DONE
    assert capsys.readouterr().out == '{"include":[]}\n'
    assert run([*where, "ci", "shards", "no-such-account"]) == ExitCode.CONFIGURATION


def test_runs_of_shards_are_reported_as_one_that_ends_as_the_worst(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = keep(work / "1.json", StackResult(ORDERS, Outcome.IN_SYNC), command="drift")
    two = keep(work / "2.json", drifted(WEB), command="drift", id_="20260601-000001-abcd")

    code = said(work, "ci", "merge", str(one), str(two), "--keep", "--format", "junit")
    cases = ElementTree.fromstring(capsys.readouterr().out).iter("testcase")  # noqa: S314

    assert code == ExitCode.DRIFT
    assert {case.get("name"): len(case) for case in cases} == {
        "orders-prod/account": 0,
        "web-prod/account": 1,
    }
    assert said(work, "ci", "merge", "last", "--format", "markdown") == ExitCode.DRIFT
    assert "1 in sync, 1 drifted" in capsys.readouterr().out


def test_a_shard_that_has_left_nothing_is_no_success(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = keep(work / "1.json", StackResult(ORDERS, Outcome.IN_SYNC), command="drift")

    code = said(work, "ci", "merge", str(one), "--expect", "orders-prod web-prod")

    assert code == ExitCode.INCOMPLETE
    assert "no run that was merged says anything of it" in capsys.readouterr().out


def test_what_a_shard_has_left_torn_is_named(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "1.json").write_text('{"version": 1')

    assert said(work, "ci", "merge", str(work / "1.json")) == ExitCode.CONFIGURATION
    assert "1.json cannot be read" in capsys.readouterr().err


def test_drift_of_all_shards_is_told_once(work: Path, forge: Forge) -> None:
    one = keep(work / "1.json", drifted(ORDERS), command="drift")
    two = keep(work / "2.json", drifted(WEB), command="drift", id_="20260601-000001-abcd")
    words = ("ci", "merge", str(one), str(two), "--notify", "github:example/accounts")

    codes = [in_a_job(work, forge.job("github"), words).returncode for _ in range(2)]

    assert codes == [ExitCode.DRIFT, ExitCode.DRIFT]
    (issue,) = forge.issues
    assert issue["title"].startswith("2 accounts")


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_one_comment_shows_the_newest_plan_and_names_its_run_after_the_merge(
    work: Path, forge: Forge, kind: str
) -> None:
    runs, job = work / ".orchestrator" / "runs", forge.job(kind)
    newer = "20260602-000000-abcd"
    forge.say(f"<!-- orchestrator plan {ID} -->\nnot ours", SOMEBODY)
    shown = []
    for id_ in (ID, newer, newer):
        keep(runs / f"{id_}.json", planned(), id_=id_)
        shown.append(in_a_job(work, job, ["ci", "comment", "--run", "last", f"--{kind}"]))
    forge.merges["c" * 40] = 7
    found = in_a_job(work, forge.job(kind, change=None), ["ci", "planned", f"--{kind}"])

    assert [ended.returncode for ended in shown] == [0, 0, 0], shown
    theirs, ours = forge.said()
    assert theirs.endswith("not ours")
    assert marked(ours) == newer
    assert sum(call.startswith(("POST", "PATCH", "PUT")) for call in forge.calls) == 2
    assert found.stdout == f"{newer}\n"
    assert not any(forge.token in ended.stdout + ended.stderr for ended in [*shown, found])


def test_a_comment_that_somebody_else_wrote_names_no_run(work: Path, forge: Forge) -> None:
    forge.say(f"<!-- orchestrator plan {ID} -->\nnot ours", SOMEBODY)
    forge.merges["c" * 40] = 7

    ended = in_a_job(work, forge.job("github", change=None), ["ci", "planned", "--github"])

    assert ended.returncode == ExitCode.CONFIGURATION
    assert "no plan that was shown on a change has been merged" in ended.stderr


def test_a_forge_that_refuses_is_an_error_without_the_token(work: Path, forge: Forge) -> None:
    job = {**forge.job("github"), "GITHUB_TOKEN": "wrong-token"}

    ended = in_a_job(work, job, ["--verbose", "ci", "comment", "--nothing", "--github"])

    assert ended.returncode == ExitCode.INCOMPLETE
    assert "GitHub answered 403 to GET /issues/7/comments" in ended.stderr
    assert "wrong-token" not in ended.stdout + ended.stderr


def test_what_was_scanned_is_handed_over(work: Path, forge: Forge) -> None:
    keep(work / ".orchestrator" / "runs" / f"{ID}.json", replace(planned()))
    made = in_a_job(work, {}, ["ci", "merge", "last", "--format", "sarif"])
    (work / "plan.sarif").write_text(made.stdout)

    ended = in_a_job(
        work, forge.job("github"), ["ci", "upload", str(work / "plan.sarif"), "--github"]
    )

    assert ended.returncode == 0, ended.stderr
    (scan,) = forge.scans
    assert [r["ruleId"] for r in scan["log"]["runs"][0]["results"]] == ["CKV_AWS_18"]


def test_the_jobs_identity_is_written_for_its_owner_alone_and_renewed(
    work: Path, forge: Forge
) -> None:
    file = work / "token"
    argv = [sys.executable, "-m", "orchestrator", "--project", str(ROOT), "ci", "token", str(file)]
    env = {"PATH": os.defpath, **forge.job("github")}
    with subprocess.Popen([*argv, "--github", "--every", "1"], cwd=ROOT, env=env) as renewing:
        try:
            until = time.monotonic() + 60
            while forge.identities < 2 and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            renewing.terminate()

    assert forge.identities >= 2
    assert file.read_text().startswith("identity-")
    assert file.stat().st_mode & 0o777 == 0o600


def test_only_plans_are_shown_on_a_change(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(work / ".orchestrator" / "runs" / f"{ID}.json", drifted(WEB), command="drift")

    assert said(work, "ci", "comment", "--run", "last", "--github") == ExitCode.CONFIGURATION
    assert "is one of drift" in capsys.readouterr().err


@pytest.mark.parametrize("text", [None, "", "orchestrator: error"])
def test_what_is_no_sarif_is_not_handed_over(
    work: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (work / "plan.sarif").write_text(text)

    code = said(work, "ci", "upload", str(work / "plan.sarif"), "--github")

    assert code == ExitCode.CONFIGURATION
    assert "no SARIF can be read there" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_workflows_are_written_once_and_never_over_others(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "account_configs").mkdir()
    where = ["--project", str(tmp_path), "ci", "init", kind]

    assert run(where) == ExitCode.DONE
    paths = capsys.readouterr().out.splitlines()
    (tmp_path / paths[0]).write_text("mine")

    assert run(where) == ExitCode.CONFIGURATION
    assert "there already" in capsys.readouterr().err
    assert (tmp_path / paths[0]).read_text() == "mine"
    assert run([*where, "--force"]) == ExitCode.DONE
    assert "orchestrator" in (tmp_path / paths[0]).read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("ci", "comment", "--github"),
        ("ci", "comment", "--run", "last", "--nothing", "--github"),
        ("ci", "comment", "--nothing"),
        ("ci", "planned"),
    ],
)
def test_a_command_that_does_not_say_what_and_where_is_refused(
    work: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(work, *words) == ExitCode.CONFIGURATION
    assert "fix: " in capsys.readouterr().err

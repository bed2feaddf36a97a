from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.app.remediation import findings_in
from orchestrator.cli.main import run
from orchestrator.findings.finding import Finding, Malformed
from orchestrator.model.exit_code import ExitCode
from tests.unit.findings.a_world import BUCKET, a_finding, an_asff, an_event
from tests.unit.findings.shapes import QUEUE, SQS_1, an_ocsf_event


def test_the_list_of_an_account_names_file_and_line(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["controls", "list", "--account", "orders-prod", "--format", "json"])
    document = json.loads(capsys.readouterr().out)

    assert code == ExitCode.DONE
    (row,) = [row for row in document["decisions"] if row["control"] == "S3.8"]
    assert (row["decision"], row["file"], row["accounts"]) == (
        *("remediate", "account_configs/controls/s3.yaml"),
        ["orders-prod"],
    )
    assert isinstance(row["line"], int)


def test_an_explanation_says_where_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--account", "web-prod", "--resource", "arn:aws:s3:::example-web-assets"]

    assert run(["controls", "explain", "s3.2", *where]) == ExitCode.DONE
    said = capsys.readouterr().out

    assert "S3.2 on arn:aws:s3:::example-web-assets in 200000000008" in said
    assert "nothing is done" in said
    assert "written in: account_configs/exceptions.yaml:3 public-website-assets" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain", "S3", "--account", "web-prod"], "'S3' is not a control"),
        (["explain", "S3.1", "--account", "nobody"], "no account is called 'nobody'"),
        (["explain", "S3.1", "--account", "web-prd"], "did you mean 'web-prod'?"),
        (["explain", "S3.1", "--account", "web-prod", "--tag", "x"], "'x' is not a tag"),
        (["list", "--account", "nobody"], "no account is called 'nobody'"),
    ],
)
def test_what_is_mistyped_is_told_with_the_way_out(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["controls", *words]) == ExitCode.CONFIGURATION
    error = capsys.readouterr().err
    assert said in error
    assert "fix: " in error


def test_what_is_due_makes_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["controls", "due", "--within", "5000", "--format", "json"]) == ExitCode.DRIFT
    assert json.loads(capsys.readouterr().out)["due"]


@pytest.mark.parametrize("view", ["text", "json", "markdown"])
def test_the_coverage_names_every_control(view: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["controls", "coverage", "--format", view]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "EC2.13" in said
    assert "StepFunctions.1" in said


@pytest.mark.parametrize(
    "document",
    [an_asff(), [an_asff()], {"Findings": [an_asff()]}, an_event(an_asff())],
    ids=["finding", "list", "answer", "event"],
)
def test_a_finding_is_read_however_it_was_saved(document: object) -> None:
    (found,) = findings_in(document)

    assert isinstance(found, Finding)
    assert (found.control, found.resource) == (a_finding().control, BUCKET)


@pytest.mark.parametrize("document", [SQS_1, [SQS_1], {"Findings": [SQS_1]}, an_ocsf_event(SQS_1)])
def test_a_finding_of_the_unified_hub_is_read_however_it_was_saved(document: object) -> None:
    (found,) = findings_in(document)

    assert isinstance(found, Finding)
    assert (found.control, found.resource, found.v2) == ("SQS.1", QUEUE, True)


@pytest.mark.parametrize("document", [{}, 3, "x", [3], {"Findings": 3}])
def test_what_is_no_finding_is_told(document: object) -> None:
    assert isinstance(findings_in(document)[0], Malformed)


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["remediate", str(tmp_path / "no.json")]) == ExitCode.CONFIGURATION
    assert "no.json" in capsys.readouterr().err


def test_a_control_that_is_in_no_list_is_told_with_what_may_be_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["controls", "explain", "S3.999", "--account", "web-prod"]) == ExitCode.DONE
    said = capsys.readouterr().err

    assert "S3.999 is not in the list of Security Hub's controls; did you mean S3.9?" in said
    assert "orchestrator controls refresh" in said
    assert run(["controls", "explain", "s3.8", "--account", "web-prod"]) == ExitCode.DONE
    assert "is not in the list" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "it is empty"),
        ("\n", "it is empty"),
        ("{}", "'ProductArn' is not a text"),
        ("[]", "no such finding"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_a_file_that_is_no_finding_is_told_before_anything_is_asked(
    text: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "finding.json"
    file.write_text(text)

    assert run(["remediate", str(file)]) == ExitCode.CONFIGURATION
    assert what in capsys.readouterr().err


def test_a_file_without_an_event_is_not_taken_for_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "event.json"
    file.write_text("\n")

    assert run(["vend", "--event", str(file)]) == ExitCode.CONFIGURATION
    assert f"{file} is empty" in capsys.readouterr().err

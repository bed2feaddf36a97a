from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from orchestrator.cli.main import run
from orchestrator.model.exit_code import ExitCode
from tests.cloudtrail import ACCOUNT, REGION, document, open_port, record

GROUP = "sg-0a1b2c3d4e5f60718"
UID = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{GROUP}"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake with one call in it, and a line of sshd."""
    call = record("AuthorizeSecurityGroupIngress", requestParameters=open_port(GROUP, 22))
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/x.json.gz").write_bytes(gzip.compress(document([json.dumps(call)])))
    (tmp_path / "logs/auth.log").write_text(
        "Mar  1 10:00:00 web1 sshd[1]: Accepted password for bob from 10.0.0.1 port 1 ssh2\n"
        "rubbish\n"
    )
    place = tmp_path / "lake"
    assert run(["logs", "ingest", str(tmp_path / "logs"), "--lake", str(place)]) == ExitCode.DONE
    return place


def test_an_ingest_says_what_it_has_read_and_what_it_has_not(
    lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ["logs", "ingest", str(lake.parent / "logs"), "--lake"]
    assert run([*again, str(lake.parent / "other")]) == ExitCode.DONE
    said = capsys.readouterr().out

    assert "3 records of 2 files: 2 events, 1 quarantined" in said
    assert "quarantined: no known format" in said
    assert run([*again, str(lake), "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["read"] == 0


@pytest.mark.parametrize("view", ["text", "json", "html", "headline"])
def test_a_finding_in_a_file_is_investigated(
    view: str, lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = tmp_path / "finding.json"
    finding.write_text(
        json.dumps(
            {
                "Id": "f",
                "AwsAccountId": ACCOUNT,
                "Region": REGION,
                "Compliance": {"SecurityControlId": "EC2.13"},
                "FirstObservedAt": "2026-03-01T11:00:00Z",
                "Resources": [{"Id": UID}],
            }
        )
    )

    code = run(["investigate", str(finding), "--lake", str(lake), "--format", view])

    assert code == ExitCode.DONE
    assert "alice@example.com" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["investigate", "nowhere.json", "--lake", "LAKE"], "nowhere.json"),
        (["investigate", UID, "--lake", "EMPTY"], "no lake: neither aws/ nor ext/"),
        (
            ["investigate", UID, "--lake", "LAKE", "--from", "2026-03-02", "--to", "2026-03-01"],
            "before",
        ),
        (["logs", "ingest", "nowhere", "--lake", "LAKE"], "no such file or folder"),
        (
            ["logs", "ingest", "LAKE", "--lake", "LAKE", "--timezone", "Mars/Base"],
            "not a time zone",
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_the_way_out(
    words: list[str], said: str, lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"LAKE": str(lake), "EMPTY": str(tmp_path / "logs")}

    code = run([places.get(word, word) for word in words])

    assert code == ExitCode.CONFIGURATION
    assert said in capsys.readouterr().err


RULE = """\
title: A door was opened
id: 0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9
logsource: {product: aws, service: cloudtrail}
detection:
  opened:
    eventName: AuthorizeSecurityGroupIngress
  condition: opened
level: high
"""
IN_MARCH = ["--from", "2026-03-01", "--to", "2026-03-02", "--region", REGION]


def test_rules_of_ones_own_are_looked_for_and_become_requests_to_import(
    lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/door.yml").write_text(RULE)
    out = tmp_path / "findings"
    words = ["detect", "--rules", str(tmp_path / "rules"), "--lake", str(lake), *IN_MARCH]

    code = run([*words, "--findings", str(out), "--format", "json"])

    (found,) = json.loads(capsys.readouterr().out)["detections"]
    assert (code, found["title"]) == (ExitCode.DONE, "A door was opened")
    assert found["who"]["name"] == "alice@example.com"
    (request,) = out.iterdir()
    (finding,) = json.loads(request.read_text())["Findings"]
    assert (request.name, finding["AwsAccountId"]) == (f"{ACCOUNT}-1.json", ACCOUNT)


def test_a_rule_that_cannot_be_used_is_told_and_the_others_run(
    lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/door.yml").write_text(RULE)
    (tmp_path / "rules/wrong.yml").write_text(RULE.replace("eventName", "event_name"))

    code = run(["detect", "--rules", str(tmp_path / "rules"), "--lake", str(lake), *IN_MARCH])

    said = capsys.readouterr()
    assert code == ExitCode.CONFIGURATION
    assert "wrong.yml:6: event_name: asks for a field 'event_name'" in said.err
    assert "A door was opened" in said.out
    assert "1 rules could not be used" in said.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since", "soon"], "'soon' is not a time"),
        (["--no-starter"], "no rules"),
        (["--rules", "EMPTY"], "no rules"),
        (["--send"], "no account has the role that imports findings"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    words: list[str], said: str, lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    given = [str(tmp_path / "empty") if word == "EMPTY" else word for word in words]

    assert run(["detect", "--lake", str(lake), *given]) == ExitCode.CONFIGURATION
    assert said in capsys.readouterr().err

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

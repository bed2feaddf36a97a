"""The function that a stream of on-premises logs goes through, as Data Firehose calls it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.logs import stream_code
from orchestrator.logs.json_path import at
from orchestrator.logs.ocsf.classes import COLUMNS
from orchestrator.logs.stream.deployment import columns, document
from orchestrator.logs.stream.function import FAILED, FORMATS, OK, Record, Source, transformed

OBJECTS = Path(__file__).parents[3] / "modules" / "onprem_log_source" / "objects"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SIGN_INS = Source("syslog", 3002)
LINE = (
    "<38>1 2026-11-23T23:59:59.500+09:00 gateway sshd 4242 - - "
    "Failed password for invalid user admin from 203.0.113.7 port 50514 ssh2"
)


def sent(text: str | bytes, name: str = "1") -> dict[str, str]:
    data = text if isinstance(text, bytes) else text.encode()
    return {"recordId": name, "data": base64.b64encode(data).decode()}


def answered(
    text: str | bytes, source: Source = SIGN_INS, reasons: Counter[str] | None = None
) -> Record:
    return transformed(sent(text), source, NOW, Counter() if reasons is None else reasons)


def event_in(answer: Record) -> dict[str, object]:
    event: dict[str, object] = json.loads(base64.b64decode(str(answer["data"])))
    return event


def test_a_line_becomes_an_event_in_the_folder_of_its_own_day() -> None:
    answer = answered(LINE + "\n")

    event = event_in(answer)
    assert (answer["recordId"], answer["result"]) == ("1", OK)
    assert at(answer, "metadata.partitionKeys") == {"eventDay": "20261123"}
    assert (event["class_uid"], at(event, "src_endpoint.ip")) == (3002, "203.0.113.7")
    assert event["raw_data"] == LINE
    assert set(event) <= set(columns(3002))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\xff\xfe", "no UTF-8"),
        ("<34>1 2026-11-23T12:00:00Z gateway su 1 - - hello", "an event of class 0"),
        ("no line of syslog", "no syslog header"),
    ],
    ids=["no text", "another class", "another format"],
)
def test_what_is_no_event_of_the_class_comes_back_as_it_was_sent(
    text: str | bytes, reason: str
) -> None:
    reasons: Counter[str] = Counter()

    answer = answered(text, reasons=reasons)

    assert answer == {"recordId": "1", "result": FAILED, "data": sent(text)["data"]}
    assert reasons == {reason: 1}


def test_the_same_line_in_another_record_is_another_event() -> None:
    one, two = (transformed(sent(LINE, n), SIGN_INS, NOW, Counter()) for n in ("1", "2"))

    assert at(event_in(one), "metadata.uid") != at(event_in(two), "metadata.uid")
    assert at(event_in(one), "metadata.uid") == at(event_in(answered(LINE)), "metadata.uid")


def test_the_columns_of_the_module_are_those_of_the_code() -> None:
    kept = (OBJECTS / "columns.json").read_text("utf-8")

    assert kept == document()
    assert len(json.loads(kept)) == len(COLUMNS) - 1
    assert columns(3002)["user"] == "struct<name:string,uid:string,domain:string>"


def test_the_module_takes_the_formats_of_the_function() -> None:
    text = (OBJECTS.parent / "variables.tf").read_text("utf-8")
    listed = ", ".join(f'"{name}"' for name in ["", *sorted(FORMATS)])

    assert f"contains([{listed}], var.stream.format)" in text


CALL = """
import json, logging, sys
sys.path.insert(0, sys.argv[1])
logging.basicConfig(stream=sys.stderr, format="%(message)s")
from orchestrator.logs.stream.function import handler
print(json.dumps(handler(json.loads(sys.argv[2]), None)))
"""


def test_the_zip_runs_where_nothing_else_is_installed(tmp_path: Path) -> None:
    file = tmp_path / "onprem.zip"
    ran = CliRunner().invoke(stream_code, [str(file)], standalone_mode=False)
    zipfile.ZipFile(file).extractall(tmp_path / "code")
    event = json.dumps({"records": [sent(LINE, "a"), sent("{", "b")]})

    called = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CALL, str(tmp_path / "code"), event],
        env={"CLASS_UID": "3002", "FORMAT": "syslog"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert called.returncode == 0, called.stderr
    log, answer = map(json.loads, (called.stderr, called.stdout))
    assert [(r["recordId"], r["result"]) for r in answer["records"]] == [("a", OK), ("b", FAILED)]
    assert (log["records"], sum(log["failed"].values())) == (2, 1)
    assert ran.output.startswith(f"{file}  sha256 ")


def test_the_zip_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        CliRunner().invoke(stream_code, [str(tmp_path / name)], standalone_mode=False)

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()

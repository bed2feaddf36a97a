"""The function that a stream of on-premises logs goes through, as Data Firehose calls it."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.cli.logs import stream_code
from orchestrator.logs.json_path import at
from orchestrator.logs.ocsf.classes import COLUMNS
from orchestrator.logs.stream.deployment import columns, document
from orchestrator.logs.stream.function import (
    BATCH_BYTES,
    BATCH_RECORDS,
    DROPPED,
    FAILED,
    FORMATS,
    MOST,
    NEWEST,
    OK,
    OLDEST,
    Record,
    Source,
    Tally,
    answered,
    transformed,
)

OBJECTS = Path(__file__).parents[3] / "modules" / "onprem_log_source" / "objects"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SIGN_INS = Source("syslog", 3002)
LINE = (
    "<38>1 2026-11-23T23:59:59.500+09:00 gateway sshd 4242 - - "
    "Failed password for invalid user admin from 203.0.113.7 port 50514 ssh2"
)


STREAM = "arn:aws:firehose:us-east-1:200000000002:deliverystream/orchestrator-source-onprem-3002"
SSHD = (
    "Nov 23 23:59:59 gateway sshd[4242]: Failed password for invalid user admin "
    "from 203.0.113.7 port 50514 ssh2"
)
ACCESS = '203.0.113.7 - - [23/Nov/2026:23:59:59 +0000] "GET /index.html HTTP/1.1" 200 1024'


def sent(text: str | bytes, name: str = "1") -> dict[str, str]:
    data = text if isinstance(text, bytes) else text.encode()
    return {"recordId": name, "data": base64.b64encode(data).decode()}


def one(text: str | bytes, tally: Tally | None = None) -> Record:
    return transformed(sent(text), SIGN_INS, NOW, tally or Tally())


def event_in(answer: Record) -> dict[str, object]:
    event: dict[str, object] = json.loads(base64.b64decode(str(answer["data"])))
    return event


def test_a_line_becomes_an_event_in_the_folder_of_its_own_day() -> None:
    answer = one(LINE + "\n")

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
        (LINE.replace("2026-11-23", "2025-11-22"), "a day that is not of the last year"),
        (LINE.replace("2026-11-23", "2026-11-28"), "a day that is not of the last year"),
    ],
    ids=["no text", "another class", "another format", "too old", "to come"],
)
def test_what_is_no_event_of_the_class_is_given_back_and_firehose_keeps_it(
    text: str | bytes, reason: str
) -> None:
    tally = Tally()

    answer = one(text, tally)

    assert answer == {"recordId": "1", "result": FAILED}
    assert tally.failed == {reason: 1}


class Stream:
    """A stream that takes records, and refuses as many first as it is told."""

    def __init__(self, refuses: int = 0) -> None:
        self.taken: list[bytes] = []
        self.refuses = refuses

    def put(self, data: Sequence[bytes]) -> Sequence[int]:
        assert 0 < len(data) <= BATCH_RECORDS
        assert sum(map(len, data)) <= BATCH_BYTES
        refused = range(min(self.refuses, len(data)))
        self.refuses -= len(refused)
        self.taken += data[len(refused) :]
        return refused


def in_lambda(answers: list[Record]) -> int:
    """Bytes that the runtime writes of a handler's answer."""
    return len(json.dumps({"records": answers}).encode())


def results(answers: list[Record]) -> dict[object, list[object]]:
    found: dict[object, list[object]] = {}
    for each in answers:
        found.setdefault(each["result"], []).append(each["recordId"])
    return found


@pytest.mark.parametrize(
    ("line", "source"),
    [(SSHD, SIGN_INS), (ACCESS, Source("web", 4002))],
    ids=["plain sshd", "common access log"],
)
def test_half_a_megabyte_of_short_lines_is_answered_within_six(line: str, source: Source) -> None:
    records = [sent(line, f"{at:056}") for at in range(500_000 // len(line))]
    stream = Stream()

    answers = answered(records, source, NOW, Tally(), stream.put)

    assert in_lambda(answers) <= MOST
    assert Counter(each["recordId"] for each in answers) == {r["recordId"]: 1 for r in records}
    found = results(answers)
    assert len(found[OK]) + len(found.get(DROPPED, ())) == len(records)
    assert len(found.get(DROPPED, ())) == len(stream.taken)


# Records as Firehose sends them: no event, a short one, and one with a long message.
LINES = st.one_of(
    st.binary(max_size=40),
    st.integers(0, 400).map(lambda n: LINE.replace("admin", "a" * (n + 1)).encode()),
    st.sampled_from([LINE.encode(), b"", b"\xff", b"<34>1 2026-11-23T12:00:00Z h su 1 - - hello"]),
)


@given(
    lines=st.lists(LINES, max_size=25),
    room=st.integers(0, 12_000),
    refuses=st.integers(0, 60),
    again=st.booleans(),
)
def test_each_record_is_answered_once_and_the_answer_never_exceeds(
    lines: list[bytes], room: int, refuses: int, again: bool
) -> None:
    records = [sent(line, str(at)) for at, line in enumerate(lines)]
    least = in_lambda([{"recordId": r["recordId"], "result": FAILED} for r in records])
    stream, tally = Stream(refuses), Tally()

    answers = answered(
        records, SIGN_INS, NOW, tally, stream.put if again else None, most=least + room
    )

    assert in_lambda(answers) <= least + room
    assert sorted(int(str(each["recordId"])) for each in answers) == list(range(len(lines)))
    found = results(answers)
    assert Counter(lines[int(str(name))] for name in found.get(DROPPED, ())) == Counter(
        stream.taken
    )
    assert sum(tally.failed.values()) == len(found.get(FAILED, ()))
    assert tally.again == len(stream.taken)


def test_an_answer_that_gives_back_is_shorter_than_what_firehose_sent() -> None:
    record = {"approximateArrivalTimestamp": 1, **sent("", "")}

    given_back = len(json.dumps({"recordId": "", "result": FAILED}))

    assert given_back < len(json.dumps(record, separators=(",", ":")))


def test_an_event_longer_than_any_answer_goes_to_the_failures_and_not_round_and_round() -> None:
    stream, tally = Stream(), Tally()

    line = LINE.replace("admin", "a" * 200)
    answers = answered([sent(line)], SIGN_INS, NOW, tally, stream.put, most=1000)

    assert results(answers) == {FAILED: ["1"]}
    assert (stream.taken, tally.failed) == ([], {"longer than an answer": 1})


def test_what_the_stream_does_not_take_again_goes_to_the_failures() -> None:
    stream, tally = Stream(refuses=1000), Tally()
    records = [sent(LINE, str(at)) for at in range(4)]

    answers = answered(records, SIGN_INS, NOW, tally, stream.put, most=2500)

    assert Counter(each["result"] for each in answers) == {OK: 1, FAILED: 3}
    assert tally.failed == {"the stream did not take it again": 3}


QUOTA = 500
"""Active partitions of a stream. Source: Data Firehose developer guide, "Quotas"."""


def test_a_stream_of_lines_has_fewer_days_than_firehose_has_partitions() -> None:
    moments = (NOW + timedelta(days=day) for day in range(-4000, 4000))
    lines = (LINE.replace("2026-11-23T23:59:59.500+09:00", m.isoformat()) for m in moments)

    answers = [one(line) for line in lines]

    days = {at(each, "metadata.partitionKeys.eventDay") for each in answers} - {None}
    assert len(days) == (OLDEST + NEWEST).days + 1 < QUOTA


def test_five_hundred_accounts_have_fewer_partitions_than_a_stream_may_have() -> None:
    text = (OBJECTS.parents[1] / "log_destination" / "main.tf").read_text("utf-8")
    (key,) = re.findall(r'parameter_value = "{(\w+):.owner\[-2:\]}"', text)
    (prefix,) = re.findall(r'    prefix +=.*"\$\{var.prefix\}/(.*)"', text)
    accounts = [f"{123456789012 + 7919 * n:012}" for n in range(500)]

    partitions = {
        prefix.replace(f"!{{partitionKeyFromQuery:{key}}}", owner[-2:]).replace(
            "!{timestamp:yyyyMMdd}", day
        )
        for owner in [*accounts, "CloudwatchLogs"]
        for day in ("20261123", "20261124")
    }

    assert not re.search(r"!\{(?!firehose)", "".join(partitions))
    assert len(partitions) <= 2 * 101 < QUOTA


def test_the_same_line_in_another_record_is_another_event() -> None:
    a, b = (transformed(sent(LINE, n), SIGN_INS, NOW, Tally()) for n in ("1", "2"))

    assert at(event_in(a), "metadata.uid") != at(event_in(b), "metadata.uid")
    assert at(event_in(a), "metadata.uid") == at(event_in(one(LINE)), "metadata.uid")


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
    now = f"{datetime.now(UTC):%Y-%m-%d}"
    records = [sent(LINE.replace("2026-11-23", now), "a"), sent("{", "b")]
    event = json.dumps({"deliveryStreamArn": STREAM, "records": records})

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

"""Files that grow, are cut, renamed or no logs: nothing is lost, and nothing is read twice."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.app.logs import ingest
from orchestrator.logs.ingest.batch import Counts, name_of
from orchestrator.logs.ingest.logfiles import Settings
from orchestrator.logs.lake.engine import ParquetLake
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.lake.question import Anything, Question, Window
from tests.cloudtrail import Record, record
from tests.unit.logs.test_ingest_cases import CASES

NOW = datetime(2026, 11, 30, tzinfo=UTC)
EVER = Window(datetime(1971, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
ONE, TWO = record("RunInstances", eventID="a"), record("StopInstances", eventID="b")


def read(lake: Path, *files: Path, form: str = "auto") -> Counts:
    counts = ingest([str(file) for file in files], io.BytesIO(), lake, configured(form))
    assert counts.lost == 0
    return counts


def configured(form: str = "auto") -> Settings:
    return Settings("host", form, UTC, NOW)


def in_lake(lake: Path) -> list[str]:
    found = ParquetLake(LocalObjects(lake)).ask(Question(Anything(), EVER)).events
    return sorted(each.uid for each in found)


def quarantined(lake: Path) -> list[tuple[str, int, str, str]]:
    return [
        (Path(each["file"]).name, each["line"], each["reason"], each["raw"])
        for file in sorted((lake / "quarantine").rglob("*.ndjson"))
        for each in map(json.loads, file.read_text("utf-8").splitlines())
    ]


def written(file: Path, text: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def numbers(counts: Counts) -> tuple[int, int, int]:
    return counts.total, counts.quarantined.total(), counts.known


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [("trail.json", "trail_grown.json", "t.json"), ("cut.json.gz", "whole.json.gz", "t.json.gz")],
)
def test_a_trails_file_that_grew_or_was_completed_under_its_name_is_read_on(
    first: str, second: str, name: str, tmp_path: Path
) -> None:
    file, lake = tmp_path / name, tmp_path / "lake"
    shutil.copy(CASES / "complete" / first, file)
    before = read(lake, file, form="cloudtrail")
    again = read(lake, file, form="cloudtrail")
    shutil.copy(CASES / "complete" / second, file)
    after = read(lake, file, form="cloudtrail")

    assert before.total + after.total == 51
    assert (again.total, again.read, again.known) == (0, 0, 1)
    assert len(in_lake(lake)) == len(set(in_lake(lake)))


def test_the_cut_record_of_a_file_is_kept_with_its_text_until_it_is_whole(tmp_path: Path) -> None:
    file, lake = tmp_path / "t.json.gz", tmp_path / "lake"
    shutil.copy(CASES / "complete/cut.json.gz", file)

    counts = read(lake, file)

    ((_, line, reason, text),) = quarantined(lake)
    assert (counts.total + 1, reason) == (line, "cut off")
    assert text.startswith('{"eventVersion"')


def test_of_json_lines_all_but_the_broken_one_are_events(tmp_path: Path) -> None:
    shutil.copy(CASES / "jsonlines-last-line-cut.json", tmp_path / "t.json")
    broken = json.dumps(ONE)[:200] + "\n" + json.dumps(TWO)
    middle = written(tmp_path / "m.json", json.dumps(ONE | {"eventID": "c"}) + "\n" + broken)

    counts = read(tmp_path / "lake", tmp_path / "t.json")
    other = read(tmp_path / "other", middle)

    assert numbers(counts)[:2] == (3, 1)
    assert quarantined(tmp_path / "lake")[0][1] == 4
    assert numbers(other)[:2] == (2, 1)
    assert quarantined(tmp_path / "other") == [("m.json", 2, "no JSON", json.dumps(ONE)[:200])]


def test_a_broken_record_between_good_ones_of_a_document_is_kept_with_its_text(
    tmp_path: Path,
) -> None:
    three = json.dumps({"Records": [ONE, TWO, record("DeleteTrail", eventID="c")]}, indent=1)
    file = written(tmp_path / "t.json", three.replace('"eventID": "b"', '"eventID": "b'))

    counts = read(tmp_path / "lake", file)

    assert in_lake(tmp_path / "lake") == ["a", "c"]
    assert numbers(counts)[:2] == (2, 1)
    assert "StopInstances" in quarantined(tmp_path / "lake")[0][3]


SHAPES: dict[str, Callable[[Record, Record], str]] = {
    "as CloudTrail writes it": lambda *r: json.dumps({"Records": r}, separators=(",", ":")),
    "with blanks": lambda *r: json.dumps({"Records": r}, indent=2),
    "with a line for each": lambda *r: (
        '{"Records":[' + ",\n".join(json.dumps(e, separators=(",", ":")) for e in r) + "]}\n"
    ),
    "array": lambda *r: json.dumps(r),
    "JSON lines": lambda *r: "\n".join(map(json.dumps, r)),
    "one behind the other": lambda *r: "".join(map(json.dumps, r)),
    "LookupEvents": lambda *r: json.dumps(
        {
            "Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(e)} for e in r],
            "NextToken": "y",
        }
    ),
    "EventBridge": lambda *r: "\n".join(
        json.dumps({"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": e})
        for e in r
    ),
    "CloudWatch's subscription": lambda *r: (
        json.dumps(
            {
                "messageType": "DATA_MESSAGE",
                "owner": "111122223333",
                "logGroup": "trail",
                "logEvents": [{"id": "1", "timestamp": 1, "message": json.dumps(e)} for e in r],
            }
        )
        + '{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE"}]}'
    ),
    "Lake's query": lambda *r: json.dumps(
        {"QueryStatus": "FINISHED", "QueryResultRows": [[{"eventJson": json.dumps(e)}] for e in r]}
    ),
    "Lake's results": lambda *r: (
        "eventTime,eventJson\n"
        + "".join('2026,"{}"\n'.format(json.dumps(e).replace('"', '""')) for e in r)
    ),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_every_shape_in_which_trails_come_is_recognized_by_itself(
    name: str, packed: bool, tmp_path: Path
) -> None:
    text = SHAPES[name](ONE, TWO).encode()
    file = written(tmp_path / "some", gzip.compress(text) if packed else text)

    counts = read(tmp_path / "lake", file)

    assert in_lake(tmp_path / "lake") == ["a", "b"]
    assert numbers(counts) == (2, 0, 0)
    assert read(tmp_path / "lake", file).known == 1


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("insight.json", ["UpdateInstanceInformation"]),
        ("eventbridge.json", ["DescribeEventAggregates"] * 2),
    ],
)
def test_insights_and_events_of_eventbridge_are_named_after_their_calls(
    name: str, names: list[str], tmp_path: Path
) -> None:
    read(tmp_path / "lake", CASES / name)

    found = ParquetLake(LocalObjects(tmp_path / "lake")).count(Question(Anything(), EVER))

    assert sorted(found) == sorted(set(names))


def test_what_holds_no_records_is_passed_over_by_name_with_a_count(tmp_path: Path) -> None:
    shutil.copy(CASES / "digest.json.gz", tmp_path / "digest.json.gz")
    written(
        tmp_path / "c.json",
        json.dumps({"fileVersion": "1", "configSnapshotId": "x", "configurationItems": []}),
    )
    written(tmp_path / "ConfigWritabilityCheckFile", "")
    written(tmp_path / "a.zip", b"PK\x03\x04xx")
    written(tmp_path / "t.json", json.dumps({"Records": [ONE]}))

    counts = read(tmp_path / "lake", *sorted(tmp_path.iterdir()))
    forced = read(tmp_path / "f", written(tmp_path / "x.txt", "hello"), form="cloudtrail")

    assert counts.passed == {
        "CloudTrail digest": 1,
        "AWS Config snapshot": 1,
        "AWS Config's check of the bucket": 1,
        "zip archive": 1,
    }
    assert (counts.files, counts.total) == (5, 1)
    assert forced.passed == {"no file of CloudTrail": 1}


def lines(first: int, last: int) -> str:
    return "".join(f"Mar  1 10:00:00 web1 app: line {n:05}\n" for n in range(first, last))


def test_a_file_that_begins_as_another_but_goes_on_otherwise_is_read(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    one = written(tmp_path / "one.log", lines(0, 200) + "Mar  1 10:00:00 web1 app: one\n")
    two = written(tmp_path / "two.log", lines(0, 200) + "Mar  1 10:00:00 web1 app: two\n")

    assert [numbers(read(lake, each)) for each in (one, two, one)] == [
        (201, 0, 0),
        (201, 0, 0),
        (0, 0, 1),
    ]


def test_a_file_that_was_rotated_and_compressed_is_known_and_read_on(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    written(tmp_path / "a.log", lines(0, 50))
    read(lake, tmp_path / "a.log")
    packed = written(tmp_path / "a.log.1.gz", gzip.compress(lines(0, 60).encode()))
    copy = written(tmp_path / "copy.log", lines(0, 60))

    assert numbers(read(lake, packed)) == (10, 0, 0)
    assert numbers(read(lake, copy, packed)) == (0, 0, 2)


def test_the_same_file_named_twice_is_read_once(tmp_path: Path) -> None:
    files = [written(tmp_path / name, lines(0, 9)) for name in ("a.log", "b.log")]

    assert numbers(read(tmp_path / "lake", *files)) == (9, 0, 1)


def test_a_last_line_without_its_end_is_read_and_again_when_it_has_grown(tmp_path: Path) -> None:
    file, lake = tmp_path / "a.log", tmp_path / "lake"
    written(file, lines(0, 2) + "Mar  1 10:00:00 web1 app: hal")
    first = read(lake, file)
    again = read(lake, file)
    written(file, lines(0, 2) + "Mar  1 10:00:00 web1 app: half\n" + lines(3, 4))
    grown = read(lake, file)
    ended = written(tmp_path / "b.log", lines(10, 12)[:-1])
    read(lake, ended)
    written(ended, lines(10, 13))

    assert [numbers(each) for each in (first, again, grown)] == [(3, 0, 0), (0, 0, 1), (2, 0, 0)]
    assert numbers(read(lake, ended)) == (1, 0, 0)


def test_a_lake_that_an_earlier_version_has_filled_is_not_read_again(tmp_path: Path) -> None:
    file, lake = tmp_path / "a.log", tmp_path / "lake"
    written(file, lines(0, 200))
    kept = {name_of(file.read_bytes()[:4096]): len(lines(0, 150))}
    written(lake / "checkpoints/host/b00000000.json", json.dumps(kept))

    assert numbers(read(lake, file)) == (50, 0, 0)
    assert numbers(read(lake, file)) == (0, 0, 1)


def test_records_in_envelopes_of_log_groups_are_what_their_messages_are(tmp_path: Path) -> None:
    messages = lines(0, 3).splitlines()
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": "1",
        "logEvents": [{"id": "1", "timestamp": 1, "message": each} for each in messages],
    }
    file = written(tmp_path / "x.gz", gzip.compress(json.dumps(envelope).encode() * 2))

    assert numbers(read(tmp_path / "lake", file)) == (6, 0, 0)


def test_text_of_two_bytes_a_letter_is_read_as_well(tmp_path: Path) -> None:
    file = written(tmp_path / "a.log", lines(0, 3).encode("utf-16"))

    assert numbers(read(tmp_path / "lake", file)) == (3, 0, 0)

"""Batches of usual records go straight into Parquet; one odd record takes the slower way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator.logs.event import Event, event
from orchestrator.logs.ingest.trail import ingest_trail, written
from orchestrator.logs.lake.duck import USUAL, connect, longest_line
from orchestrator.logs.lake.engine import ParquetLake
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.lake.question import Anything, Question, Touching, Window
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from tests.cloudtrail import OTHER_ACCOUNT, START, Record, document, open_port, record, shapes

EVER = Window(START - timedelta(days=400), START + timedelta(days=400))
USUAL_RECORDS = [
    record("RunInstances", eventID="a", eventTime="2026-03-01T23:59:59Z"),
    record(
        "AuthorizeSecurityGroupIngress",
        eventID="b",
        eventTime="2026-03-02T00:00:00Z",
        requestParameters=open_port("sg-0a1b2c3d4e5f60718", 22),
    ),
    record("DeleteTrail", eventID="c", recipientAccountId=OTHER_ACCOUNT, awsRegion="us-east-1"),
]


def ingested(folder: Path, records: Sequence[Record]) -> ParquetLake:
    file = folder / "trail.json"
    file.write_bytes(document([json.dumps(each, separators=(",", ":")) for each in records]))
    counts = ingest_trail([file], folder / "lake")
    assert (counts.total, counts.lost) == (len(records), 0)
    return ParquetLake(LocalObjects(folder / "lake"))


def said(found: Sequence[Event]) -> list[tuple[object, ...]]:
    return [
        (e.uid, e.time, e.account, e.region, e.name, e.actor, e.parameters, e.answer, e.error)
        for e in found
    ]


@pytest.mark.parametrize("odd", [{}, {"aNewField": {"of": "AWS"}}], ids=["usual", "odd"])
def test_both_ways_make_the_same_events_of_several_accounts_and_days(
    odd: Record, tmp_path: Path
) -> None:
    records = [{**each, **odd} for each in USUAL_RECORDS]
    lake = ingested(tmp_path, records)

    found = lake.ask(Question(Anything(), EVER)).events

    expected = sorted((event(to_ocsf(each)) for each in records), key=lambda e: (e.time, e.uid))
    assert said(found) == said(expected)
    if odd:
        assert all('"aNewField"' in each.extra for each in found)


def test_what_went_straight_into_parquet_is_in_the_index_by_day(tmp_path: Path) -> None:
    lake = ingested(tmp_path, USUAL_RECORDS)

    found = lake.ask(Question(Touching(("sg-0a1b2c3d4e5f60718",)), EVER)).events

    assert [each.uid for each in found] == ["b"]
    days = sorted(path.name for path in (tmp_path / "lake" / "index").rglob("eventDay=*"))
    assert days == ["eventDay=20260301", "eventDay=20260302"]


@pytest.mark.parametrize(
    ("changed", "straight"),
    [
        ({}, True),
        ({"aNewField": 1}, False),
        ({"eventTime": "yesterday"}, False),
        ({"eventID": ""}, False),
        ({"awsRegion": "../../etc"}, False),
        ({"recipientAccountId": "nobody"}, False),
    ],
    ids=["usual", "name", "time", "id", "region", "account"],
)
def test_only_usual_records_go_straight_into_parquet(
    changed: Record, straight: bool, tmp_path: Path
) -> None:
    line = json.dumps({**record("RunInstances"), **changed}).encode()

    assert (written(line, tmp_path / "x.ndjson", connect()) is not None) is straight


def test_every_shape_of_cloudtrail_goes_one_way_or_the_other_and_none_is_lost(
    tmp_path: Path,
) -> None:
    records = list(shapes().values())
    lake = ingested(tmp_path, records)

    found = lake.ask(Question(Anything(), EVER)).events

    assert {each.uid for each in found} == {str(each["eventID"]) for each in records}


@pytest.mark.parametrize(
    ("lengths", "longest"),
    [
        ([], USUAL),
        ([10, 20], USUAL),
        ([10, USUAL + 5, 7], USUAL + 5),
        ([USUAL * 3], USUAL * 3),
        ([USUAL, USUAL, 1], USUAL),
        ([USUAL + 2, USUAL + 1], USUAL + 2),
    ],
)
def test_the_longest_line_is_found_by_leaps(lengths: list[int], longest: int) -> None:
    assert longest_line(b"\n".join(b"x" * length for length in lengths)) == longest


def test_files_of_several_places_become_one_batch_with_a_file_in_each_partition(
    tmp_path: Path,
) -> None:
    files = []
    for number, each in enumerate(USUAL_RECORDS):
        file = tmp_path / str(number) / "trail.json"
        file.parent.mkdir()
        file.write_bytes(document([json.dumps(each, separators=(",", ":"))]))
        files.append(file)

    counts = ingest_trail(files, tmp_path / "lake")

    lake = tmp_path / "lake"
    found = ParquetLake(LocalObjects(lake)).ask(Question(Anything(), EVER)).events
    expected = sorted((event(to_ocsf(each)) for each in USUAL_RECORDS), key=lambda e: e.time)
    assert said(found) == said(expected)
    assert (counts.total, counts.lost) == (3, 0)
    names = sorted(str(each.relative_to(lake)) for each in (lake / "aws").rglob("*.parquet"))
    source = "aws/CLOUD_TRAIL_MGMT/2.0"
    here = f"{source}/region=eu-west-1/accountId={USUAL_RECORDS[0]['recipientAccountId']}"
    there = f"{source}/region=us-east-1/accountId={OTHER_ACCOUNT}"
    day = next(each.time for each in expected if each.uid == "c")
    assert names == [
        f"{here}/eventDay=20260301/b00000000_0.parquet",
        f"{here}/eventDay=20260302/b00000000_0.parquet",
        f"{there}/eventDay={day:%Y%m%d}/b00000000_0.parquet",
    ]
    assert {each.parent.name for each in (lake / "index").rglob("*.parquet")} == {
        name.split("/")[-2] for name in names
    }


def test_a_name_with_a_comma_in_it_is_not_taken_for_two_that_are_known(tmp_path: Path) -> None:
    odd = {**USUAL_RECORDS[0], "sharedEventID,readOnly": "kept"}

    (found,) = ingested(tmp_path, [odd]).ask(Question(Anything(), EVER)).events

    assert json.loads(found.extra)["sharedEventID,readOnly"] == "kept"


@pytest.mark.parametrize("blank", ["\n\n", "\r\n", "\n \n", "\n\t\n", "\n"])
def test_blank_lines_between_records_are_no_records(blank: str, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    text = blank.join(json.dumps(each, separators=(",", ":")) for each in USUAL_RECORDS)
    file.write_text(f"{text}{blank}", newline="")

    counts = ingest_trail([file], tmp_path / "lake")

    assert (counts.total, counts.read) == (3, 3)


def test_a_trail_file_of_two_gzip_members_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "trail.json.gz"
    data = document([json.dumps(each, separators=(",", ":")) for each in USUAL_RECORDS])
    file.write_bytes(gzip.compress(data[:700]) + gzip.compress(data[700:]))

    counts = ingest_trail([file], tmp_path / "lake")

    assert (counts.total, counts.lost, counts.quarantined.total()) == (3, 0, 0)

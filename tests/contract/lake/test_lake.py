"""The same questions to every engine give the same events."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import duckdb
import pytest

from orchestrator.logs.event import event
from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.logs.lake.duck import LakeUnreadable
from orchestrator.logs.lake.engine import ParquetLake, RawLake
from orchestrator.logs.lake.filters import (
    Changing,
    Every,
    Failed,
    Has,
    Is,
    Not,
    Some,
    Within,
)
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.lake.question import (
    Anything,
    By,
    Calls,
    Lake,
    Question,
    Scope,
    Touching,
    Where,
    Window,
    WithId,
)
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from tests.cloudtrail import ACCOUNT, REGION, START, Record, Stream, record, shapes, sso
from tests.memory_lake import MemoryLake

EVENTS = 1200
WINDOW = Window(START, START + timedelta(days=3))
MORNING = Window(START + timedelta(hours=9), START + timedelta(hours=12))


def records() -> list[Record]:
    """Everyday business of three accounts, and one of each shape with an id of its own."""
    shaped = [{**each, "eventID": f"shape-{n:04d}"} for n, each in enumerate(shapes().values())]
    tricky = [
        record("DeleteTags", eventID="quote", requestParameters={"name": "o'brien\" OR 1=1 --"}),
        record("CreateTags", eventID="accent", requestParameters={"name": "Zürich"}),
        record("CreateVpc", eventID="key", requestParameters={"vpc-as-key": "x"}),
        record("CreateVpc", eventID="part", requestParameters={"id": "sg-0a1b2c3d4e5f6071"}),
    ]
    return [*Stream(EVENTS, days=3, accounts=3).records(), *shaped, *tricky]


def in_files(folder: Path, all_records: Iterable[Record]) -> list[Path]:
    """As CloudTrail delivers them: by account, region and day, with an organization's id."""
    groups: dict[str, list[Record]] = {}
    for each in all_records:
        account, day = each["recipientAccountId"], str(each["eventTime"])[:10].replace("-", "/")
        place = f"AWSLogs/o-0example/{account}/CloudTrail/{each['awsRegion']}/{day}"
        groups.setdefault(place, []).append(each)
    files = []
    for place, some in groups.items():
        file = folder / place / "events.json.gz"
        file.parent.mkdir(parents=True)
        file.write_bytes(gzip.compress(json.dumps({"Records": some}).encode()))
        files.append(file)
    return sorted(files)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Lake]:
    folder = tmp_path_factory.mktemp("lake")
    all_records = records()
    files = in_files(folder / "trail", all_records)
    counts = ingest_trail(files, folder / "lake")
    assert (counts.lost, counts.total) == (0, len(all_records))
    shutil.copytree(folder / "lake/aws", folder / "plain/aws")
    return {
        "memory": MemoryLake(event(to_ocsf(each)) for each in all_records),
        "parquet": ParquetLake(LocalObjects(folder / "lake")),
        "parquet without index": ParquetLake(LocalObjects(folder / "plain")),
        "raw": RawLake(LocalObjects(folder / "trail")),
    }


QUESTIONS = {
    "a security group": Question(Touching(("sg-0a1b2c3d4e5f60718",)), WINDOW),
    "a bucket by ARN and name": Question(
        Touching(("arn:aws:s3:::the-bucket", "the-bucket")), WINDOW
    ),
    "a thing many touch": Question(Touching(("payments",)), WINDOW),
    "with a quote": Question(Touching(("o'brien\" OR 1=1 --",)), WINDOW),
    "with an accent": Question(Touching(("Zürich",)), WINDOW),
    "a short name": Question(Touching(("x",)), WINDOW),
    "by a session": Question(By(arns=(str(sso("alice@example.com")["arn"]),)), WINDOW),
    "by a role": Question(By(arns=("arn:aws:iam::200000000001:role/config-scanner",)), WINDOW),
    "by an access key": Question(By(access_keys=("AKIAIOSFODNN7EXAMPLE",)), WINDOW),
    "by a session's name": Question(By(names=("scanner",)), WINDOW),
    "by a source identity": Question(By(names=("alice@example.com",)), WINDOW),
    "by id": Question(WithId(("shape-0003", "accent")), WINDOW),
    "by call": Question(Calls(("DeleteTrail", "CreateVpc")), WINDOW),
    "of a morning": Question(Anything(), MORNING),
    "of one account": Question(Anything(), MORNING, Scope((ACCOUNT,), (REGION,))),
    "of two accounts": Question(
        By(names=("scanner",)), WINDOW, Scope(("200000000000", "200000000002"))
    ),
    "the first three": Question(Touching(("payments",)), WINDOW, limit=3),
    "from an address": Question(Where(Within(ip_network("198.51.100.7/32"))), WINDOW),
    "from a network": Question(Where(Within(ip_network("198.51.0.0/16"))), WINDOW),
    "with an agent": Question(Where(Has("user_agent", "AWS-CLI/2")), WINDOW),
    "with an agent of odd letters": Question(Where(Has("user_agent", "a*b?c%_")), WINDOW),
    "what failed": Question(Where(Failed()), WINDOW),
    "what changed": Question(Where(Changing()), MORNING),
    "what failed and would have changed": Question(Where(Every((Failed(), Changing()))), WINDOW),
    "calls of a service": Question(Where(Is("service", ("iam.amazonaws.com",))), WINDOW),
    "calls by name or error": Question(
        Where(Some((Is("operation", ("CreateVpc",)), Is("error", ("AccessDenied",))))), WINDOW
    ),
    "of a role and not by one name": Question(
        Where(Every((Has("role_arn", "role/"), Not(Is("operation", ("AssumeRole",)))))), MORNING
    ),
    "an id in parameters": Question(Where(Has("request", "sg-0a1b2c3d4e5f6071")), WINDOW),
    "root": Question(Where(Is("actor_type", ("Root",))), WINDOW),
    "by name": Question(Where(Is("actor_name", ("bob", "mary"))), WINDOW),
    "nothing": Question(Touching(("sg-nowhere",)), WINDOW),
    "another day": Question(Anything(), Window(START - timedelta(days=9), START)),
}
FINDS_NOTHING = {"nothing", "another day", "with an agent of odd letters"}


@pytest.mark.parametrize("engine", ["parquet", "parquet without index", "raw"])
@pytest.mark.parametrize("asked", QUESTIONS)
def test_every_engine_answers_as_plain_python_does(
    asked: str, engine: str, engines: dict[str, Lake]
) -> None:
    expected, found = (engines[name].ask(QUESTIONS[asked]) for name in ("memory", engine))

    assert [each.uid for each in found.events] == [each.uid for each in expected.events]
    assert found.more == expected.more
    assert bool(found.events) == (asked not in FINDS_NOTHING)
    assert engines[engine].count(QUESTIONS[asked]) == engines["memory"].count(QUESTIONS[asked])


@pytest.mark.parametrize("engine", ["parquet", "parquet without index", "raw"])
def test_every_engine_gives_the_whole_event(engine: str, engines: dict[str, Lake]) -> None:
    everything = Question(Anything(), WINDOW, limit=EVENTS * 2)
    expected = {e.uid: e for e in engines["memory"].ask(everything).events}

    for found in engines[engine].ask(everything).events:
        whole = expected[found.uid]
        assert (found.actor, found.time, found.name) == (whole.actor, whole.time, whole.name)
        assert (found.parameters, found.answer) == (whole.parameters, whole.answer)
        assert (found.error, found.source, found.read_only) == (
            whole.error,
            whole.source,
            whole.read_only,
        )


def test_a_file_that_is_ingested_again_adds_nothing(tmp_path: Path) -> None:
    files = in_files(tmp_path / "trail", records()[:50])

    first = ingest_trail(files, tmp_path / "lake")
    again = ingest_trail(files, tmp_path / "lake")

    assert (first.total, again.total, again.known) == (50, 0, len(files))


def test_damaged_files_and_records_go_to_quarantine_and_the_rest_into_the_lake(
    tmp_path: Path,
) -> None:
    good = tmp_path / "good.json"
    bad_record = {**record("RunInstances"), "eventTime": "soon"}
    good.write_text(json.dumps({"Records": [record("RunInstances"), bad_record]}))
    cut = tmp_path / "cut.json.gz"
    cut.write_bytes(gzip.compress(good.read_bytes())[:-20])
    (tmp_path / "text.json").write_text("not a log")

    counts = ingest_trail(sorted(tmp_path.iterdir()), tmp_path / "lake")

    assert (counts.total, counts.quarantined.total(), counts.lost) == (1, 3, 0)
    (kept,) = (tmp_path / "lake/quarantine").rglob("*.ndjson")
    assert len(kept.read_text().splitlines()) == 3


def test_a_place_in_a_record_never_becomes_a_path(tmp_path: Path) -> None:
    evil = record("RunInstances", awsRegion="../../../outside", recipientAccountId="../..")
    file = tmp_path / "evil.json"
    file.write_text(json.dumps({"Records": [evil]}))

    ingest_trail([file], tmp_path / "deep/er/lake")

    (written,) = (tmp_path / "deep/er/lake/aws").rglob("*.parquet")
    assert "region=unknown/accountId=unknown" in str(written)
    assert not list(tmp_path.rglob("*outside*"))


def test_indented_and_line_by_line_files_are_read_too(tmp_path: Path) -> None:
    some = [record("RunInstances", eventID=f"e{n}") for n in range(3)]
    (tmp_path / "indented.json").write_text(json.dumps({"Records": some[:1]}, indent=2))
    (tmp_path / "lines.json").write_text("\n".join(map(json.dumps, some[1:])))

    assert ingest_trail(sorted(tmp_path.glob("*.json")), tmp_path / "lake").total == 3


def test_an_ingest_that_was_broken_off_while_moving_is_completed_by_the_next(
    tmp_path: Path,
) -> None:
    files = in_files(tmp_path / "trail", records()[:50])
    lake = tmp_path / "lake"
    ingest_trail(files[:1], lake)
    ((part, target),) = [(p, p.relative_to(lake)) for p in (lake / "aws").rglob("*.parquet")][:1]
    staged = lake / ".staging/x.parquet"
    part.rename(staged)
    (lake / ".staging/x.moves").write_text(json.dumps([[".staging/x.parquet", str(target)]]))

    ingest_trail([], lake)

    assert part.exists()
    assert not staged.exists()


def test_a_window_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Window(datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC))


AWS_ROWS = {
    "aws/CLOUD_TRAIL_MGMT/1.0": """SELECT 3005 AS class_uid, 4 AS activity_id,
      {'uid': 'old', 'version': '1.0.0-rc.2'} AS metadata, 1772359500000 AS time,
      {'region': 'eu-west-1', 'provider': 'AWS'} AS cloud,
      {'operation': 'DeleteTrail', 'service': {'name': 'cloudtrail.amazonaws.com'}} AS api,
      {'user': {'uid': 'AIDAX', 'uuid': 'arn:aws:iam::111122223333:user/bob',
        'account_uid': '111122223333', 'credential_uid': 'AKIAX'}} AS actor,
      map {'recipientAccountId': '111122223333', 'requestParameters': '{"name":"org-trail"}'}
        AS unmapped""",
    "aws/CLOUD_TRAIL_MGMT/2.0": """SELECT 6003 AS class_uid, 4 AS activity_id,
      {'uid': 'new', 'version': '1.1.0'} AS metadata, 1772359600000 AS time,
      make_timestamp(1772359600000000) AS time_dt,
      {'region': 'eu-west-1', 'account': {'uid': '111122223333'}} AS cloud,
      {'operation': 'DeleteTrail', 'service': {'name': 'cloudtrail.amazonaws.com'},
        'request': {'data': '{"name":"org-trail"}', 'uid': 'r'}} AS api,
      {'user': {'uid': 'arn:aws:iam::111122223333:user/bob', 'uid_alt': 'AIDAX',
        'credential_uid': 'AKIAX'}} AS actor,
      [{'uid': 'arn:aws:cloudtrail:::trail/org-trail'}] AS resources,
      map {'eventType': 'AwsApiCall', 'readOnly': 'false'} AS unmapped""",
}


@pytest.mark.parametrize(
    "about",
    [
        Touching(("org-trail",)),
        By(arns=("arn:aws:iam::111122223333:user/bob",)),
        By(access_keys=("AKIAX",)),
        Calls(("DeleteTrail",)),
    ],
    ids=["touching", "by ARN", "by key", "by call"],
)
def test_what_security_lake_has_written_is_read_in_both_versions_of_ocsf(
    about: Touching | By | Calls, tmp_path: Path
) -> None:
    for source, row in AWS_ROWS.items():
        place = tmp_path / source / f"region={REGION}/accountId={ACCOUNT}/eventDay=20260301"
        place.mkdir(parents=True)
        duckdb.connect().execute(f"COPY ({row}) TO '{place}/x.gz.parquet' (FORMAT parquet)")
    lake = ParquetLake(LocalObjects(tmp_path))

    found = lake.ask(Question(about, WINDOW, Scope((ACCOUNT,)))).events

    assert [each.uid for each in found] == ["old", "new"]
    assert {each.actor.arn for each in found} == {"arn:aws:iam::111122223333:user/bob"}
    assert all(each.parameters == {"name": "org-trail"} for each in found)
    assert not any(each.read_only for each in found)


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    place = tmp_path / f"ext/x/region={REGION}/accountId={ACCOUNT}/eventDay=20260301"
    place.mkdir(parents=True)
    (place / "x.parquet").write_text("no parquet")

    with pytest.raises(LakeUnreadable, match="20260301"):
        ParquetLake(LocalObjects(tmp_path)).ask(Question(Anything(), WINDOW))

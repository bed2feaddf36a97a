# ruff: noqa: E501  # a line of a log is as long as it is
from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from docs.reference.log_formats import PAGES, Page, paths
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Skipped, Unparsed
from orchestrator.logs.ingest.logfiles import (
    HEADS,
    SIGNS,
    Settings,
    ingest_logs,
    ingest_stream,
    parse,
)
from orchestrator.logs.ingest.records import Raw
from orchestrator.logs.json_path import Tree, at
from orchestrator.logs.lake.engine import ParquetLake
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.lake.question import Anything, Question, Window
from orchestrator.logs.ocsf.classes import COLUMNS
from tests.ocsf import class_schema
from tests.unit.logs.aws_findings import ASFF, FINDINGS, envelope
from tests.unit.logs.aws_json_records import JSON_RECORDS
from tests.unit.logs.aws_records import FLOW_HEAD, TEXT_RECORDS, Sample
from tests.unit.logs.test_ingest_logs import LINES

RECORDS = {**TEXT_RECORDS, **JSON_RECORDS, **FINDINGS}
NOW = datetime(2026, 3, 2, tzinfo=UTC)
YEAR = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
SETTINGS = Settings("aws", "auto", UTC, NOW)


def event_of(text: str, head: str = "", form: str = "auto") -> Ocsf:
    return parse(Raw(text, 1), form, Context(UTC, NOW, NOW, head))


def of(sample: Sample) -> Ocsf:
    return event_of(sample.text, sample.head)


def leaves(tree: Tree, way: str = "") -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict) and name != "unmapped":
            yield from leaves(value, f"{way}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for each in value:
                yield from leaves(each, f"{way}{name}[].")
        else:
            yield f"{way}{name}"


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_aws_is_known_by_itself_and_becomes_an_event_of_its_class(name: str) -> None:
    event = of(RECORDS[name])

    assert event["class_uid"] == RECORDS[name].class_uid
    expected = RECORDS[name].expected
    assert {path: at(event, path) for path in expected} == expected


@pytest.mark.parametrize("name", RECORDS)
def test_every_event_of_aws_is_one_of_the_published_schema_with_its_profiles(name: str) -> None:
    event = of(RECORDS[name])

    profiles = at(event, "metadata.profiles")
    assert isinstance(profiles, list)
    schema = class_schema(RECORDS[name].class_uid, tuple(profiles))
    assert [each.message for each in Draft202012Validator(schema).iter_errors(event)] == []


@pytest.mark.parametrize("name", RECORDS)
def test_every_event_of_aws_fits_the_lakes_columns(name: str) -> None:
    assert set(leaves(of(RECORDS[name]))) - set(COLUMNS[RECORDS[name].class_uid]) == set()


@pytest.mark.parametrize("name", RECORDS)
def test_no_other_format_takes_a_record_of_aws(name: str) -> None:
    sample = RECORDS[name]
    of_aws = {each.format for each in RECORDS.values()}

    taking = [form for form, looks in SIGNS.items() if looks(sample.text)]
    heading = [form for form, heads in HEADS.items() if sample.head and heads(sample.head)]

    assert (heading or taking)[0] == sample.format
    assert (set(taking) | set(heading)) & of_aws == {sample.format}


@pytest.mark.parametrize("name", LINES)
def test_no_format_of_aws_takes_a_line_of_a_host(name: str) -> None:
    formats = {sample.format for sample in RECORDS.values()}

    assert [form for form in formats if SIGNS[form](LINES[name][0])] == []
    assert [form for form, heads in HEADS.items() if heads(LINES[name][0])] == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (FLOW_HEAD.strip(), "header of a flow log"),
        (
            "2 111122223333 eni-0a1 - - - - - - - 1772359200 1772359260 - NODATA",
            "flow log NODATA: no traffic in that time",
        ),
        (
            "2 111122223333 eni-0a1 - - - - - - - 1772359200 1772359260 - SKIPDATA",
            "flow log SKIPDATA: AWS has left records out in that time",
        ),
    ],
)
def test_what_tells_of_nothing_is_skipped_by_name(line: str, reason: str) -> None:
    with pytest.raises(Skipped, match=reason):
        event_of(line)


@pytest.mark.parametrize(
    ("line", "head", "reason"),
    [
        ("2 111122223333 eni-0a1 10.1.2.3", FLOW_HEAD, "other fields than its header"),
        (
            "2 111122223333 eni-0a1 10.1.2.3 10.1.2.4 8x 443 6 20 4249 1772359200 1772359260 ACCEPT OK",
            "",
            "a number that is none",
        ),
        (
            "2 111122223333 eni-0a1 10.1.2.3 web1 80 443 6 20 4249 1772359200 1772359260 ACCEPT OK",
            "",
            "an address that is none",
        ),
        (
            "2 111122223333 eni-0a1 10.1.2.3 10.1.2.4 80 443 6 20 4249 1772359200 1772359260 MAYBE OK",
            "",
            "an action or status that is none",
        ),
        (
            "2 111122223333 eni-0a1 10.1.2.3 10.1.2.4 80 443 6 20 4249 - - ACCEPT OK",
            "",
            "the time cannot be read",
        ),
    ],
)
def test_a_broken_record_of_aws_is_refused_with_a_reason(line: str, head: str, reason: str) -> None:
    with pytest.raises(Unparsed, match=reason):
        event_of(line, head)


def test_a_file_is_read_by_its_header_and_each_line_is_accounted_for(tmp_path: Path) -> None:
    rejected = RECORDS["flow rejected"].text
    nodata = " ".join(
        {"OK": "NODATA", "1772359200": "1772359200"}.get(n, "-") for n in rejected.split()
    )
    file = tmp_path / "flow.log"
    file.write_text(f"{FLOW_HEAD}{rejected}\n{nodata}\n{rejected} more\n")

    counts = ingest_logs([file], tmp_path / "lake", SETTINGS)

    assert (counts.read, counts.total, counts.lost) == (4, 1, 0)
    assert (counts.quarantined.total(), counts.skipped.total()) == (1, 2)
    kept = [path.parts[-4:-2] for path in (tmp_path / "lake").rglob("*.parquet")]
    assert kept == [("region=us-east-1", "accountId=111122223333")]
    (found,) = ParquetLake(LocalObjects(tmp_path / "lake")).ask(Question(Anything(), YEAR)).events
    assert found.account == "111122223333"


def test_a_file_that_has_grown_is_read_on_by_the_header_it_began_with(tmp_path: Path) -> None:
    file, lake = tmp_path / "flow.log", tmp_path / "lake"
    file.write_text(f"{FLOW_HEAD}{RECORDS['flow rejected'].text}\n")
    ingest_logs([file], lake, SETTINGS)
    with file.open("a") as out:
        out.write(f"{RECORDS['flow rejected'].text}\n")

    counts = ingest_logs([file], lake, SETTINGS)

    assert (counts.read, counts.total) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"Findings": [ASFF, {**ASFF, "Id": "other"}]}, indent=2),
        envelope("aws.securityhub", "Findings", {"findings": [ASFF, {**ASFF, "Id": "other"}]}),
    ],
    ids=["an answer of GetFindings", "an event of EventBridge"],
)
def test_findings_in_a_list_are_an_event_each(text: str, tmp_path: Path) -> None:
    file = tmp_path / "findings.json"
    file.write_text(f"{text}\n")

    counts = ingest_logs([file], tmp_path / "lake", SETTINGS)

    assert (counts.read, dict(counts.events), counts.lost) == (2, {"2003": 2}, 0)


def test_a_stream_is_read_by_its_header_too(tmp_path: Path) -> None:
    stream = io.BytesIO(f"{FLOW_HEAD}{RECORDS['flow rejected'].text}\n".encode())

    counts = ingest_stream(stream, tmp_path / "lake", SETTINGS)

    assert (counts.total, counts.skipped.total()) == (1, 1)


COMMON = {
    "metadata.version",
    "metadata.product.name",
    "metadata.product.vendor_name",
    "metadata.product.feature.name",
    "metadata.profiles",
    *(
        f"{level}_{kind}"
        for level in ("class", "category", "activity", "type")
        for kind in ("uid", "name")
    ),
    *("activity_id", "severity", "severity_id", "time", "time_dt", "cloud.provider"),
    *("action", "action_id", "disposition", "disposition_id", "status", "status_id", "unmapped"),
    *(f"observables[].{name}" for name in ("name", "type", "type_id", "value")),
}
"""What every event has, or what is said of it by name beside a number."""

DERIVED = {
    *(
        f"http_request.url.{part}"
        for part in ("url_string", "path", "query_string", "hostname", "port", "scheme")
    ),
    *(
        f"connection_info.{part}"
        for part in ("direction", "direction_id", "boundary", "protocol_num", "protocol_name")
    ),
    *(
        "tls.certificate.fingerprints[].algorithm_id",
        "vulnerabilities[].affected_code[].file.type_id",
    ),
    *(
        "api.service.name",
        "service.name",
        "actor.user.type_id",
        "database.type_id",
        "type",
        "type_id",
        "table.name",
    ),
    *(
        "src_endpoint.svc_name",
        "src_endpoint.hostname",
        "src_endpoint.name",
        "dst_endpoint.svc_name",
    ),
    *(
        "resources[].type",
        "is_remote",
        "http_response.code",
        "message",
        "status_detail",
        "actor.user.name",
    ),
    *("session.uid", "user.name", "metadata.event_code", "src_endpoint.port", "src_endpoint.ip"),
    *("compliance.status", "metadata.labels", "resources[].version", "resource.owner.account.uid"),
}
"""Parts of what is named, what stands for something that is not known, and what is always the same."""


def events_of(page: Page) -> list[Ocsf]:
    found = [
        of(r) for name, r in RECORDS.items() if r.format == page.format and "already" not in name
    ]
    return [event for event in found if event["class_uid"] in page.classes]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_every_attribute_that_the_reference_names_is_written(page: Page) -> None:
    written = {path for event in events_of(page) for path in leaves(event)}
    kept = {f"unmapped.{name}" for event in events_of(page) for name in unmapped(event)}

    named = {path for cell in page.fields.values() for path in paths(cell)}

    assert {path for path in named if not path.endswith("[]")} - written - kept == set()


def unmapped(event: Ocsf) -> Tree:
    found = event.get("unmapped", {})
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("form", sorted({page.format for page in PAGES}))
def test_no_attribute_is_written_that_the_reference_does_not_name(form: str) -> None:
    pages = [page for page in PAGES if page.format == form]
    named = {path for page in pages for cell in page.fields.values() for path in paths(cell)}
    written = {path for page in pages for event in events_of(page) for path in leaves(event)}

    assert {path for path in written - COMMON - DERIVED if not explained(path, named)} == set()


def explained(path: str, named: set[str]) -> bool:
    """Named itself or by its number, or below an attribute that is named as a whole."""
    return (
        path in named
        or f"{path}_id" in named
        or any(path.startswith(f"{each}.") for each in named if each.endswith("[]"))
    )

# ruff: noqa: E501  # a line of a log is as long as it is
from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.errors import UsageError
from orchestrator.logs.ingest.batch import Counts
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.ingest.logfiles import Settings, ingest_logs, ingest_stream, parse
from orchestrator.logs.ingest.records import Raw, records
from orchestrator.logs.json_path import Tree, at
from orchestrator.logs.lake.engine import ParquetLake
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.lake.question import Anything, By, Question, Window
from orchestrator.logs.ocsf.classes import COLUMNS
from tests.ocsf import problems

NOW = datetime(2026, 3, 2, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
CONTEXT = Context(BERLIN, NOW, NOW)
YEAR = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
XMLNS = "http://schemas.microsoft.com/win/2004/08/events/event"


def windows_xml(
    code: int, values: dict[str, str], provider: str = "Microsoft-Windows-Security-Auditing"
) -> str:
    data = "".join(f'<Data Name="{name}">{value}</Data>' for name, value in values.items())
    return (
        f'<Event xmlns="{XMLNS}"><System><Provider Name="{provider}"/><EventID>{code}</EventID>'
        '<TimeCreated SystemTime="2026-03-01T10:00:00.1234567Z"/><EventRecordID>7</EventRecordID>'
        f"<Channel>Security</Channel><Computer>dc1.example.com</Computer></System><EventData>{data}</EventData></Event>"
    )


LINES: dict[str, tuple[str, int, dict[str, object]]] = {
    "sshd accepted": (
        "Mar  1 10:00:00 web1 sshd[812]: Accepted publickey for alice from 203.0.113.7 port 50022 ssh2: ED25519 SHA256:x",
        3002,
        {
            "user.name": "alice",
            "src_endpoint.ip": "203.0.113.7",
            "status_id": 1,
            "activity_id": 1,
            "time_dt": "2026-03-01T09:00:00.000+00:00",
        },
    ),
    "sshd failed": (
        "<38>Mar  1 10:00:00 web1 sshd[812]: Failed password for invalid user admin from 2001:db8::9 port 22 ssh2",
        3002,
        {"user.name": "admin", "src_endpoint.ip": "2001:db8::9", "status_id": 2},
    ),
    "sudo": (
        "2026-03-01T10:00:00.5+01:00 web1 sudo[99]:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/systemctl stop auditd",
        1007,
        {
            "process.cmd_line": "/usr/bin/systemctl stop auditd",
            "actor.user.name": "alice",
            "device.hostname": "web1",
        },
    ),
    "RFC 5424": (
        '<165>1 2026-03-01T10:00:00.003Z host.example.com evntslog 42 ID47 [x@1 iut="3" e="a\\]b"] An event',
        0,
        {"message": "An event", "severity_id": 2, "unmapped.msgid": "ID47"},
    ),
    "RFC 3164": ("<13>Mar  1 10:00:00 router kernel: link up", 0, {"message": "link up"}),
    "Windows logon": (
        windows_xml(
            4624,
            {
                "TargetUserName": "bob",
                "TargetDomainName": "CORP",
                "LogonType": "10",
                "IpAddress": "198.51.100.4",
                "IpPort": "4711",
            },
        ),
        3002,
        {
            "user.name": "bob",
            "user.domain": "CORP",
            "logon_type_id": 10,
            "src_endpoint.ip": "198.51.100.4",
            "status_id": 1,
        },
    ),
    "Windows failed logon": (
        windows_xml(4625, {"TargetUserName": "bob", "LogonType": "3", "Status": "0xc000006d"}),
        3002,
        {"status_id": 2},
    ),
    "Windows user created": (
        windows_xml(4720, {"TargetUserName": "eve", "SubjectUserName": "admin"}),
        3001,
        {"user.name": "eve", "actor.user.name": "admin", "activity_id": 1},
    ),
    "Windows process": (
        windows_xml(
            4688,
            {
                "NewProcessId": "0x1a4",
                "NewProcessName": r"C:\Windows\cmd.exe",
                "CommandLine": "cmd /c whoami",
            },
        ),
        1007,
        {"process.pid": 420, "process.cmd_line": "cmd /c whoami"},
    ),
    "Windows other": (windows_xml(1102, {}), 0, {"metadata.event_code": "1102"}),
    "Sysmon connection as JSON": (
        json.dumps(
            {
                "EventID": 3,
                "SourceName": "Microsoft-Windows-Sysmon",
                "Channel": "Microsoft-Windows-Sysmon/Operational",
                "Hostname": "pc7",
                "EventTime": "2026-03-01T10:00:00Z",
                "SourceIp": "10.0.0.7",
                "SourcePort": "50000",
                "DestinationIp": "203.0.113.9",
                "DestinationPort": "443",
                "Protocol": "tcp",
                "Image": r"C:\x\evil.exe",
                "ProcessId": "77",
            }
        ),
        4001,
        {
            "dst_endpoint.ip": "203.0.113.9",
            "dst_endpoint.port": 443,
            "connection_info.direction_id": 2,
            "actor.process.name": "evil.exe",
        },
    ),
    "Sysmon process by Winlogbeat": (
        json.dumps(
            {
                "@timestamp": "2026-03-01T10:00:00Z",
                "winlog": {
                    "event_id": 1,
                    "provider_name": "Microsoft-Windows-Sysmon",
                    "computer_name": "pc7",
                    "event_data": {
                        "Image": r"C:\x\a.exe",
                        "CommandLine": "a.exe -x",
                        "ProcessId": "5",
                        "User": r"CORP\bob",
                        "ParentProcessId": "4",
                    },
                },
            }
        ),
        1007,
        {"process.cmd_line": "a.exe -x", "actor.user.name": "bob", "device.hostname": "pc7"},
    ),
    "auditd execve": (
        'type=SYSCALL msg=audit(1772359200.123:455): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=3538 auid=1000 uid=0 comm="cat" exe="/bin/cat"\n'
        'type=EXECVE msg=audit(1772359200.123:455): argc=2 a0="cat" a1=2F6574632F736861646F77',
        1007,
        {
            "process.cmd_line": "cat /etc/shadow",
            "process.pid": 3538,
            "status_id": 1,
            "time": 1772359200123,
        },
    ),
    "auditd sign-in": (
        'type=USER_LOGIN msg=audit(1772359200.1:9): pid=1 uid=0 auid=1000 ses=2 msg=\'op=login acct="alice" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.7 terminal=ssh res=failed\'',
        3002,
        {"user.name": "alice", "status_id": 2, "src_endpoint.ip": "203.0.113.7"},
    ),
    "nginx": (
        '203.0.113.7 - alice [01/Mar/2026:10:00:00 +0100] "GET /a/b?c=%22d HTTP/1.1" 404 153 "https://example.com/" "curl/8.5 \\"x\\""',
        4002,
        {
            "http_request.http_method": "GET",
            "http_request.url.path": "/a/b",
            "http_request.url.query_string": "c=%22d",
            "http_response.code": 404,
            "status_id": 2,
            "time_dt": "2026-03-01T09:00:00.000+00:00",
        },
    ),
    "Apache common": (
        '::1 - - [01/Mar/2026:10:00:00 +0000] "POST / HTTP/1.0" 200 -',
        4002,
        {"activity_id": 6},
    ),
    "Fortinet CEF": (
        "<189>Mar  1 10:00:00 fw1 CEF:0|Fortinet|Fortigate|v7.4.1|00013|traffic:forward close|3|deviceExternalId=FGT60 src=10.1.100.11 spt=58012 dst=203.0.113.9 dpt=80 proto=6 act=close in=120 out=77 msg=all is\\=well here",
        4001,
        {
            "src_endpoint.ip": "10.1.100.11",
            "dst_endpoint.port": 80,
            "activity_id": 2,
            "traffic.bytes_in": 120,
            "message": "all is=well here",
            "metadata.product.vendor_name": "Fortinet",
        },
    ),
    "Palo Alto CEF": (
        "CEF:0|Palo Alto Networks|PAN-OS|10.2.0|deny|TRAFFIC|1|rt=Mar 01 2026 09:00:00 GMT src=10.0.0.1 dst=10.0.0.2 spt=1 dpt=22 proto=tcp act=deny cs1Label=Rule cs1=block all",
        4001,
        {"activity_id": 5, "status_id": 2, "unmapped.cs1": "block all"},
    ),
    "CEF login": (
        "CEF:0|Fortinet|Fortigate|v7.4.1|32002|admin login failed|7|rt=1772359200000 duser=admin src=203.0.113.7 outcome=failed",
        3002,
        {"user.name": "admin", "status_id": 2, "time": 1772359200000},
    ),
}


def event_of(text: str) -> Ocsf:
    return parse(Raw(text, 1), "auto", CONTEXT)


def configured(**changed: object) -> Settings:
    return Settings(**{"source": "dc", "format": "auto", "zone": BERLIN, "now": NOW, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LINES)
def test_a_record_becomes_an_event_of_its_class(name: str) -> None:
    text, class_uid, expected = LINES[name]

    event = event_of(text)

    assert event["class_uid"] == class_uid
    assert {path: at(event, path) for path in expected} == expected


@pytest.mark.parametrize("name", LINES)
def test_every_event_is_one_of_the_published_schema_and_fits_the_lakes_columns(name: str) -> None:
    event = event_of(LINES[name][0])

    assert problems(event) == []
    assert set(paths(event)) - set(COLUMNS[LINES[name][1]]) == set()


def paths(tree: Tree, way: str = "") -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict) and name != "unmapped":
            yield from paths(value, f"{way}{name}.")
        else:
            yield f"{way}{name}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nothing like a log", "no known format"),
        ("Mar 99 10:00:00 h a: b", "the time cannot be read"),
        ("<999>Mar  1 10:00:00 h a: b", "a priority above 191"),
        ('<Event xmlns="x"><System>', "no well-formed XML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Event/>', "no known format"),
        ("<Event><!DOCTYPE x></Event>", "XML with a document type or a comment"),
        ('{"EventID": "x", "TimeCreated": "2026-03-01"}', "no event id"),
        ("CEF:0|a|b|c", "the CEF header is cut off"),
        ('x - - [99/Mar/2026:10:00:00 +0000] "GET /" 200 1', "the time cannot be read"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason_that_can_be_counted(
    text: str, reason: str
) -> None:
    with pytest.raises(Unparsed, match=reason):
        event_of(text)


@pytest.mark.parametrize(
    ("stamp", "label"),
    [("2026-03-09T10:00:00Z", "clock:future"), ("1999-03-01T10:00:00Z", "clock:old")],
)
def test_an_event_whose_clock_cannot_be_right_is_kept_and_flagged(stamp: str, label: str) -> None:
    assert at(event_of(f"{stamp} host app: hello"), "metadata.labels") == [label]


def test_a_time_without_a_year_near_new_year_is_of_the_year_before() -> None:
    first_of_january = datetime(2026, 1, 1, 12, tzinfo=UTC)
    new_year = Context(BERLIN, NOW, first_of_january)

    event = parse(Raw("Dec 31 23:00:00 host app: late", 1), "auto", new_year)

    assert str(event["time_dt"]).startswith("2025-12-31")


def test_lines_that_belong_together_are_one_record() -> None:
    text = (
        "Mar  1 10:00:00 h java: Exception\n    at a.b.C\n    at d.e.F\n"
        "type=SYSCALL msg=audit(1.0:1): a=1\ntype=SYSCALL msg=audit(1.0:2): a=1\n"
        "type=EXECVE msg=audit(1.0:1): argc=0\n\n"
        '<?xml version="1.0"?>\n<Events>\n<Event xmlns="x">\n<System/>\n</Event><Event xmlns="y"></Event>\n</Events>\n'
        "last"
    )

    found = [each.text for each in records(io.BytesIO(text.encode()))]

    assert [each.count("\n") for each in found] == [2, 1, 0, 1, 0, 0]
    assert found[1].count("audit(1.0:1)") == 2


def malformed(count: int) -> Iterator[bytes]:
    """Good lines that were cut, mixed, repeated, filled with rubbish; and bytes that are not text."""
    rng = random.Random(7)  # noqa: S311  # not for secrets
    good = [text.encode() for text, _, _ in LINES.values()]
    for number in range(count):
        line = bytearray(rng.choice(good).replace(b"\n", b" "))
        kind = number % 7
        if kind == 0:
            line = line[: rng.randrange(1, len(line))]
        elif kind == 1:
            line[rng.randrange(len(line))] = rng.randrange(256)
        elif kind == 2:
            line = bytearray(rng.randbytes(rng.randrange(1, 200)))
        elif kind == 3:
            line = line + rng.choice(good).replace(b"\n", b" ")
        elif kind == 4:
            line = bytearray(b"x") + line[rng.randrange(len(line)) :]
        elif kind == 5:
            line[rng.randrange(len(line)) : rng.randrange(len(line))] = b"\xed\xa0\x80\x00\xff"
        else:
            line = bytearray(line.swapcase())
        yield (
            b"#" + bytes(line).replace(b"\n", b"?")
            if not line.strip()
            else bytes(line).replace(b"\n", b"?")
        )


def test_ten_thousand_malformed_lines_are_all_accounted_for(tmp_path: Path) -> None:
    lines = list(malformed(10_000))
    file = tmp_path / "bad.log"
    file.write_bytes(b"\n".join(lines))
    expected = sum(1 for _ in records(io.BytesIO(file.read_bytes())))

    counts = ingest_logs([file], tmp_path / "lake", configured())

    assert (counts.read, counts.lost) == (expected, 0)
    assert counts.quarantined.total() > 3000
    kept = [
        json.loads(line)
        for each in (tmp_path / "lake/quarantine").rglob("*.ndjson")
        for line in each.read_text().splitlines()
    ]
    assert len(kept) == counts.quarantined.total()
    assert all(each["reason"] and each["line"] for each in kept)
    ever = Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
    found = ParquetLake(LocalObjects(tmp_path / "lake")).count(Question(Anything(), ever))
    assert sum(found.values()) == counts.total


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.one_of(
        st.text(max_size=300),
        st.sampled_from([t for t, _, _ in LINES.values()]).flatmap(
            lambda t: st.tuples(st.integers(0, len(t)), st.text(max_size=5)).map(
                lambda x: t[: x[0]] + x[1] + t[x[0] :]
            )
        ),
    )
)
def test_any_text_is_an_event_or_has_a_reason(text: str) -> None:
    try:
        event = event_of(text)
    except Unparsed as error:
        assert str(error)
    else:
        # What a line calls a host name is kept, even where a name cannot look like that.
        assert [each for each in problems(event) if "does not match" not in each] == []


def good_lines(count: int, first: int = 0) -> str:
    return "".join(
        f"Mar  1 10:{n // 60 % 60:02d}:{n % 60:02d} web1 sshd[1]: Accepted password for user{n} from 10.0.0.1 port 1 ssh2\n"
        for n in range(first, first + count)
    )


def total(counts: Counts) -> tuple[int, int, int]:
    return counts.read, counts.total, counts.lost


def test_a_file_that_has_grown_is_read_on_from_where_it_was(tmp_path: Path) -> None:
    file, lake = tmp_path / "auth.log", tmp_path / "lake"
    file.write_text(good_lines(100))

    first = ingest_logs([file], lake, configured())
    with file.open("a") as out:
        out.write(good_lines(20, 100))
    second = ingest_logs([file], lake, configured())
    third = ingest_logs([file], lake, configured())

    assert [total(each) for each in (first, second, third)] == [
        (100, 100, 0),
        (20, 20, 0),
        (0, 0, 0),
    ]
    found = ParquetLake(LocalObjects(lake)).ask(Question(Anything(), YEAR)).events
    assert len({each.actor.name for each in found}) == len(found) == 120


def test_a_file_that_was_rotated_is_known_and_one_of_the_same_name_is_not(tmp_path: Path) -> None:
    file, lake = tmp_path / "auth.log", tmp_path / "lake"
    file.write_text(good_lines(10))
    ingest_logs([file], lake, configured())

    file.rename(tmp_path / "auth.log.1")
    file.write_text(good_lines(5, 500))
    other = tmp_path / "other/auth.log"
    other.parent.mkdir()
    other.write_text(good_lines(3, 900))
    again = ingest_logs([tmp_path / "auth.log.1", file, other], lake, configured())

    assert total(again) == (8, 8, 0)


def test_a_compressed_file_that_was_cut_off_is_read_on_when_it_is_whole(tmp_path: Path) -> None:
    file, lake = tmp_path / "auth.log.gz", tmp_path / "lake"
    file.write_bytes(gzip.compress(good_lines(6_000).encode()))
    some = configured(records=2_500)

    cut = tmp_path / "cut" / "auth.log.gz"
    cut.parent.mkdir()
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    broken = ingest_logs([cut], lake, some)
    file.rename(cut)
    whole = ingest_logs([cut], lake, some)

    assert broken.quarantined == {"cut off": 1}
    assert broken.lost == whole.lost == 0
    assert broken.read > some.records, "some of it was written before the end was missed"
    names = {
        e.actor.name
        for e in ParquetLake(LocalObjects(lake))
        .ask(Question(Anything(), YEAR, limit=10_000))
        .events
    }
    assert len(names) >= 5_999


def test_a_stream_is_read_to_its_end(tmp_path: Path) -> None:
    counts = ingest_stream(io.BytesIO(good_lines(10).encode()), tmp_path / "lake", configured())

    assert total(counts) == (10, 10, 0)


def test_a_sign_in_of_a_log_is_found_by_its_users_name(tmp_path: Path) -> None:
    ingest_stream(io.BytesIO(good_lines(10).encode()), tmp_path / "lake", configured())

    lake = ParquetLake(LocalObjects(tmp_path / "lake"))
    found = lake.ask(Question(By(names=("user7",)), YEAR)).events

    assert [(e.actor.name, e.name, e.source) for e in found] == [
        ("user7", "Authentication: Logon", "10.0.0.1")
    ]


def test_a_very_long_line_is_kept_in_part_and_not_in_memory(tmp_path: Path) -> None:
    long = io.BytesIO(b"x" * (3 * 1024 * 1024) + b"\n" + good_lines(1).encode())

    counts = ingest_stream(long, tmp_path / "lake", configured())

    assert (counts.total, counts.lost) == (1, 0)
    assert counts.quarantined["longer than 1048576 bytes"] == 1


@pytest.mark.parametrize(
    "changed", [{"source": "../x"}, {"source": "a" * 15}, {"account": "1"}, {"region": "../"}]
)
def test_names_that_become_paths_are_checked(changed: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        configured(**changed)

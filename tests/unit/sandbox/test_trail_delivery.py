from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.sandbox.exchange import Answer, Call
from orchestrator.sandbox.trail.archive import LAKE, Trail, put
from orchestrator.sandbox.trail.delivery import Spool
from orchestrator.sandbox.trail.record import Seen

MEMBER, OTHER = "200000000009", "200000000010"
TRAIL = Trail("200000000001", "logs", "", "o-example", frozenset({MEMBER}), "eu-west-1", True)


def a_call(number: int) -> Seen:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    body = f"Action=Call{number}".encode()
    return Seen(moment, MEMBER, {}, Call("ec2", "ec2"), {}, body, "", Answer(200, [], b""))


def test_calls_come_out_of_the_spool_in_order_and_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(3):
        spool.put(a_call(number))

    first = list(spool.take())
    spool.put(a_call(3))

    assert [each.body for each in first] == [b"Action=Call0", b"Action=Call1", b"Action=Call2"]
    assert [each.body for each in spool.take()] == [b"Action=Call3"]
    assert list(spool.take()) == []


def test_what_comes_while_the_spool_is_emptied_waits_for_the_next_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(a_call(0))

    taken = spool.take()
    assert next(taken).body == b"Action=Call0"
    spool.put(a_call(1))

    assert list(taken) == []
    assert [each.body for each in spool.take()] == [b"Action=Call1"]


def test_a_spool_is_readable_by_nobody_else_and_can_be_forgotten(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(a_call(0))
    (file,) = tmp_path.iterdir()

    assert file.stat().st_mode & 0o077 == 0
    spool.forget()
    assert list(spool.take()) == []


@pytest.mark.parametrize(
    ("account", "region", "every_region", "wanted"),
    [
        (MEMBER, "eu-west-1", True, True),
        (MEMBER, "us-east-1", True, True),
        (MEMBER, "us-east-1", False, False),
        (OTHER, "eu-west-1", True, False),
    ],
)
def test_a_trail_has_the_events_of_its_accounts_and_regions(
    account: str, region: str, every_region: bool, wanted: bool
) -> None:
    trail = Trail("x", "logs", "", "", frozenset({MEMBER}), "eu-west-1", every_region)

    assert trail.wants({"recipientAccountId": account, "awsRegion": region}) is wanted


def test_files_are_where_cloudtrail_puts_them() -> None:
    alone = Trail(MEMBER, "logs", "all/", "", frozenset({MEMBER}), "eu-west-1", False)
    day = "2026/03/01"

    assert TRAIL.folder(MEMBER, "eu-west-1", day) == (
        f"AWSLogs/o-example/{MEMBER}/CloudTrail/eu-west-1/2026/03/01"
    )
    assert alone.folder(MEMBER, "eu-west-1", day) == (
        f"all/AWSLogs/{MEMBER}/CloudTrail/eu-west-1/2026/03/01"
    )


def test_a_bucket_that_is_not_there_is_named() -> None:
    assert put("no-such-bucket", "x", b"") == "there is no bucket no-such-bucket"


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("aws-security-data-lake-eu-west-1-abc123", "eu-west-1"),
        ("aws-security-data-lake-us-gov-west-1-abc123", "us-gov-west-1"),
        ("my-security-data-lake-eu-west-1-abc", None),
        ("aws-security-data-lake-nowhere", None),
    ],
)
def test_a_lakes_bucket_is_known_by_its_name(name: str, region: str | None) -> None:
    match = LAKE.fullmatch(name)

    assert (match["region"] if match else None) == region

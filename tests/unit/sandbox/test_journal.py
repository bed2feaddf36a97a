from __future__ import annotations

from pathlib import Path

from orchestrator.sandbox.journal import NAME, Filter, Journal, line, read

ENTRY = {
    "time": "2026-01-01T00:00:00.000+00:00",
    "account": "111122223333",
    "region": "eu-west-1",
    "service": "sts",
    "operation": "AssumeRole",
    "principal": "arn:aws:iam::111122223333:user/ann",
    "status": 403,
    "error": "AccessDenied",
}
OTHER = ENTRY | {"account": "999999999999", "service": "s3", "operation": "PutObject", "error": ""}


def test_entries_are_read_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(ENTRY)
    journal.write(OTHER)

    assert list(read(tmp_path)) == [ENTRY, OTHER]


def test_a_filter_takes_account_operation_and_errors(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(ENTRY)
    journal.write(OTHER)

    assert list(read(tmp_path, Filter(account="999999999999"))) == [OTHER]
    assert list(read(tmp_path, Filter(operation="assume*"))) == [ENTRY]
    assert list(read(tmp_path, Filter(operation="s3:*"))) == [OTHER]
    assert list(read(tmp_path, Filter(operation="s3:Assume*"))) == []
    assert list(read(tmp_path, Filter(errors=True))) == [ENTRY]


def test_a_full_file_is_turned_over_and_the_one_before_is_dropped(tmp_path: Path) -> None:
    journal = Journal(tmp_path, limit=1000)
    for number in range(40):
        journal.write({"number": number, "text": "x" * 80})

    numbers = [entry["number"] for entry in read(tmp_path)]
    assert numbers == list(range(40))[-len(numbers) :]
    assert 9 <= len(numbers) < 20
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2000


def test_a_line_half_written_by_a_killed_server_is_left_out(tmp_path: Path) -> None:
    Journal(tmp_path).write(ENTRY)
    with (tmp_path / NAME).open("a") as file:
        file.write('{"time": "2026-01')

    assert list(read(tmp_path)) == [ENTRY]


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    Journal(tmp_path)

    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_where_there_is_no_log_nothing_is_read(tmp_path: Path) -> None:
    assert list(read(tmp_path)) == []


def test_a_line_for_people_names_who_what_and_the_outcome() -> None:
    assert line(ENTRY) == (
        "2026-01-01T00:00:00.000+00:00 111122223333 eu-west-1      "
        "sts:AssumeRole AccessDenied user/ann"
    )

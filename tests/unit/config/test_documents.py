from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config.documents import dotted
from orchestrator.config.yaml import MAX_BYTES, parse, read
from tests.unit.config.trees import a_document

SHOWN = Path("account_configs/file.yaml")


def test_a_document_knows_the_line_of_every_key_and_item() -> None:
    document = a_document("a:\n  b: 1\n\n  c: [x,\n    y]\nd: {e: 2}\n")

    assert document.value == {"a": {"b": 1, "c": ["x", "y"]}, "d": {"e": 2}}
    assert [document.line(path) for path in (("a",), ("a", "b"), ("a", "c", 1))] == [1, 2, 5]
    assert document.line(("d", "e")) == 6


def test_a_key_that_is_not_there_has_the_line_of_what_is_around_it() -> None:
    document = a_document("a: 1\nb:\n  c: 2\n")

    assert document.line(("b", "d", "e")) == 2
    assert document.line(("z",)) == 1


@pytest.mark.parametrize("quoted", ['"no"', "'no'", '"12"', "'true'", "'null'", '"~"', '""'])
def test_what_is_quoted_stays_text(quoted: str) -> None:
    assert a_document(f"key: {quoted}\n").value == {"key": quoted[1:-1]}


def test_a_block_of_text_stays_text() -> None:
    assert a_document("key: |\n  12\n").value == {"key": "12\n"}


def test_every_key_is_text() -> None:
    assert a_document("1: a\ntrue: b\nnull: c\n").value == {"1": "a", "true": "b", "null": "c"}


def test_an_empty_key_is_refused() -> None:
    _, problems = parse("'': 1\n", SHOWN)

    assert [problem.what for problem in problems] == ["a key is empty"]


def test_a_value_that_cannot_be_read_leaves_its_line_behind() -> None:
    document, problems = parse("a: 1\nb: 007\n", SHOWN)

    assert document is not None
    assert document.value == {"a": 1}
    assert document.line(("b",)) == 2
    assert len(problems) == 1


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")

    document, problems = read(tmp_path / "file.yaml", SHOWN)

    assert document is not None
    assert (document.value, problems) == ({"a": 1}, [])


def test_lines_may_end_as_on_windows() -> None:
    document = a_document("a: 1\r\nb: x\r\n")

    assert (document.value, document.line(("b",))) == ({"a": 1, "b": "x"}, 2)


@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1])
def test_a_file_may_have_one_mebibyte_and_no_more(size: int, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_bytes(b"a: 1\n#".ljust(size, b"x"))

    document, problems = read(tmp_path / "file.yaml", SHOWN)

    assert (document is None) == (size > MAX_BYTES)
    assert [problem.what for problem in problems] == ["is larger than 1 MiB"][: size - MAX_BYTES]


def test_a_file_that_is_gone_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    document, problems = read(tmp_path / "file.yaml", SHOWN)

    assert document is None
    assert "cannot be read" in problems[0].what


@given(st.text())
def test_any_text_gives_a_document_or_a_problem(text: str) -> None:
    document, problems = parse(text, SHOWN)

    assert document is not None or problems


@given(st.text(alphabet="ab:-[]{}&*!|>?'\"#, \n\t0123", max_size=60))
def test_any_tangle_of_yaml_gives_a_document_or_a_problem(text: str) -> None:
    document, problems = parse(text, SHOWN)

    assert document is not None or problems


def test_paths_are_written_as_people_write_them() -> None:
    assert dotted(("waves", "canary", "accounts", 0)) == "waves.canary.accounts[0]"

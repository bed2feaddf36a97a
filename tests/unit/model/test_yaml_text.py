"""What the product writes is what its reader reads, and what a reader of YAML 1.1 reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.config.yaml import parse
from orchestrator.model.names import inner_ou
from orchestrator.model.yaml_text import inline, written

AWKWARD = (
    *(
        "no",
        "Yes",
        "ON",
        "y",
        "~",
        "null",
        "NaN",
        ".inf",
        "1e3",
        "0x10",
        "0o7",
        "1_000",
        "12:30:45",
    ),
    *("075407843099", "012345670123", "00", "-1", "+1", ".5", "2026-11-30", "2026-11-30T00:00:00Z"),
    *(
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "- a",
        "? a",
        "| a",
        "> a",
        "a: b",
        "a #b",
        "#",
        ":",
        "a:",
    ),
    *("trailing ", " leading", "", '"', "'", "\\", "{a}", "[a]", ",", "<<", "=", "---", "...", "é"),
    *(
        "日本語　開発",
        "🦆",
        "\u2028",
        "\x85",
        "\ufeff",
        "\u202e",
        "a" * 200,
        "line\nbreak",
        "\ttab",
    ),
)
TEXTS = st.sampled_from(AWKWARD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=140)
KEYS = TEXTS.filter(bool)


def read(text: str) -> object:
    document, problems = parse(text, Path("file.yaml"))
    assert not problems
    assert document
    return document.value


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, TEXTS | st.lists(TEXTS, max_size=3), min_size=1, max_size=4))
def test_what_is_written_is_read_back(value: dict[str, object]) -> None:
    assert read(written({"top": value})) == {"top": value}
    assert yaml.safe_load(written({"top": value})) == {"top": value}
    assert read(f"top: {inline(value)}\n") == {"top": value}
    assert inline(value).isascii()


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_is_read_back_as_key_as_item_and_as_value(text: str) -> None:
    value = {"v": text, "l": [text], text or "k": {"inner": text}}

    assert read(written(value)) == value
    assert yaml.safe_load(written(value)) == value


def test_what_people_write_as_it_is_stays_as_it_is() -> None:
    value = {"ou": {"name": "Workloads", "id": "ou-ex01-workloads", "deep": True, "width": 4}}

    assert written(value) == (
        "ou:\n  name: Workloads\n  id: ou-ex01-workloads\n  deep: true\n  width: 4\n"
    )


@settings(max_examples=200, deadline=None)
@given(st.tuples(KEYS, KEYS), st.tuples(KEYS, KEYS))
def test_no_two_ous_have_the_same_path(one: tuple[str, str], other: tuple[str, str]) -> None:
    paths = {inner_ou(inner_ou("", outer), inner) for outer, inner in (one, other)}

    assert len(paths) == len({one, other})
    assert all(path.count("/") == 1 for path in paths)


def test_a_slash_in_an_ous_name_is_no_border_between_two() -> None:
    assert inner_ou("Labs", "R/D") == "Labs/R%2FD"
    assert inner_ou("Labs", "R%2FD") == "Labs/R%252FD"
    assert inner_ou("", "100% ours") == "100% ours"
    assert inner_ou("", "日本　開発") == "日本　開発"

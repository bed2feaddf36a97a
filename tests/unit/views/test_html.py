"""The design system: every page on its own, every value text, the kept library as published."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.facts import Language
from orchestrator.views.html import WORDS, Tile, embedded, render
from tests.pages import on_its_own

ECHARTS = "5eef51bee09fb9cc234c4179a58ae0150126f49f88c992efe2d6bca81d8dd03b"
"""SHA-256 of dist/echarts.simple.min.js in echarts 6.1.0 as npm has it."""
PAGES = files("orchestrator").joinpath("views", "pages")


@given(st.text())
def test_no_text_can_end_the_script_element_that_carries_it(text: str) -> None:
    carried = str(embedded({"it": text}))

    assert not set("<>&\u2028\u2029") & set(carried)
    assert json.loads(carried) == {"it": text}


def test_echarts_is_bundled_as_it_was_published_and_with_its_licences() -> None:
    bundled = PAGES.joinpath("echarts", "echarts.simple.min.js").read_bytes()

    assert hashlib.sha256(bundled).hexdigest() == ECHARTS
    assert "Apache License" in PAGES.joinpath("echarts", "LICENSE").read_text("utf-8")
    assert "Apache ECharts" in PAGES.joinpath("echarts", "NOTICE").read_text("utf-8")
    assert "Bostock" in PAGES.joinpath("echarts", "LICENSE-d3").read_text("utf-8")


@pytest.mark.parametrize("points", [(), (3.0,)])
def test_a_tile_without_a_past_has_no_line(points: tuple[float, ...]) -> None:
    assert Tile("open", "3", points=points).line() == ""


def test_the_line_of_a_tile_rises_where_its_values_do() -> None:
    first, *_, last = Tile("score", "80", points=(10, 40, 80)).line().split()

    assert float(last.split(",")[1]) < float(first.split(",")[1])


def test_a_live_page_may_ask_its_own_server_and_another_page_may_ask_nobody() -> None:
    text = render("shell.html.j2", {}, live=True)

    assert "connect-src 'self'" in on_its_own(text).policy
    assert "connect-src" not in on_its_own(render("shell.html.j2", {})).policy


def test_the_words_of_the_components_are_there_in_both_languages() -> None:
    english, japanese = WORDS[Language.ENGLISH], WORDS[Language.JAPANESE]

    assert english.keys() == japanese.keys()
    assert all(each.strip() for each in (*english.values(), *japanese.values()))

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.facts import Language
from orchestrator.report.report import Report, Sources, build
from orchestrator.report.scores import settle
from orchestrator.report.words import TEXTS
from orchestrator.views import report_data
from orchestrator.views.report_page import page
from tests.unit.controls.test_impact import a_target
from tests.unit.report.test_report import NOW, ORGANIZATION, RECORD, point
from tests.unit.report.test_scores import FINDING, PASSED

EVIL = "</script><script>alert(1)</script>"


def report(resource: str = "arn:aws:s3:::orders", **more: object) -> Report:
    found = [replace(FINDING, resource=resource, title=resource), PASSED]
    return build(replace(Sources(ORGANIZATION, settle(found), NOW), **more))  # type: ignore[arg-type]


class Scripts(HTMLParser):
    """The contents of script elements, and everything that would load something."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[str, str]] = []
        self.loaded: list[str] = []
        self._type: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._type = (values.get("type") or "js") if tag == "script" else None
        self.loaded += [v for k, v in attrs if k in ("src", "href") and v and v[0] != "#"]

    def handle_data(self, data: str) -> None:
        if self._type:
            self.scripts.append((self._type, data))

    def handle_endtag(self, tag: str) -> None:
        self._type = None


def parsed(text: str) -> Scripts:
    scripts = Scripts()
    scripts.feed(text)
    return scripts


@pytest.mark.parametrize("language", Language)
def test_the_page_runs_its_own_script_alone_and_loads_nothing(language: Language) -> None:
    seen = parsed(page(report(EVIL, records=(RECORD,), earlier=(point(NOW),)), language))
    assert [kind for kind, _ in seen.scripts] == ["application/json", "application/json", "js"]
    assert seen.loaded == []


def test_a_resource_that_looks_like_markup_stays_text() -> None:
    seen = parsed(page(report(EVIL), Language.ENGLISH))
    assert json.loads(seen.scripts[0][1])["findings"][0][4] == EVIL


def test_the_script_is_allowed_by_its_hash() -> None:
    text = page(report(), Language.ENGLISH)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    script = next(code for kind, code in parsed(text).scripts if kind == "js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]


def test_what_could_not_be_read_is_named_on_the_page() -> None:
    assert "coverage: denied" in page(report(lacking=("coverage: denied",)), Language.ENGLISH)


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    english, japanese = TEXTS[Language.ENGLISH], TEXTS[Language.JAPANESE]
    assert english.keys() == japanese.keys()
    gaps = {key: set(re.findall(r"\{\w+\}", text)) for key, text in english.items()}
    assert {key: set(re.findall(r"\{\w+\}", text)) for key, text in japanese.items()} == gaps


def test_the_japanese_page_says_so() -> None:
    text = page(report(), Language.JAPANESE)
    assert '<html lang="ja">' in text
    assert "セキュリティスコア" in text


@given(st.text())
def test_no_cell_of_the_csv_is_taken_for_a_formula(text: str) -> None:
    assert not report_data.safe(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_the_csv_has_a_line_for_each_open_finding() -> None:
    rows = list(csv.DictReader(io.StringIO(report_data.as_csv(report("=HYPERLINK(1)")))))
    assert [(row["control"], row["resource"]) for row in rows] == [("S3.8", "'=HYPERLINK(1)")]
    assert rows[0]["team"]


def test_the_json_is_one_document_with_scores_and_history() -> None:
    document = json.loads(report_data.as_json(report(earlier=(point(NOW),))))
    assert document["version"] == 1
    assert document["organization"] == {"passed": 0, "failed": 1, "unknown": 0, "percent": 0.0}
    assert len(document["history"]) == 1
    assert document["findings"][0]["control"] == "S3.8"


def test_a_finding_carries_what_was_done_about_it() -> None:
    done = replace(RECORD, finding=FINDING.id, undone_at="2026-05-02T10:00:00+00:00")
    data = json.loads(report_data.for_the_page(report(records=(done,))))
    events = data["findings"][0][7]
    assert [at for at, _ in events] == ["2026-05-01 10:00", "2026-05-02 10:00"]


@pytest.mark.parametrize("language", list(Language))
def test_what_closes_most_exposures_is_on_the_page_and_in_the_document(language: Language) -> None:
    targets = (a_target(0, 0, "none"), a_target(1, 0, EVIL), a_target(2, 0, "first"))

    shown = report(targets=targets)

    assert [each.resource for each in shown.closing] == ["first", EVIL]
    text = page(shown, language)
    assert text.index("first") < text.index("alert(1)")
    assert EVIL not in text
    document = json.loads(report_data.as_json(shown))
    assert [each["resolves"] for each in document["exposures"]] == [2, 1]


def test_the_page_and_the_document_say_how_long_fixes_took_by_severity_and_team() -> None:
    evil = replace(RECORD, team="<b>web</b>", severity="LOW")
    made = report(records=(RECORD, evil))

    text = page(made, Language.ENGLISH)
    took = json.loads(report_data.as_json(made))["seconds_to_fix"]

    assert "&lt;b&gt;web&lt;/b&gt;" in text
    assert "<b>web</b>" not in text
    assert text.count("Time from finding to fix</caption>") == 2
    assert took["by_severity"]["HIGH"] == {"half": 3600.0, "most": 3600.0, "count": 1}
    assert list(took["by_team"]) == ["<b>web</b>", "orders"]
    assert (took["half"], took["count"]) == (3600.0, 2)

from __future__ import annotations

import json
from datetime import timedelta
from html.parser import HTMLParser

import yaml

from orchestrator.controls.impact import ENOUGH, NOT_DEPLOYED, DryRun, Impact, Seen, survey
from orchestrator.findings import by_hand
from orchestrator.findings.finding import Finding, Malformed
from orchestrator.views.impact import VIEWS
from tests.unit.findings.a_world import (
    BUCKET,
    CLOSING,
    NOW,
    Things,
    a_decision,
    a_finding,
    a_matrix,
    a_world,
    an_exception,
)

PUBLIC = "arn:aws:s3:::<script>public</script>"
FINDINGS = (
    a_finding(),
    a_finding(resource=PUBLIC, created=NOW - timedelta(days=400)),
)
WORLD = a_world(
    things=Things({BUCKET: True, PUBLIC: True}, tags={PUBLIC: {"data-class": "public"}})
)


def dry_run(finding: Finding) -> Seen | str:
    tags = WORLD.things.tags.get(finding.resource, {})
    return Seen(by_hand.rehearse(WORLD.parts, finding), tags)


def an_impact(dry_run: DryRun | None = dry_run, most: int = 10) -> Impact:
    found = (*FINDINGS, Malformed("it has no resource"))
    return survey("S3.8", found, WORLD.matrix, {"s3.8": CLOSING}, NOW, dry_run, most)


def test_each_finding_is_tried_and_nothing_is_changed() -> None:
    impact = an_impact()

    assert [row.fixable for row in impact.rows] == [True, True]
    assert [row.public for row in impact.rows] == ["data-class=public", ""]
    assert WORLD.things.writes == []
    assert impact.by(lambda row: row.age) == (("older", 1), ("under a week", 1))
    assert impact.unread == ("it has no resource",)


def test_what_was_not_looked_at_is_said_and_never_counted_as_fixable() -> None:
    assert {row.would for row in an_impact(None).rows} == {NOT_DEPLOYED}
    assert [row.would == ENOUGH for row in an_impact(most=1).rows] == [False, True]


def test_an_account_that_cannot_be_reached_does_not_hide_the_others() -> None:
    def half(finding: Finding) -> Seen | str:
        return "no answer" if finding.resource == BUCKET else dry_run(finding)

    rows = an_impact(half).rows

    assert sorted(row.would == "not looked at: no answer" for row in rows) == [False, True]


def test_a_control_that_is_not_decided_is_not_looked_at() -> None:
    matrix = a_matrix(a_decision("detect", "S3.1"))

    impact = survey("S3.8", FINDINGS, matrix, {"s3.8": CLOSING}, NOW, dry_run, 10)

    assert all(row.would.startswith("not looked at: no role") for row in impact.rows)


def test_an_exception_is_named() -> None:
    matrix = a_matrix(exceptions={"public": an_exception()})

    impact = survey("S3.8", FINDINGS, matrix, {"s3.8": CLOSING}, NOW, dry_run, 10)

    assert {row.decision.exception for row in impact.rows} == {"public"}


def test_the_block_is_a_decision_that_can_be_pasted() -> None:
    document = json.loads(VIEWS["json"](an_impact()))

    assert document["decision"]["file"] == "account_configs/controls/s3.yaml"
    assert yaml.safe_load(document["decision"]["yaml"]) == {
        "controls": {
            "S3.8": {
                "decision": "remediate",
                "reason": "On 2026-11-23 2 resources in 1 account failed it.",
                "decided_by": "platform",
                "decided_on": NOW.date(),
                "review_by": NOW.date() + timedelta(days=365),
            }
        }
    }


def test_the_text_says_how_many_and_what_each_fix_would_do() -> None:
    lines = VIEWS["text"](an_impact()).splitlines()

    assert lines[0] == "S3.8: 2 findings in 1 account, 2 would be fixed"
    assert "  by age: older 1, under a week 1" in lines
    assert "    public on purpose? its tag says data-class=public" in lines
    assert "  not understood: it has no resource" in lines


def test_the_page_needs_nothing_else_and_takes_no_name_for_markup() -> None:
    page = VIEWS["html"](an_impact())

    seen: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: seen.append(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert not {"script", "link", "img", "iframe"} & set(seen)
    assert "&lt;script&gt;public&lt;/script&gt;" in page

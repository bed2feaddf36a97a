from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import yaml

from orchestrator.controls.impact import (
    ENOUGH,
    NOT_DEPLOYED,
    DryRun,
    Impact,
    Seen,
    put_first,
    survey,
)
from orchestrator.findings import by_hand
from orchestrator.findings.evidence.answer import (
    Confidence,
    Evidence,
    State,
    User,
    unknown,
)
from orchestrator.findings.evidence.question import Log
from orchestrator.findings.finding import Finding, Malformed
from orchestrator.model.exposures import RemediationTarget, ordered
from orchestrator.views import exposures as exposed
from orchestrator.views.impact import VIEWS
from tests.pages import on_its_own
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

    on_its_own(page)
    assert "&lt;script&gt;public&lt;/script&gt;" in page


def a_target(resolves: int, reduces: int, resource: str = BUCKET) -> RemediationTarget:
    return RemediationTarget(
        uid=f"{resolves}/{reduces}",
        action="Block public access",
        priority="Critical" if reduces else "High",
        account="200000000007",
        region="ap-northeast-1",
        resource=resource,
        resource_type="AwsS3Bucket",
        trait="Publicly readable",
        resolves=resolves,
        reduces=reduces,
    )


def test_what_resolves_most_exposures_comes_first_and_then_what_lessens_most() -> None:
    targets = [a_target(0, 9), a_target(1, 0), a_target(1, 2), a_target(3, 0), a_target(0, 0)]

    assert [each.uid for each in ordered(targets)] == ["3/0", "1/2", "1/0", "0/9", "0/0"]


def test_findings_of_exposed_resources_come_first_and_say_what_that_would_close() -> None:
    plain = an_impact()
    (first, last) = (row.finding.resource for row in plain.rows)

    impact = put_first(plain, [a_target(0, 0, first), a_target(2, 1, last), a_target(1, 0, last)])

    assert [row.finding.resource for row in impact.rows] == [last, first]
    said = "Block public access: resolves 2 exposures, makes 1 less severe"
    assert [row.closes for row in impact.rows] == [said, ""]
    assert f"exposed: {said}" in VIEWS["text"](impact)
    assert json.loads(VIEWS["json"](impact))["findings"][0]["closes"] == said


def test_what_closes_exposures_is_listed_with_where_and_how_many() -> None:
    text = exposed.VIEWS["text"]((a_target(1, 0),))
    document = json.loads(exposed.VIEWS["json"]((a_target(1, 0),)))

    assert text.splitlines()[0] == "1 change to resources that are exposed"
    assert "200000000007/ap-northeast-1  arn:aws:s3:::orders" in text
    assert (document["on"], document["changes"][0]["resolves"]) == (True, 1)
    assert "is off" in exposed.VIEWS["text"](None)
    assert json.loads(exposed.VIEWS["json"](None)) == {"version": 1, "on": False, "changes": []}


def test_each_row_says_who_uses_the_resource_and_what_is_recommended() -> None:
    used = Evidence(
        state=State.USED,
        log=Log.S3_DATA,
        days=30,
        users=(User("arn:aws:iam::9:user/reader", "9", "203.0.113.9", 4211, NOW),),
        confidence=Confidence.HIGH,
    )

    def usage(finding: Finding) -> Evidence:
        return used if finding.resource == BUCKET else unknown("the log is not collected")

    impact = survey("S3.8", FINDINGS, WORLD.matrix, {"s3.8": CLOSING}, NOW, dry_run, 10, usage)

    text = VIEWS["text"](impact)
    rows = {row["resource"]: row for row in json.loads(VIEWS["json"](impact))["findings"]}
    assert "reader of 9 203.0.113.9 (4,211, last 2026-11-23)" in " ".join(text.split())
    assert "recommended: exception until 2026-12-23 (high confidence)" in text
    assert "cannot be told: the log is not collected" in text
    assert all(len(line) <= 80 for line in text.splitlines() if line.startswith("     "))
    assert rows[BUCKET]["evidence"]["used_by"][0]["count"] == 4211
    assert rows[PUBLIC]["evidence"]["state"] == "cannot be told"
    assert rows[PUBLIC]["recommendation"]["advice"] == "tell the owner"


def test_without_asking_the_logs_nothing_is_said_of_use() -> None:
    rows = json.loads(VIEWS["json"](an_impact()))["findings"]

    assert {row["evidence"] for row in rows} == {None}


def test_what_was_not_looked_at_is_never_counted_as_not_to_be_fixed() -> None:
    impact = an_impact()
    first, second = (replace(row, would=ENOUGH, fixable=False) for row in impact.rows)
    none = replace(impact, rows=(first, second))
    half = replace(impact, rows=(first, impact.rows[1]))

    assert VIEWS["text"](none).startswith(
        "S3.8: 2 findings in 1 account, none looked at: what a fix would do is not known\n"
    )
    assert VIEWS["text"](half).startswith(
        "S3.8: 2 findings in 1 account, 1 of the 1 that were looked at would be fixed\n"
    )
    page = VIEWS["html"](half)
    assert "Not looked at" in page
    assert "Not looked at" not in VIEWS["html"](impact)

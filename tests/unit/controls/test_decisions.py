from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from orchestrator import config
from orchestrator.controls.decisions import (
    Decided,
    Doubt,
    Question,
    decided,
    due,
    explanation,
    find_doubts,
)
from orchestrator.findings import matrix as findings
from orchestrator.findings.decision import Kind, decide
from orchestrator.findings.finding import supposed
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.remediation import Risk
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.render import matrix
from orchestrator.views import controls as views
from tests.builders import an_account
from tests.unit.config.trees import SAMPLE, TODAY, a_tree
from tests.unit.findings.a_world import (
    ACCOUNT,
    BUCKET,
    CLOSING,
    HOME,
    NOW,
    a_decision,
    a_matrix,
    an_exception,
)

MORE = """
  S3.99:
    decision: remediate
    reason: There is no such control yet.
    decided_by: platform
    decided_on: 2026-10-01
    review_by: 2026-12-01
"""


def rows_of(organization: Organization) -> tuple[Decided, ...]:
    read = findings.load(matrix.document(organization, lines=True))
    return decided(organization, organization.accounts, BY_CONTROL, find_doubts(read, BY_CONTROL))


def test_a_decision_that_differs_below_is_listed_beside_the_one_it_differs_from() -> None:
    rows = [row for row in rows_of(config.load(SAMPLE, TODAY)) if row.control == "EC2.6"]

    assert [(row.decision.decision.value, len(row.accounts)) for row in rows] == [
        ("detect", 10),
        ("disable", 2),
    ]
    assert str(rows[1].place) == "account_configs/ous/sandbox/_ou.yaml:19"


def test_controls_are_sorted_by_their_numbers() -> None:
    names = [str(row.control) for row in rows_of(config.load(SAMPLE, TODAY))]

    assert names.index("EC2.2") < names.index("EC2.13")


def test_a_decision_that_cannot_be_kept_is_shown_with_its_doubt(tmp_path: Path) -> None:
    root = a_tree(tmp_path)
    (file,) = sorted((root / "controls").glob("s3.yaml"))
    file.write_text(file.read_text().rstrip() + MORE)
    (row,) = [row for row in rows_of(config.load(root, TODAY)) if row.control == "S3.99"]

    assert (row.automatic, row.doubts) == (False, ("there is no remediation for it",))
    shown = views.decided([row], enabled=False)
    assert "    doubt: there is no remediation for it" in shown.splitlines()
    assert "1 decision: 1 remediate; 1 will not do what they say" in shown
    assert json.loads(views.decided_json([row], enabled=False))["decisions"][0]["doubts"]


def test_what_runs_out_until_a_day_is_due_once_and_the_earliest_first() -> None:
    organization = config.load(SAMPLE, TODAY)

    assert due(organization, date(2026, 12, 31)) == ()
    rows = due(organization, date(2027, 6, 30))
    assert [row.on for row in rows] == sorted(row.on for row in rows)
    assert len(rows) == len({(row.place, row.what) for row in rows})
    assert "exception 'public-website-assets' (SEC-1204)" in [row.what for row in rows]
    last = rows[-1]
    assert "over" in views.due((last,), last.on + timedelta(days=1))
    assert not json.loads(views.due_json((last,), last.on))["due"][0]["overdue"]


ORDERS = replace(an_account(7, "orders-prod"), id=AccountId(ACCOUNT))
PUBLISHED = {
    "published": {
        "tags": {"data-class": "public"},
        "decision": "detect",
        "reason": "Published on purpose.",
        "decided_by": "web",
        "review_by": "2027-06-01",
        "source": "account_configs/controls/s3.yaml:9 S3.8.by_tag.published",
    }
}


def ask(matrix: Matrix, **known: object) -> list[str]:
    question = Question("S3.8", ORDERS, **known)  # type: ignore[arg-type]
    return explanation(question, matrix, {"s3.8": CLOSING}, NOW).splitlines()


def test_the_answer_names_what_happens_why_and_where_it_is_written() -> None:
    assert ask(a_matrix())[:4] == [
        f"S3.8 on a resource in {ACCOUNT}/{HOME}: it is fixed, and the team is told",
        "  why: It was decided for this test.",
        "  written in: account_configs/controls/s3.yaml S3.8",
        "  team: orders",
    ]


def test_an_exception_for_one_resource_is_named_and_holds_for_it_alone() -> None:
    matrix = a_matrix(exceptions={"public": an_exception(resources=[BUCKET])})

    assert f"  excepted until 2026-12-31: {BUCKET}, written in " in "\n".join(ask(matrix))
    assert ask(matrix, resource=BUCKET)[0].endswith("nothing is done")
    assert ask(matrix, resource=f"{BUCKET}-2")[0].endswith("it is fixed, and the team is told")


def test_where_tags_decide_each_rule_is_shown_until_the_tags_are_given() -> None:
    matrix = a_matrix(a_decision(by_tag=PUBLISHED))

    assert "  with data-class=public: detect, written in" in "\n".join(ask(matrix))
    assert ask(matrix, tags={"data-class": "public"})[0].endswith(": the team is told")
    assert ask(matrix, tags={})[0].endswith("it is fixed, and the team is told")


def test_of_a_retired_control_no_finding_is_to_be_expected() -> None:
    lines = explanation(Question("S3.4", ORDERS), a_matrix(), {}, NOW).splitlines()

    assert "  no such finding comes: AWS retired it in 2024; S3 encrypts every object" in next(
        line for line in lines if "no such finding" in line
    )


BOTH = ("orders-prod", "security")
SOURCE = "account_configs/controls/s3.yaml S3.8"


def test_every_decision_of_the_sample_to_remediate_can_be_kept() -> None:
    organization = config.load(SAMPLE, date(2026, 11, 1))

    read = findings.load(matrix.document(organization))

    assert find_doubts(read, BY_CONTROL) == ()


def test_what_has_no_remediation_or_runs_by_hand_or_is_misspelt_is_told_once() -> None:
    known = {"s3.8": replace(CLOSING, risk=Risk.DESTRUCTIVE)}
    decided = a_matrix(a_decision(parameters={"dayz": 1}), a_decision(control="S3.99"))

    found = find_doubts(decided, known)

    assert found == (
        Doubt("S3.8", SOURCE, "fixed by hand only: it cannot be taken back", BOTH),
        Doubt("S3.8", SOURCE, "the remediation knows no parameter 'dayz'; known: days", BOTH),
        Doubt(
            "S3.99",
            "account_configs/controls/s3.yaml S3.99",
            "there is no remediation for it",
            BOTH,
        ),
    )


def test_a_runbook_and_a_decision_to_detect_raise_no_doubt() -> None:
    decided = a_matrix(a_decision(runbook="AWS-Close"), a_decision("detect", "S3.99"))

    assert find_doubts(decided, {}) == ()


def test_one_can_ask_what_would_be_done() -> None:
    finding = supposed("S3.8", ACCOUNT, HOME, BUCKET, NOW)

    assert decide(finding, a_matrix(), NOW, None, {"s3.8": CLOSING}).kind is Kind.REMEDIATE

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from orchestrator import config
from orchestrator.controls.decisions import Decided, decided, due
from orchestrator.findings import matrix as findings
from orchestrator.findings.doubts import doubts
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.model.organization import Organization
from orchestrator.render import matrix
from orchestrator.views import controls as views
from tests.unit.config.trees import SAMPLE, TODAY, a_tree

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
    return decided(organization, organization.accounts, BY_CONTROL, doubts(read, BY_CONTROL))


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

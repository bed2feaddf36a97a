from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from orchestrator import config
from orchestrator.adapters.records import KeptHistory
from orchestrator.findings.records import Outcome, Record
from orchestrator.model.events import Inputs
from orchestrator.model.history import (
    History,
    Point,
    Score,
    StackHistory,
    Status,
    monthly,
    point_document,
    read_point,
)
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.run import Kind
from orchestrator.model.run import Outcome as Result
from orchestrator.model.settings import DecisionKind
from orchestrator.report.remediations import (
    End,
    by_month,
    over_time,
    standing_rules,
    times,
    times_by,
    times_by_severity,
)
from orchestrator.report.report import Sources, build, open_drifts
from orchestrator.report.scores import settle
from tests.unit.render.builders import ROOT
from tests.unit.report.test_scores import FINDING, PASSED

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ORGANIZATION = config.load(ROOT / "account_configs", date(2026, 6, 1))
ORDERS = ORGANIZATION.named("orders-prod")
KEY = StackKey(ORDERS.id, ORDERS.name, StackName.ACCOUNT)
RECORD = Record(
    key="x",
    finding="x",
    product_arn="x",
    region="x",
    partition="aws",
    resource="x",
    title="x",
    severity="HIGH",
    team="orders",
    decision="remediate",
    reason="x",
    source="x",
    id="20260501-1",
    control="S3.8",
    account=ORDERS.id,
    at="2026-05-01T10:00:00+00:00",
    found="2026-05-01T09:00:00+00:00",
    outcome=Outcome.FIXED,
)


def point(day: datetime, passed: int = 1) -> Point:
    return Point(day, Score(passed, 1), {"orders": Score(2, 1)}, {"": Score()}, {}, {"drifting": 3})


def checked(at: datetime, outcome: Result, *kinds: Kind) -> History:
    inputs = Inputs("r", "drift", "all", {}, (), {})
    return History(inputs, at, Status.ENDED, {KEY: StackHistory(outcome, kinds=kinds)})


def test_a_point_is_read_as_it_was_written() -> None:
    assert read_point(json.loads(json.dumps(point_document(point(NOW))))) == point(NOW)


def test_of_each_month_the_last_point_counts() -> None:
    points = tuple(point(NOW - n * DAY, n) for n in (40, 35, 1, 0))
    assert [each.organization.passed for each in monthly(points, 24)] == [35, 1, 0]
    assert [each.at for each in monthly(points, 1)] == [NOW]


def test_kept_points_come_back_and_what_is_broken_is_left_out(tmp_path: Path) -> None:
    kept = KeptHistory(tmp_path)
    kept.keep(point(NOW - DAY))
    kept.keep(point(NOW, passed=5))
    (tmp_path / "2026-01-01.json").write_text('{"version": 99}')
    assert [each.organization.passed for each in kept.all()] == [1, 5]


def test_fixes_are_told_apart_by_who_made_them_and_whether_they_last() -> None:
    hand = replace(RECORD, by="someone")
    undone = replace(RECORD, outcome=Outcome.UNDONE)
    undoing = replace(RECORD, outcome=Outcome.UNDOING)
    failing = replace(RECORD, outcome=Outcome.FAILING)
    owned = replace(RECORD, outcome=Outcome.OWNED)
    gone = replace(RECORD, outcome=Outcome.GONE)
    assert by_month([RECORD, hand, undone, undoing, failing, owned, gone]) == {
        "2026-05": {End.MACHINE: 1, End.HAND: 1, End.UNDONE: 1, End.FAILED: 1, End.LEFT: 1}
    }


def test_the_time_to_fix_runs_from_the_finding_and_old_records_do_not_count() -> None:
    slow = replace(RECORD, found="2026-05-01T07:00:00+00:00")
    old = replace(RECORD, found="")
    assert times([RECORD, RECORD, slow, old]).half == timedelta(hours=1)
    assert times([old]).half is None


def test_the_time_to_fix_is_told_by_severity_and_team() -> None:
    slow = replace(RECORD, found="2026-05-01T07:00:00+00:00", severity="LOW", team="web")
    critical = replace(RECORD, found="2026-05-01T09:50:00+00:00", severity="CRITICAL")
    left = replace(RECORD, outcome=Outcome.OWNED, team="nobody")
    records = [RECORD, slow, critical, left]

    by_severity = times_by_severity(records)
    by_team = dict(times_by(records, lambda record: record.team))

    assert [(name, took.half) for name, took in by_severity] == [
        ("CRITICAL", timedelta(minutes=10)),
        ("HIGH", timedelta(hours=1)),
        ("LOW", timedelta(hours=3)),
    ]
    assert {name: (took.half, took.count) for name, took in by_team.items()} == {
        "orders": (timedelta(minutes=35), 2),
        "web": (timedelta(hours=3), 1),
    }


def test_rules_are_counted_from_the_day_on_which_they_were_decided() -> None:
    counted = over_time(ORGANIZATION, NOW.date(), 24)
    total = len(standing_rules(ORGANIZATION))
    assert counted[-1].month == "2026-06"
    assert sum(counted[-1].counts.values()) == total
    sums = [sum(each.counts.values()) for each in counted]
    assert sums == sorted(sums)


def test_a_control_that_is_remediated_anywhere_counts_as_remediated() -> None:
    rules = standing_rules(ORGANIZATION)
    remediated = {
        control
        for account in ORGANIZATION.accounts
        for control, decision in account.decisions.items()
        if decision.decision is DecisionKind.REMEDIATE
    }
    assert {c for c, r in rules.items() if r.decision is DecisionKind.REMEDIATE} == remediated


def test_drift_lasts_from_the_first_look_that_found_it_until_one_that_did_not() -> None:
    looks = (
        checked(NOW - 5 * DAY, Result.DRIFTED),
        checked(NOW - 4 * DAY, Result.IN_SYNC),
        checked(NOW - 3 * DAY, Result.DRIFTED),
        checked(NOW - 2 * DAY, Result.DENIED),
        checked(NOW - 1 * DAY, Result.DRIFTED, Kind.GONE),
    )
    (drift,) = open_drifts(looks)
    assert (drift.since, drift.seen) == (NOW - 3 * DAY, NOW - DAY)
    assert drift.kinds == (Kind.GONE,)
    assert open_drifts((*looks, checked(NOW, Result.IN_SYNC))) == ()


def test_the_controls_worth_deciding_next_are_those_no_machine_fixes() -> None:
    undecided = [replace(FINDING, id=f"f{n}", control="Nobody.1") for n in range(3)]
    remediated = next(
        control
        for control, rule in standing_rules(ORGANIZATION).items()
        if rule.decision is DecisionKind.REMEDIATE
    )
    decided = replace(FINDING, control=remediated)
    report = build(Sources(ORGANIZATION, settle([*undecided, decided, PASSED]), NOW))
    assert [(row.control.id, row.open) for row in report.noisy] == [("Nobody.1", 3)]


def test_an_account_without_findings_has_no_score_and_is_still_in_the_report() -> None:
    report = build(Sources(ORGANIZATION, settle([]), NOW))
    assert {row.id for row in report.accounts} == {a.id for a in ORGANIZATION.accounts}
    assert all(row.score.share is None and row.covered is None for row in report.accounts)

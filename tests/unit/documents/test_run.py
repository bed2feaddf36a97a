from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from orchestrator.documents import read_run
from orchestrator.documents.run import as_json
from orchestrator.model.organization import Place
from orchestrator.model.plan import Change, Verdict, Violation
from orchestrator.model.run import (
    Answer,
    Checked,
    How,
    Kind,
    Lifted,
    Outcome,
    Probe,
    Run,
    StackResult,
)
from orchestrator.model.settings import Severity
from orchestrator.views.run import VIEWS
from tests.builders import DIGEST, a_change, a_key, a_plan, a_violation, an_account

ORDERS, PAYMENTS, WEB = (an_account(n, name) for n, name in ((6, "orders"), (7, "pay"), (8, "web")))
QUOTED = Violation("CKV_X", 'aws_s3_bucket.this["a: \\"b\\" (low) c: d"]', "open: to all", None)


def valued(change: Change, value: str) -> Change:
    return Change(change.address, change.type, change.action, ("acl",), (("acl", value),))


RESULTS = (
    StackResult(
        a_key(ORDERS),
        Outcome.REFUSED,
        a_plan(valued(a_change(), "x"), key=a_key(ORDERS)),
        (a_violation(), a_violation("CKV_AWS_19", Severity.LOW), QUOTED),
        Verdict(None, ("destroys 1 resource, limit is 0",)),
        seconds={"plan": 1.5},
    ),
    StackResult(
        a_key(PAYMENTS),
        Outcome.DRIFTED,
        a_plan(key=a_key(PAYMENTS), drift=(valued(a_change(), "y"),)),
        checked=Checked(How.EXACT, datetime(2026, 6, 1, tzinfo=UTC), "why", (Kind.GONE,), ("a",)),
    ),
    StackResult(
        a_key(WEB),
        Outcome.UNVERIFIED,
        probes=(Probe("hub", Answer.DIFFERENT, "off"),),
        reason="broke off",
    ),
)
RUN = Run(
    "20260601-000000-abcd",
    "apply",
    "2026-06-01T00:00:00+00:00",
    12.3,
    RESULTS,
    Lifted("an emergency", ("growth",)),
    {a_key(ORDERS): "wave canary"},
    {ORDERS.id: Place("account_configs/ous/workloads/orders.yaml", 3)},
)


@pytest.mark.parametrize("name", list(VIEWS))
def test_a_run_read_back_is_shown_as_it_was(name: str) -> None:
    again = read_run(as_json(RUN))

    assert VIEWS[name](again) == VIEWS[name](RUN)


def test_values_are_told_apart_though_they_are_not_in_the_document() -> None:
    one, other, same = (
        StackResult(a_key(account), Outcome.PLANNED, a_plan(valued(a_change(), value)))
        for account, value in ((ORDERS, "secret-1"), (PAYMENTS, "secret-2"), (WEB, "secret-1"))
    )
    text = as_json(
        Run("20260601-000000-abcd", "plan", "2026-06-01T00:00:00+00:00", 1.0, (one, other, same))
    )
    values = [result.plan.changes[0].normalized for result in read_run(text).results if result.plan]

    assert "secret" not in text
    assert values[0] == values[2] != values[1]


@pytest.mark.parametrize(
    ("key", "value"),
    [("version", 3), ("stacks", 3), ("stacks", [{}]), ("started", None)],
)
def test_what_is_no_document_of_ours_is_not_read(key: str, value: object) -> None:
    document = {**json.loads(as_json(RUN)), key: value}
    if key == "started":
        del document["started"]

    with pytest.raises((ValueError, KeyError, TypeError)):
        read_run(json.dumps(document))


def test_a_violation_that_cannot_be_read_makes_the_document_unreadable() -> None:
    document = json.loads(as_json(RUN))
    document["stacks"][0]["violations"] = ["CKV_AWS_18 is open"]

    with pytest.raises(ValueError, match="is not a violation"):
        read_run(json.dumps(document))


def test_a_document_of_version_1_has_its_violations_as_texts_and_is_read() -> None:
    document = {**json.loads(as_json(RUN)), "version": 1}
    document["stacks"][0]["violations"] = [str(each) for each in RESULTS[0].violations]

    (first, *_) = read_run(json.dumps(document)).results

    assert first.violations == RESULTS[0].violations


def test_digests_are_kept() -> None:
    (first, *_) = read_run(as_json(RUN)).results

    assert first.plan is not None
    assert first.plan.digest == DIGEST
    assert first.violations == RESULTS[0].violations

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from orchestrator.model.organization import Place
from orchestrator.model.plan import Verdict
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.model.settings import Severity
from orchestrator.views import formats
from tests.builders import a_change, a_key, a_plan, a_violation, an_account

ORDERS, PAYMENTS = an_account(6, "orders"), an_account(7, "payments")
REFUSED = StackResult(
    a_key(ORDERS),
    Outcome.REFUSED,
    a_plan(a_change()),
    (a_violation("CKV_AWS_18", Severity.LOW), a_violation("CKV_X", None), a_violation()),
    Verdict(None, ("checkov",)),
)
DRIFTED = StackResult(a_key(PAYMENTS), Outcome.DRIFTED, a_plan(drift=(a_change(),)))
DENIED = StackResult(a_key(PAYMENTS), Outcome.DENIED, reason="no entry")
FILE = "account_configs/ous/workloads/orders and more.yaml"


def logged(*results: StackResult, command: str = "plan") -> Any:
    started = "2026-06-01T00:00:00+00:00"
    run = Run("20260601-000000-abcd", command, started, 1.0, results)
    (only,) = json.loads(formats.log(replace(run, configured_at={ORDERS.id: Place(FILE, 4)})))[
        "runs"
    ]
    return only


def test_each_violation_is_a_result_of_a_rule_the_worst_first() -> None:
    log = logged(REFUSED)

    assert [(r["ruleId"], r["level"]) for r in log["results"]] == [
        ("CKV_X", "error"),
        ("CKV_AWS_18", "error"),
        ("CKV_AWS_18", "note"),
    ]
    rules = log["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in log["results"]] == [
        r["ruleId"] for r in log["results"]
    ]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    assert rules[0]["properties"]["security-severity"] == "10.0"


def test_a_result_points_to_the_accounts_file() -> None:
    (place,) = logged(REFUSED)["results"][0]["locations"]

    physical = place["physicalLocation"]
    assert (
        physical["artifactLocation"]["uri"]
        == "account_configs/ous/workloads/orders%20and%20more.yaml"
    )
    assert physical["region"] == {"startLine": 4}
    (logical,) = place["logicalLocations"]
    assert logical["fullyQualifiedName"] == "orders/account/aws_s3_bucket.logs"


def test_where_the_file_is_not_known_it_points_to_what_was_rendered() -> None:
    (result,) = logged(DRIFTED, command="drift")["results"]

    assert result["ruleId"] == "drift"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == ".build/payments/account/main.tf"


def test_the_same_violation_has_the_same_fingerprint_in_every_run() -> None:
    def prints(log: Any) -> list[str]:
        return [r["partialFingerprints"]["primaryLocationLineHash"] for r in log["results"]]

    assert prints(logged(REFUSED)) == prints(logged(REFUSED, DENIED))
    assert len({*prints(logged(REFUSED, DRIFTED))}) == 3


def test_a_stack_that_nobody_could_look_at_is_no_success() -> None:
    (invocation,) = logged(REFUSED, DENIED)["invocations"]
    (good,) = logged(REFUSED, DRIFTED)["invocations"]

    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"] == [
        {"level": "error", "message": {"text": "payments/account: denied. no entry"}}
    ]
    assert good["executionSuccessful"] is True


def test_more_results_than_are_shown_are_counted_and_the_worst_are_kept() -> None:
    low = tuple(
        replace(a_violation("CKV_LOW", Severity.LOW), resource=f"aws_s3_bucket.b{n}")
        for n in range(5000)
    )
    log = logged(replace(REFUSED, violations=(*low, a_violation())))

    assert len(log["results"]) == 5000
    assert log["results"][0]["ruleId"] == "CKV_AWS_18"
    (note,) = log["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1 more results")

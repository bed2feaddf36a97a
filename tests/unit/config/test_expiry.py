from __future__ import annotations

from datetime import date
from pathlib import Path

from orchestrator.config import check
from tests.unit.config.trees import DEV, TODAY, a_tree

SKIP = """gate:
  skips:
    no-access-logs:
      check: CKV_AWS_18
      owner: shop
      reason: It is the bucket of the logs.
      expires: 2026-12-31
"""


def warnings(root: Path, today: date) -> list[tuple[str, str]]:
    report = check(root, today)
    assert report.problems == ()
    return [(warning.key, warning.what) for warning in report.warnings]


def test_nothing_is_due_on_the_last_day(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: SKIP})

    assert warnings(root, TODAY) == []
    assert warnings(root, date(2026, 12, 31)) == []


def test_a_skip_that_ran_out_is_a_warning(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: SKIP})

    assert warnings(root, date(2027, 1, 1)) == [
        ("gate.skips.no-access-logs.expires", "ran out on 2026-12-31")
    ]


def test_overdue_reviews_and_exceptions_are_warnings(tmp_path: Path) -> None:
    keys = [key for key, _ in warnings(a_tree(tmp_path), date(2027, 7, 1))]

    assert keys == [
        "controls.RDS.8.review_by",
        "controls.S3.1.review_by",
        "controls.S3.8.review_by",
        "exceptions.public-assets.expires",
    ]


QUARANTINE = """quarantine:
  reason: The team moves it to another network.
  owner: shop
  until: 2026-12-31
"""


def test_a_quarantine_holds_on_its_last_day_and_is_a_warning_afterwards(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: QUARANTINE})

    assert warnings(root, date(2026, 12, 31)) == []
    assert warnings(root, date(2027, 1, 1)) == [("quarantine.until", "ran out on 2026-12-31")]
    organization = check(root, TODAY).organization
    assert organization
    account = organization.named("shop-dev")
    assert str(account.set_aside(date(2026, 12, 31))) == (
        "set aside until 2026-12-31 by shop: The team moves it to another network."
    )
    assert account.set_aside(date(2027, 1, 1)) is None

"""How long an exception may be agreed on at once, and in whose days it is counted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator.config import check
from tests.unit.config.trees import DEV, TODAY, a_tree

YEAR = TODAY + timedelta(days=366)


def a_skip(expires: str) -> dict[str, str]:
    skip = f"owner: shop, reason: Agreed on for this test., expires: {expires}"
    return {DEV: f"gate:\n  skips:\n    one: {{check: CKV_AWS_18, resource: x, {skip}}}\n"}


def a_quarantine(until: str) -> dict[str, str]:
    return {DEV: f"quarantine:\n  reason: It is taken apart.\n  owner: shop\n  until: {until}\n"}


@pytest.mark.parametrize("made", [a_skip, a_quarantine])
def test_what_is_agreed_on_for_more_than_a_year_is_refused(
    made: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    year, more = (
        check(a_tree(tmp_path / name, made(str(day))), TODAY)
        for name, day in (("a", YEAR), ("b", YEAR + timedelta(days=1)))
    )
    never = check(a_tree(tmp_path / "c", made("9999-12-31")), TODAY)

    assert year.problems == ()
    assert [p.what for p in more.problems] == ["2027-11-03 is more than a year away"]
    assert [p.fix for p in never.problems] == [
        "name a day until 2027-11-02, and agree on it again then"
    ]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_day_is_the_same_day_everywhere(zone: str) -> None:
    asked = "from datetime import UTC, datetime; from orchestrator.model import dates;"
    asked += "print(dates.today() == datetime.now(UTC).date())"
    env = {**os.environ, "TZ": zone}

    said = subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, check=True)

    assert said.stdout.strip() == b"True"

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.adapters.records import KeptBaselines, KeptSightings
from orchestrator.model.drift import Sighting
from tests.builders import a_baseline, a_key, an_account

BASELINE = a_baseline()
KEY = BASELINE.key


def file_of(folder: Path) -> Path:
    return folder / KEY.account_id / f"{KEY.stack}.json"


def test_a_baseline_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    KeptBaselines(tmp_path).put(BASELINE)

    assert KeptBaselines(tmp_path).get(KEY) == BASELINE
    assert KeptBaselines(tmp_path).get(a_key(an_account(7))) is None


def test_a_baseline_is_for_its_owner_alone(tmp_path: Path) -> None:
    KeptBaselines(tmp_path).put(BASELINE)

    assert stat.S_IMODE(file_of(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE(file_of(tmp_path).parent.stat().st_mode) == 0o700


def test_a_forgotten_baseline_is_gone_and_may_be_forgotten_again(tmp_path: Path) -> None:
    baselines = KeptBaselines(tmp_path)
    baselines.put(BASELINE)

    baselines.forget(KEY)
    baselines.forget(KEY)

    assert baselines.get(KEY) is None


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"stack": "200000000001/account"},
        {"serial": "3"},
        {"serial": None},
        {"resources": ["a"]},
        {"resources": {"a": 1}},
        {"exact_at": "yesterday"},
        {"exact_at": "2026-06-01T00:00:00"},
        {"lineage": 1},
    ],
    ids=str,
)
def test_a_file_that_is_not_as_it_was_written_is_no_baseline(
    tmp_path: Path, change: dict[str, object]
) -> None:
    baselines = KeptBaselines(tmp_path)
    baselines.put(BASELINE)
    file = file_of(tmp_path)
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))

    assert baselines.get(KEY) is None


def test_half_a_file_is_no_baseline(tmp_path: Path) -> None:
    baselines = KeptBaselines(tmp_path)
    baselines.put(BASELINE)
    file = file_of(tmp_path)
    file.write_text(file.read_text()[:100])

    assert baselines.get(KEY) is None


SEEN = (
    Sighting(datetime(2026, 6, 1, 12, tzinfo=UTC), frozenset({"aws_s3_bucket.logs"})),
    Sighting(datetime(2026, 6, 1, 13, tzinfo=UTC)),
)


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    KeptSightings(tmp_path).keep(a_key(), SEEN)

    assert KeptSightings(tmp_path).of(a_key()) == SEEN


def test_every_stack_has_its_own(tmp_path: Path) -> None:
    KeptSightings(tmp_path).keep(a_key(), SEEN)

    assert KeptSightings(tmp_path).of(a_key(an_account(7, "payments"))) == ()


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version": 1, "stack": "x"}'])
def test_a_file_that_is_not_ours_is_named_and_counts_as_none(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    KeptSightings(tmp_path).keep(a_key(), SEEN)
    [file] = tmp_path.rglob("*.json")
    file.write_text(text)

    assert KeptSightings(tmp_path).of(a_key()) == ()
    assert "sightings: cannot be read" in caplog.text

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.adapters.drift_records import KeptSightings
from orchestrator.model.drift import Sighting
from tests.builders import a_key, an_account

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

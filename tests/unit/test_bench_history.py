from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench_history import keep, line


def test_a_release_has_one_line_with_every_figure(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    measured = tmp_path / "bench_render.json"
    for release, seconds in (("1.0.0", 0.9), ("1.1.0", 0.8), ("1.1.0", 0.7)):
        measured.write_text(json.dumps({"seconds": {"write": seconds}, "digest": "ab"}))
        keep(line(release, tmp_path, "2026-12-01"), history)

    kept = [json.loads(each) for each in history.read_text().splitlines()]

    assert [(each["release"], each["render.seconds.write"]) for each in kept] == [
        ("1.0.0", 0.9),
        ("1.1.0", 0.7),
    ]
    assert not any("digest" in key for each in kept for key in each)


def test_without_figures_nothing_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="make bench"):
        line("1.0.0", tmp_path, "2026-12-01")

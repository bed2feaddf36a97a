from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.adapters.checkov.scanner import severities
from orchestrator.errors import ConfigurationError

OWN = Path(__file__).parents[4] / "policies" / "severities.yaml"


def _table(folder: Path, text: str) -> Path:
    file = folder / "severities.yaml"
    file.write_text(text, "utf-8")
    return file


def test_our_own_table_rates_checks_and_gives_reasons() -> None:
    assert len(severities(OWN)) > 150


@pytest.mark.parametrize(
    "text",
    [
        "",
        "groups: [",
        "groups: [{severity: awful, reason: it is so, checks: [CKV_AWS_1]}]",
        "groups: [{severity: low, reason: '', checks: [CKV_AWS_1]}]",
        "groups: [{severity: low, reason: it is so, checks: CKV_AWS_1}]",
        "groups: [{severity: low, reason: it is so}]",
    ],
)
def test_a_table_that_is_none_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"severities\.yaml"):
        severities(_table(tmp_path, text))


def test_a_check_that_is_rated_twice_is_refused(tmp_path: Path) -> None:
    group = "{severity: low, reason: it is so, checks: [CKV_AWS_1]}"

    with pytest.raises(ConfigurationError, match="CKV_AWS_1: is rated twice"):
        severities(_table(tmp_path, f"groups: [{group}, {group}]"))


def test_a_table_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"severities\.yaml"):
        severities(tmp_path / "severities.yaml")

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.adapters.checkov.scanner import merged, severities
from orchestrator.errors import ConfigurationError
from orchestrator.model.settings import Severity

TABLE = "groups:\n  - severity: {}\n    reason: because\n    checks: [{}]\n"


def policies(folder: Path) -> Path:
    (folder / "checks").mkdir(parents=True)
    (folder / "checks" / "ours.py").write_text("# ours\n")
    (folder / "severities.yaml").write_text(TABLE.format("high", "CKV_AWS_1, CKV_AWS_2"))
    return folder


def test_an_own_check_stands_beside_the_product_s_and_an_own_rating_has_the_last_word(
    tmp_path: Path,
) -> None:
    check, table = tmp_path / "mine.py", tmp_path / "severities.yaml"
    check.write_text("# mine\n")
    table.write_text(TABLE.format("low", "CKV_AWS_2, CKV2_MINE_1"))

    made = merged(policies(tmp_path / "policies"), [check], table, tmp_path / "made")

    assert {file.name: file.read_text() for file in (made / "checks").iterdir()} == {
        "ours.py": "# ours\n",
        "mine.py": "# mine\n",
    }
    assert severities(made / "severities.yaml") == {
        "CKV_AWS_1": Severity.HIGH,
        "CKV_AWS_2": Severity.LOW,
        "CKV2_MINE_1": Severity.LOW,
    }


def test_a_check_that_was_taken_out_again_is_gone(tmp_path: Path) -> None:
    check, source = tmp_path / "mine.py", policies(tmp_path / "policies")
    check.write_text("# mine\n")
    merged(source, [check], None, tmp_path / "made")

    made = merged(source, [], None, tmp_path / "made")

    assert [file.name for file in (made / "checks").iterdir()] == ["ours.py"]


def test_an_own_check_does_not_take_the_place_of_the_product_s(tmp_path: Path) -> None:
    check = tmp_path / "ours.py"
    check.write_text("# mine\n")

    with pytest.raises(ConfigurationError, match="has the name of a check of the product"):
        merged(policies(tmp_path / "policies"), [check], None, tmp_path / "made")

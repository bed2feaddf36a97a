from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from orchestrator.adapters.terraform import policy_plan
from orchestrator.adapters.terraform.saved_plan import Damaged, covers, saved_digest


def state(lineage: str, serial: int, *resources: str) -> str:
    document = {"lineage": lineage, "serial": serial, "outputs": {}, "resources": resources}
    return json.dumps(document)


def test_a_backend_covers_a_local_state_of_its_line_that_is_no_younger() -> None:
    local = state("a", 3)

    assert covers(state("a", 3), local)
    assert covers(state("a", 4, "new"), local)
    assert not covers(state("a", 2), local)


def test_a_backend_that_began_a_line_of_its_own_covers_what_it_holds_as_well() -> None:
    local = state("a", 3, "bucket")

    assert covers(state("b", 1, "bucket"), local)
    assert not covers(state("b", 9, "bucket", "key"), local)
    assert not covers(state("b", 9), local)


def test_a_state_that_cannot_be_read_covers_nothing() -> None:
    assert not covers("", state("a", 1))
    assert not covers(state("a", 1), "{}")
    assert not covers(state("a", 1), json.dumps({"lineage": "b", "serial": 1}))
    assert not covers("[]", "[]")


def test_a_plan_that_would_fill_the_memory_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "plan.tfplan"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as plan, plan.open("tfstate", "w") as to:
        for _ in range(513):
            to.write(b"0" * 1024 * 1024)

    with pytest.raises(Damaged, match="'tfstate' unpacks to 537919488 bytes"):
        saved_digest("rendered", tmp_path, file)
    with pytest.raises(ValueError, match="unpacks to"):
        policy_plan.recorded(file)


def test_a_state_that_is_nested_without_end_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "plan.tfplan"
    with zipfile.ZipFile(file, "w") as plan:
        plan.writestr("tfstate", "[" * 100_000)

    with pytest.raises(Damaged):
        saved_digest("rendered", tmp_path, file)

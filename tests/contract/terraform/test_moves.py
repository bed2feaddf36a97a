"""Resources that get another address, by a `moved` block."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.contract.terraform.workshops import RealWorkshop, planned

pytestmark = pytest.mark.terraform
BEFORE, AFTER = "terraform_data.before", "terraform_data.after"
MOVED = f"moved {{\n  from = {BEFORE}\n  to   = {AFTER}\n}}\n"


@pytest.fixture
def workshop(tmp_path: Path) -> RealWorkshop:
    """One resource, made; and declared by another name since then."""
    folder = tmp_path / "stack"
    folder.mkdir()
    workshop = RealWorkshop(folder, tmp_path / "private")
    workshop.declare(before="1")
    workshop.terraform.apply(planned(workshop), {})
    workshop.declare(after="1")
    (folder / "moved.tf").write_text(MOVED)
    return workshop


def names(workshop: RealWorkshop) -> list[str]:
    state = json.loads((workshop.folder / "terraform.tfstate").read_text())
    return [resource["name"] for resource in state["resources"]]


def test_a_plan_that_only_moves_changes_nothing_and_says_so(workshop: RealWorkshop) -> None:
    plan = planned(workshop)

    assert plan.empty
    assert plan.moved


def test_a_plan_that_only_moves_is_empty_and_recorded(workshop: RealWorkshop) -> None:
    assert workshop.terraform.is_empty(workshop.folder, {}) == ()

    workshop.terraform.record(workshop.folder, {})

    assert names(workshop) == ["after"]
    assert not planned(workshop).moved


def test_one_that_changes_as_well_is_not_empty(workshop: RealWorkshop) -> None:
    workshop.declare(after="2", other="1")

    left = workshop.terraform.is_empty(workshop.folder, {})

    assert set(left) >= {"terraform_data.other"}
    assert not planned(workshop).empty
    assert names(workshop) == ["before"]
